//! Statistics over a fixed list of keys, so that they come out the same every time. The critical values are those that a
//! fair draw exceeds once in ten thousand times (p = 0.0001).

use draw::{PrizeOrder, rank, sha256};

const DRAWS: u32 = 40_000;

/// Critical values of chi-square at p = 0.0001, by degrees of freedom.
fn critical(degrees: usize) -> f64 {
    match degrees {
        4 => 23.513,
        9 => 33.720,
        19 => 50.795,
        _ => unreachable!("no critical value for {degrees} degrees of freedom"),
    }
}

fn chi_square(observed: &[u32], expected: &[f64]) -> f64 {
    observed
        .iter()
        .zip(expected)
        .map(|(observed, expected)| (f64::from(*observed) - expected).powi(2) / expected)
        .sum()
}

/// How often each entrant comes to a rank (from 0).
fn counts(weights: &[u32], rank_of_interest: usize, label: &str) -> Vec<u32> {
    let prize = [PrizeOrder {
        id: "prize",
        quantity: 1,
        alternates: u32::try_from(rank_of_interest).unwrap(),
    }];
    let mut counts = vec![0; weights.len()];
    for number in 0..DRAWS {
        let key = sha256(&[label.as_bytes(), &number.to_be_bytes()]);
        let ranking = rank(&prize, weights, 1, &key, &mut |_| {});
        counts[ranking[0][rank_of_interest] as usize] += 1;
    }
    counts
}

fn assert_fair(observed: &[u32], expected: &[f64]) {
    let chi_square = chi_square(observed, expected);
    let critical = critical(observed.len() - 1);
    assert!(
        chi_square < critical,
        "{chi_square} is not below {critical}: {observed:?}"
    );
}

#[test]
fn equal_weights_win_equally_often() {
    for (entrants, label) in [(5, "five"), (10, "ten"), (20, "twenty")] {
        let expected = vec![f64::from(DRAWS) / f64::from(entrants); entrants as usize];
        assert_fair(&counts(&vec![1; entrants as usize], 0, label), &expected);
        assert_fair(&counts(&vec![7; entrants as usize], 2, label), &expected);
    }
}

#[test]
fn weights_win_in_proportion() {
    let weights = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    let expected: Vec<_> = weights
        .iter()
        .map(|weight| f64::from(DRAWS) * f64::from(*weight) / 55.0)
        .collect();
    assert_fair(&counts(&weights, 0, "proportion"), &expected);
}

/// The second rank: the sum over who came first of the chance among those who are left.
#[test]
fn the_second_rank_is_drawn_among_those_who_are_left() {
    let weights = [1, 2, 3, 4, 10];
    let total: f64 = 20.0;
    let expected: Vec<_> = weights
        .iter()
        .enumerate()
        .map(|(index, weight)| {
            let others = weights.iter().enumerate().filter(|(other, _)| *other != index);
            let chance: f64 = others
                .map(|(_, first)| f64::from(*first) / total * f64::from(*weight) / (total - f64::from(*first)))
                .sum();
            f64::from(DRAWS) * chance
        })
        .collect();
    assert_fair(&counts(&weights, 1, "second"), &expected);
}

/// Large weights, where a biased reduction of words would show.
#[test]
fn large_weights_are_fair_too() {
    let weights = [u32::MAX; 5];
    assert_fair(&counts(&weights, 0, "large"), &[f64::from(DRAWS) / 5.0; 5]);
}

/// The two prizes of a draw have streams of their own: who wins one says nothing about the other.
#[test]
fn prizes_are_independent() {
    let prize = |id| PrizeOrder {
        id,
        quantity: 1,
        alternates: 0,
    };
    let prizes = [prize("a"), prize("b")];
    let mut distance = [0; 5];
    for number in 0..DRAWS {
        let key = sha256(&[b"independent", &number.to_be_bytes()]);
        let rankings = rank(&prizes, &[1; 5], 2, &key, &mut |_| {});
        distance[((rankings[1][0] + 5 - rankings[0][0]) % 5) as usize] += 1;
    }
    assert_fair(&distance, &[f64::from(DRAWS) / 5.0; 5]);
}
