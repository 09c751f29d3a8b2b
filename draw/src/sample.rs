//! Who wins: ranks drawn by weight, without putting anybody back (protocol, step 5).

use std::collections::HashMap;

use crate::{hash::Hash, key::prize_key, policy::Policy, urn::Urn, words::Words};

/// What is to be ranked for one prize.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrizeOrder<'a> {
    /// The prize's public id.
    pub id: &'a str,
    /// How many win.
    pub quantity: u32,
    /// How many further ranks are drawn.
    pub alternates: u32,
}

/// How far a ranking is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Ranks drawn so far, over all prizes.
    pub ranked: u64,
    /// Ranks that are drawn at most.
    pub of_at_most: u64,
}

const RANKS_BETWEEN_REPORTS: u64 = 4096;

/// The prizes of a policy as they are to be ranked.
#[must_use]
pub fn prize_orders(policy: &Policy) -> Vec<PrizeOrder<'_>> {
    let prizes = policy.prizes.iter();
    prizes
        .map(|prize| PrizeOrder {
            id: &prize.id,
            quantity: prize.quantity,
            alternates: prize.alternates,
        })
        .collect()
}

/// Ranks entrants for every prize, in order, under the draw's key `K`: for each prize the indices into `weights`, the
/// first rank first. Who has won `win_limit` prizes is out of the later ones; an alternate has won nothing.
///
/// Takes `O(weights + ranks · log weights)`. `progress` is told now and then, and at the end. Lists of 2³² entrants and
/// more are not supported: what lies beyond is not ranked.
pub fn rank(
    prizes: &[PrizeOrder<'_>],
    weights: &[u32],
    win_limit: u32,
    key: &Hash,
    progress: &mut dyn FnMut(Progress),
) -> Vec<Vec<u32>> {
    let mut urn = Urn::new(weights);
    let mut wins: HashMap<u32, u32> = HashMap::new();
    let mut report = Progress {
        ranked: 0,
        of_at_most: prizes.iter().map(|prize| most_ranks(prize, weights.len())).sum(),
    };
    let mut rankings = Vec::with_capacity(prizes.len());
    for (place, prize) in prizes.iter().enumerate() {
        let ranking = rank_prize(prize, &mut urn, key, &mut report, progress);
        let is_last = place + 1 == prizes.len();
        if !is_last {
            put_back(&mut urn, &ranking, prize.quantity, win_limit, &mut wins);
        }
        rankings.push(ranking);
    }
    progress(report);
    rankings
}

fn most_ranks(prize: &PrizeOrder<'_>, entrants: usize) -> u64 {
    let wanted = u64::from(prize.quantity) + u64::from(prize.alternates);
    wanted.min(entrants as u64)
}

fn rank_prize(
    prize: &PrizeOrder<'_>,
    urn: &mut Urn<'_>,
    key: &Hash,
    report: &mut Progress,
    progress: &mut dyn FnMut(Progress),
) -> Vec<u32> {
    let mut words = Words::new(&prize_key(key, prize.id));
    let wanted = u64::from(prize.quantity) + u64::from(prize.alternates);
    let mut ranking = Vec::new();
    while (ranking.len() as u64) < wanted && urn.total() > 0 {
        let taken = words.below(urn.total()).and_then(|ticket| urn.take(ticket));
        let Some(index) = taken else { break };
        ranking.push(index);
        report.ranked += 1;
        if report.ranked.is_multiple_of(RANKS_BETWEEN_REPORTS) {
            progress(*report);
        }
    }
    ranking
}

/// For the next prize, everybody starts with their weight again, except those who reached the win limit.
fn put_back(urn: &mut Urn<'_>, ranking: &[u32], quantity: u32, win_limit: u32, wins: &mut HashMap<u32, u32>) {
    for (rank, index) in ranking.iter().enumerate() {
        let has_won = (rank as u64) < u64::from(quantity);
        if has_won {
            let won = wins.entry(*index).or_default();
            *won += 1;
            if *won >= win_limit {
                continue;
            }
        }
        urn.put_back(*index);
    }
}
