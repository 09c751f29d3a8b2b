//! Weights from which one is taken at a time: a tree of partial sums.

/// Weights that are in or out as a whole, in a Fenwick tree: `sums[i]` is the sum of the weights that are in, up to place
/// `i`, from where the lowest set bit of `i` says. Places count from 1.
pub(crate) struct Urn<'w> {
    weights: &'w [u32],
    sums: Vec<u64>,
    total: u64,
}

impl<'w> Urn<'w> {
    /// All weights, of at most 2³² − 1 entrants.
    pub(crate) fn new(weights: &'w [u32]) -> Self {
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
        Self { weights, sums, total }
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
        let index = self.places_up_to(ticket);
        let weight = u64::from(*self.weights.get(index)?);
        self.change(index + 1, |sum| sum.wrapping_sub(weight));
        self.total -= weight;
        u32::try_from(index).ok()
    }

    /// Puts back an entrant who was taken out.
    pub(crate) fn put_back(&mut self, index: u32) {
        let Ok(index) = usize::try_from(index) else { return };
        let Some(weight) = self.weights.get(index).copied().map(u64::from) else {
            return;
        };
        self.change(index + 1, |sum| sum.wrapping_add(weight));
        self.total += weight;
    }

    /// The last place whose prefix sum does not exceed the ticket: the index of the one behind it.
    fn places_up_to(&self, ticket: u64) -> usize {
        let (mut place, mut rest) = (0, ticket);
        for step in (0..=self.sums.len().ilog2()).rev() {
            let next = place + (1 << step);
            if let Some(sum) = self.sums.get(next)
                && *sum <= rest
            {
                (place, rest) = (next, rest - sum);
            }
        }
        place
    }

    fn change(&mut self, place: usize, change: impl Fn(u64) -> u64) {
        let mut above = place;
        while let Some(sum) = self.sums.get_mut(above) {
            *sum = change(*sum);
            above += lowest_bit(above);
        }
    }
}

fn lowest_bit(place: usize) -> usize {
    place & place.wrapping_neg()
}
