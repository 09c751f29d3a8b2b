//! Weights from which one is taken at a time: a tree of partial sums.

/// The weights, in a Fenwick tree: `sums[i]` is the sum of the weights up to place `i`, from where the lowest set bit of
/// `i` says. Places count from 1.
pub(crate) struct Urn {
    sums: Vec<u64>,
    total: u64,
}

impl Urn {
    /// All weights, of at most 2³² − 1 entrants.
    pub(crate) fn new(weights: &[u32]) -> Self {
        let most = usize::try_from(u32::MAX).unwrap_or(usize::MAX);
        let weights = weights.get(..most).unwrap_or(weights);
        let mut sums = Vec::with_capacity(weights.len() + 1);
        sums.push(0);
        sums.extend(weights.iter().map(|weight| u64::from(*weight)));
        let total = sums.iter().sum();
        for place in 1..sums.len() {
            let above = place + lowest_bit(place);
            let sum = sums.get(place).copied().unwrap_or(0);
            if let Some(parent) = sums.get_mut(above) {
                *parent += sum;
            }
        }
        Self { sums, total }
    }

    /// The sum of the weights that are left.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Takes out the entrant with the smallest index whose prefix sum exceeds `ticket`; nothing where no sum does.
    pub(crate) fn take(&mut self, ticket: u64) -> Option<u32> {
        if ticket >= self.total {
            return None;
        }
        let before = self.places_up_to(ticket);
        let place = before.place + 1;
        let weight = self.weight(place, before.sum);
        self.change(place, |sum| sum.wrapping_sub(weight));
        self.total -= weight;
        u32::try_from(before.place).ok()
    }

    /// Puts a weight in for an entrant who has none.
    pub(crate) fn put(&mut self, index: u32, weight: u32) {
        let Ok(place) = usize::try_from(index) else { return };
        self.change(place + 1, |sum| sum.wrapping_add(weight.into()));
        self.total += u64::from(weight);
    }

    /// The last place whose prefix sum does not exceed the ticket, and that sum.
    fn places_up_to(&self, ticket: u64) -> Prefix {
        let mut prefix = Prefix { place: 0, sum: 0 };
        let mut step = (self.sums.len().max(2) - 1).ilog2();
        loop {
            let place = prefix.place + (1 << step);
            if let Some(sum) = self.sums.get(place).map(|part| prefix.sum + part)
                && sum <= ticket
            {
                prefix = Prefix { place, sum };
            }
            if step == 0 {
                return prefix;
            }
            step -= 1;
        }
    }

    /// The weight at a place: the difference of two prefix sums.
    fn weight(&self, place: usize, sum_before: u64) -> u64 {
        let mut sum = 0;
        let mut rest = place;
        while rest > 0 {
            sum += self.sums.get(rest).copied().unwrap_or(0);
            rest -= lowest_bit(rest);
        }
        sum - sum_before
    }

    fn change(&mut self, place: usize, change: impl Fn(u64) -> u64) {
        let mut above = place;
        while let Some(sum) = self.sums.get_mut(above) {
            *sum = change(*sum);
            above += lowest_bit(above);
        }
    }
}

struct Prefix {
    place: usize,
    sum: u64,
}

fn lowest_bit(place: usize) -> usize {
    place & place.wrapping_neg()
}
