//! Weights from which one is taken at a time: a tree of sums.

/// Sums under one node: few enough to look through, and next to each other in memory.
const FAN_OUT: usize = 16;

/// Weights that are in or out as a whole. The first level has them, every further one the sums of [`FAN_OUT`] numbers of the
/// level below, up to one that has no more than that.
pub(crate) struct Urn<'w> {
    weights: &'w [u32],
    levels: Vec<Vec<u64>>,
    total: u64,
}

impl<'w> Urn<'w> {
    /// All weights, of at most 2³² − 1 entrants.
    pub(crate) fn new(weights: &'w [u32]) -> Self {
        let most = usize::try_from(u32::MAX).unwrap_or(usize::MAX);
        let weights = weights.get(..most).unwrap_or(weights);
        let mut level: Vec<u64> = weights.iter().map(|weight| u64::from(*weight)).collect();
        let total = level.iter().sum();
        let mut levels = Vec::new();
        while level.len() > FAN_OUT {
            let above = level.chunks(FAN_OUT).map(|part| part.iter().sum()).collect();
            levels.push(core::mem::replace(&mut level, above));
        }
        levels.push(level);
        Self { weights, levels, total }
    }

    /// The sum of the weights that are in.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Takes out the entrant with the smallest index whose prefix sum exceeds `ticket`; nothing where no sum does.
    pub(crate) fn take(&mut self, ticket: u64) -> Option<u32> {
        if ticket >= self.total {
            return None;
        }
        let index = self.find(ticket);
        let weight = u64::from(*self.weights.get(index)?);
        self.change(index, |sum| sum.wrapping_sub(weight));
        self.total -= weight;
        u32::try_from(index).ok()
    }

    /// Puts back an entrant who was taken out.
    pub(crate) fn put_back(&mut self, index: u32) {
        let Ok(index) = usize::try_from(index) else { return };
        let Some(weight) = self.weights.get(index).copied().map(u64::from) else {
            return;
        };
        self.change(index, |sum| sum.wrapping_add(weight));
        self.total += weight;
    }

    /// Down the tree, at every level to the first number whose prefix sum exceeds what is left of the ticket.
    fn find(&self, ticket: u64) -> usize {
        let (mut place, mut rest) = (0, ticket);
        for level in self.levels.iter().rev() {
            place *= FAN_OUT;
            for sum in level.iter().skip(place).take(FAN_OUT) {
                if *sum > rest {
                    break;
                }
                rest -= sum;
                place += 1;
            }
        }
        place
    }

    fn change(&mut self, index: usize, change: impl Fn(u64) -> u64) {
        let mut place = index;
        for level in &mut self.levels {
            if let Some(sum) = level.get_mut(place) {
                *sum = change(*sum);
            }
            place /= FAN_OUT;
        }
    }
}
