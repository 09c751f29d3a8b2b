//! What happens afterwards: random walks against a naive model that looks at everything anew each time.

use std::collections::{BTreeMap, BTreeSet};

use draw::{Consequence, Ending, Event, Kind, Outcome, RankState, Refused, SkipReason, Time, Words};
use proptest::prelude::*;

/// Prizes as id, quantity and ranking.
#[derive(Clone, Debug)]
struct Case {
    prizes: Vec<(String, u32, Vec<u32>)>,
    win_limit: u32,
    walk: [u8; 32],
}

/// Rankings as a draw makes them: who has reached the limit is in no later one.
fn case() -> impl Strategy<Value = Case> {
    let sizes = prop::collection::vec((1..4_u32, 0..5_u32), 1..5);
    (sizes, 1..4_u32, 1..9_usize, any::<[u8; 32]>()).prop_map(|(sizes, win_limit, entrants, walk)| {
        let ids: Vec<_> = (0..sizes.len()).map(|place| format!("prize_{place}")).collect();
        let orders: Vec<_> = ids
            .iter()
            .zip(&sizes)
            .map(|(id, (quantity, alternates))| draw::PrizeOrder {
                id,
                quantity: *quantity,
                alternates: *alternates,
            })
            .collect();
        let rankings = draw::rank(&orders, &vec![1; entrants], win_limit, &walk, &mut |_| {});
        let quantities = sizes.iter().map(|(quantity, _)| *quantity);
        let prizes = ids.iter().cloned().zip(quantities).zip(rankings);
        Case {
            prizes: prizes
                .map(|((id, quantity), ranking)| (id, quantity, ranking))
                .collect(),
            win_limit,
            walk,
        }
    })
}

fn outcome(case: &Case) -> Outcome {
    let rankings: Vec<_> = case.prizes.iter().map(|(_, _, ranking)| ranking.clone()).collect();
    let prizes = case.prizes.iter().map(|(id, quantity, _)| (id.as_str(), *quantity));
    Outcome::of_prizes(prizes, case.win_limit, &rankings)
}

/// The model: a state for every rank, and everything else is counted from the states.
struct Model<'c> {
    case: &'c Case,
    states: BTreeMap<(usize, usize), RankState>,
    disqualified: BTreeSet<u32>,
}

impl<'c> Model<'c> {
    fn new(case: &'c Case) -> Self {
        let mut states = BTreeMap::new();
        for (prize, (_, quantity, ranking)) in case.prizes.iter().enumerate() {
            for place in 0..ranking.len() {
                let wins = place < *quantity as usize;
                let state = if wins { RankState::Pending } else { RankState::Waiting };
                states.insert((prize, place), state);
            }
        }
        Self {
            case,
            states,
            disqualified: BTreeSet::new(),
        }
    }

    fn wins_of(&self, index: u32) -> usize {
        let states = self.states.iter();
        states
            .filter(|((prize, place), state)| {
                self.case.prizes[*prize].2[*place] == index && matches!(state, RankState::Pending | RankState::Claimed)
            })
            .count()
    }

    fn end(&mut self, prize: usize, place: usize, ending: Ending) -> Option<Vec<Consequence>> {
        let ranking = &self.case.prizes[prize].2;
        let new = match (self.states.get(&(prize, place))?, ending) {
            (RankState::Pending, Ending::Declined) => RankState::Declined,
            (RankState::Pending, Ending::Expired) => RankState::Expired,
            (RankState::Pending | RankState::Claimed, Ending::Disqualified) => RankState::Disqualified,
            _ => return None,
        };
        self.states.insert((prize, place), new);
        if ending == Ending::Disqualified {
            self.disqualified.insert(ranking[place]);
        }
        let mut consequences = Vec::new();
        for (next, index) in ranking.iter().enumerate() {
            if self.states[&(prize, next)] != RankState::Waiting {
                continue;
            }
            let kind = if self.disqualified.contains(index) {
                Kind::Skipped(SkipReason::Disqualified)
            } else if self.wins_of(*index) >= self.case.win_limit as usize {
                Kind::Skipped(SkipReason::WinLimit)
            } else {
                Kind::Promoted
            };
            let state = match kind {
                Kind::Promoted => RankState::Pending,
                Kind::Skipped(reason) => RankState::Skipped(reason),
            };
            self.states.insert((prize, next), state);
            let rank = u32::try_from(next + 1).unwrap();
            consequences.push(Consequence {
                rank,
                index: *index,
                kind,
            });
            if kind == Kind::Promoted {
                break;
            }
        }
        Some(consequences)
    }
}

fn told(prize: &str, consequence: &Consequence) -> Event {
    let (at, prize, rank) = (Time(0), prize.to_owned(), consequence.rank);
    match consequence.kind {
        Kind::Promoted => Event::Promoted { at, prize, rank },
        Kind::Skipped(reason) => Event::Skipped {
            at,
            prize,
            rank,
            reason,
        },
    }
}

fn voided() -> Event {
    Event::Voided {
        at: Time(0),
        reason: String::new(),
        actor: String::new(),
    }
}

