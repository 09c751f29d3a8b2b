//! Rankings: nobody twice, nobody without weight, nobody beyond the limit, and the same as by the slow way.

use std::collections::{HashMap, HashSet};

use draw::{PrizeOrder, Progress, Words, prize_key, rank, scale, sha256};
use proptest::prelude::*;

/// The protocol's step 5, word by word, in time `ranks · weights`.
fn slowly(prizes: &[PrizeOrder<'_>], weights: &[u32], win_limit: u32, key: &[u8; 32]) -> Vec<Vec<u32>> {
    let mut wins: HashMap<usize, u32> = HashMap::new();
    let mut rankings = Vec::new();
    for prize in prizes {
        let mut words = Words::new(&prize_key(key, prize.id));
        let mut left: Vec<u64> = weights.iter().map(|weight| u64::from(*weight)).collect();
        for (index, won) in &wins {
            if *won >= win_limit {
                left[*index] = 0;
            }
        }
        let mut ranking = Vec::new();
        while ranking.len() < (prize.quantity + prize.alternates) as usize && left.iter().sum::<u64>() > 0 {
            let ticket = slowly_below(&mut words, left.iter().sum());
            let mut prefix = 0;
            let index = left
                .iter()
                .position(|weight| {
                    prefix += weight;
                    prefix > ticket
                })
                .unwrap();
            left[index] = 0;
            ranking.push(index);
        }
        for index in ranking.iter().take(prize.quantity as usize) {
            *wins.entry(*index).or_default() += 1;
        }
        rankings.push(ranking.into_iter().map(|index| u32::try_from(index).unwrap()).collect());
    }
    rankings
}

fn slowly_below(words: &mut Words, bound: u64) -> u64 {
    let (bound, two_64) = (u128::from(bound), 1_u128 << 64);
    loop {
        let product = u128::from(words.next().unwrap()) * bound;
        if product % two_64 >= (two_64 - bound) % bound {
            return u64::try_from(product / two_64).unwrap();
        }
    }
}

fn weights() -> impl Strategy<Value = Vec<u32>> {
    let weight = prop_oneof![Just(0), Just(1), 1..10_u32, any::<u32>(), Just(u32::MAX)];
    prop::collection::vec(weight, 0..70)
}

fn prizes() -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop::collection::vec((1..12_u32, 0..12_u32), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_fast_way_is_the_slow_way(weights in weights(), sizes in prizes(), win_limit in 1..4_u32, key: [u8; 32]) {
        let ids: Vec<_> = (0..sizes.len()).map(|place| format!("prize_{place}")).collect();
        let prizes: Vec<_> = ids.iter().zip(&sizes).map(|(id, (quantity, alternates))| PrizeOrder {
            id,
            quantity: *quantity,
            alternates: *alternates,
        }).collect();
        let rankings = rank(&prizes, &weights, win_limit, &key, &mut |_| {});
        prop_assert_eq!(&rankings, &slowly(&prizes, &weights, win_limit, &key));

        let mut wins: HashMap<u32, u32> = HashMap::new();
        for (prize, ranking) in prizes.iter().zip(&rankings) {
            let different: HashSet<_> = ranking.iter().collect();
            prop_assert_eq!(different.len(), ranking.len(), "somebody has two ranks");
            for index in ranking {
                prop_assert!(weights[*index as usize] > 0, "somebody without weight");
                prop_assert!(wins.get(index).copied().unwrap_or(0) < win_limit, "somebody beyond the limit");
            }
            for index in ranking.iter().take(prize.quantity as usize) {
                *wins.entry(*index).or_default() += 1;
            }
        }
    }

    #[test]
    fn all_ranks_are_a_permutation_of_those_with_weight(weights in weights(), key: [u8; 32]) {
        let prizes = [PrizeOrder { id: "p", quantity: 1, alternates: 1000 }];
        let mut ranking = rank(&prizes, &weights, 1, &key, &mut |_| {}).remove(0);
        ranking.sort_unstable();
        let with_weight = (0..).zip(&weights).filter(|(_, weight)| **weight > 0).map(|(index, _)| index);
        prop_assert_eq!(ranking, with_weight.collect::<Vec<u32>>());
    }

    #[test]
    fn below_is_below_and_takes_the_same_words(bound in 1..=u64::MAX, seed: [u8; 32]) {
        let (mut fast, mut slow) = (Words::new(&seed), Words::new(&seed));
        for _ in 0..20 {
            let number = fast.below(bound).unwrap();
            prop_assert!(number < bound);
            prop_assert_eq!(number, slowly_below(&mut slow, bound));
        }
        prop_assert_eq!(fast.next(), slow.next(), "another number of words was taken");
    }
}

/// With bounds just above 2⁶³ about half of all words are thrown away; a lax comparison would be seen here.
#[test]
fn below_rejects_what_would_come_up_too_often() {
    for bound in [(1 << 63) + 1, (1 << 63) + 3, 3 << 62, u64::MAX, 1 << 63, 3, 1] {
        let (mut fast, mut slow) = (Words::new(&[5; 32]), Words::new(&[5; 32]));
        for _ in 0..2_000 {
            assert_eq!(fast.below(bound).unwrap(), slowly_below(&mut slow, bound));
        }
        assert_eq!(fast.next(), slow.next());
    }
}

/// Of an odd bound one word has a low half of exactly the threshold, and one has one less: `<` and not `<=`.
#[test]
fn below_takes_a_low_half_of_exactly_the_threshold() {
    for bound in [3, 1_000_003, (1 << 63) + 1, u64::MAX] {
        let threshold = bound.wrapping_neg() % bound;
        // 1 / bound modulo 2⁶⁴, by Newton's method.
        let inverse = (0..6).fold(1_u64, |inverse, _| {
            inverse.wrapping_mul(2_u64.wrapping_sub(bound.wrapping_mul(inverse)))
        });
        let word = threshold.wrapping_mul(inverse);
        assert_eq!(word.wrapping_mul(bound), threshold);
        let product = u128::from(word) * u128::from(bound);
        assert_eq!(scale(word, bound), u64::try_from(product >> 64).ok());
        if threshold > 0 {
            assert_eq!(
                scale(word.wrapping_sub(inverse), bound),
                None,
                "one below the threshold"
            );
        }
    }
}

#[test]
fn progress_is_told() {
    let prizes = [
        PrizeOrder {
            id: "a",
            quantity: 9_000,
            alternates: 0,
        },
        PrizeOrder {
            id: "b",
            quantity: 1,
            alternates: 50_000,
        },
    ];
    let mut told = Vec::new();
    let rankings = rank(&prizes, &[1; 10_000], 1, &sha256(&[]), &mut |progress| {
        told.push(progress)
    });
    assert_eq!(rankings.iter().map(Vec::len).collect::<Vec<_>>(), [9_000, 1_000]);
    assert!(told.len() > 2);
    let last = Progress {
        ranked: 10_000,
        of_at_most: 19_000,
    };
    assert_eq!(told.last(), Some(&last));
}

#[test]
fn nobody_wins_where_nobody_is() {
    let prizes = [PrizeOrder {
        id: "a",
        quantity: 3,
        alternates: 3,
    }];
    let nobody: [Vec<u32>; 1] = [Vec::new()];
    assert_eq!(rank(&prizes, &[], 1, &[0; 32], &mut |_| {}), nobody);
    assert_eq!(rank(&prizes, &[0, 0], 1, &[0; 32], &mut |_| {}), nobody);
    assert_eq!(rank(&[], &[1], 1, &[0; 32], &mut |_| {}), Vec::<Vec<u32>>::new());
}