fn ended(prize: &str, rank: u32, ending: Ending) -> Event {
    let (at, prize) = (Time(0), prize.to_owned());
    match ending {
        Ending::Declined => Event::Declined {
            at,
            prize,
            rank,
            reason: None,
        },
        Ending::Expired => Event::Expired { at, prize, rank },
        Ending::Disqualified => Event::Disqualified {
            at,
            prize,
            rank,
            reason: String::new(),
            actor: String::new(),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn random_walks_agree_with_the_model(case in case()) {
        let (mut outcome, mut replay, mut model) = (outcome(&case), outcome(&case), Model::new(&case));
        let mut dice = Words::new(&case.walk);
        for _ in 0..30 {
            let prize = usize::try_from(dice.below(case.prizes.len() as u64).unwrap()).unwrap();
            let (id, _, ranking) = &case.prizes[prize];
            let rank = u32::try_from(dice.below(ranking.len() as u64 + 2).unwrap()).unwrap();
            let place = (rank as usize).wrapping_sub(1);
            let ending = match dice.below(4).unwrap() {
                0 => {
                    let pending = model.states.get(&(prize, place)) == Some(&RankState::Pending);
                    prop_assert_eq!(outcome.claim(id, rank).is_ok(), pending);
                    let event = Event::Claimed { at: Time(0), prize: id.clone(), rank };
                    prop_assert_eq!(replay.apply(&event).is_ok(), pending);
                    if pending {
                        model.states.insert((prize, place), RankState::Claimed);
                    }
                    continue;
                }
                1 => Ending::Declined,
                2 => Ending::Expired,
                _ => Ending::Disqualified,
            };
            let consequences = outcome.end(id, rank, ending).ok();
            prop_assert_eq!(&consequences, &model.end(prize, place, ending));
            prop_assert_eq!(replay.apply(&ended(id, rank, ending)).is_ok(), consequences.is_some());
            for consequence in consequences.iter().flatten() {
                // Until everything is told that must follow, nothing else can be.
                prop_assert!(replay.finish().is_err());
                prop_assert!(replay.apply(&voided()).is_err());
                let wrong = Consequence { rank: consequence.rank + 1, ..*consequence };
                prop_assert!(replay.apply(&told(id, &wrong)).is_err());
                prop_assert!(replay.apply(&told("prize_x", consequence)).is_err());
                prop_assert!(replay.apply(&told(id, consequence)).is_ok());
            }
            prop_assert!(replay.finish().is_ok());
            for (place, (id, _, ranking)) in case.prizes.iter().enumerate() {
                for rank in 1..=ranking.len() {
                    let state = model.states[&(place, rank - 1)];
                    let rank = u32::try_from(rank).unwrap();
                    prop_assert_eq!(outcome.state(id, rank), Some(state));
                    prop_assert_eq!(replay.state(id, rank), Some(state));
                }
            }
            for index in 0..9 {
                prop_assert!(model.wins_of(index) <= case.win_limit as usize);
            }
        }
    }
}

#[test]
fn who_is_passed_over_is_named_with_the_ground() {
    let rankings = [vec![0, 1], vec![2, 0, 3]];
    let mut outcome = Outcome::of_prizes([("a", 1), ("b", 1)], 1, &rankings);
    let expected = [
        Consequence {
            rank: 2,
            index: 0,
            kind: Kind::Skipped(SkipReason::WinLimit),
        },
        Consequence {
            rank: 3,
            index: 3,
            kind: Kind::Promoted,
        },
    ];
    assert_eq!(outcome.end("b", 1, Ending::Declined).unwrap(), expected);

    let mut outcome = Outcome::of_prizes([("a", 1), ("b", 1)], 1, &rankings);
    outcome.claim("a", 1).unwrap();
    assert!(outcome.end("a", 1, Ending::Declined).is_err());
    assert_eq!(outcome.end("a", 1, Ending::Disqualified).unwrap().len(), 1);
    let skipped = Kind::Skipped(SkipReason::Disqualified);
    assert_eq!(outcome.end("b", 1, Ending::Expired).unwrap()[0].kind, skipped);
}

#[test]
fn when_no_rank_is_left_the_piece_stays() {
    let mut outcome = Outcome::of_prizes([("a", 2)], 1, &[vec![0, 1]]);
    assert_eq!(outcome.end("a", 2, Ending::Declined), Ok(Vec::new()));
    assert_eq!(outcome.state("a", 2), Some(RankState::Declined));
    assert_eq!(outcome.state("a", 1), Some(RankState::Pending));
}

#[test]
fn what_does_not_exist_is_refused() {
    let mut outcome = Outcome::of_prizes([("a", 1)], 1, &[vec![0]]);
    assert_eq!(outcome.claim("b", 1), Err(Refused::NoPrize("b".into())));
    assert_eq!(outcome.claim("a", 0), Err(Refused::NoRank(0)));
    assert_eq!(outcome.claim("a", 2), Err(Refused::NoRank(2)));
    assert_eq!(outcome.state("a", 0), None);
    assert_eq!(outcome.state("a", u32::MAX), None);
    outcome.void().unwrap();
    assert!(outcome.is_void());
    assert_eq!(outcome.void(), Err(Refused::Void));
    assert_eq!(outcome.claim("a", 1), Err(Refused::Void));
    assert_eq!(outcome.end("a", 1, Ending::Disqualified), Err(Refused::Void));
}
