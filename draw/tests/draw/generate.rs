//! A thousand random draws of all kinds, the same ones every time.

use std::{collections::BTreeMap, fs, path::Path};

use draw::{
    Ending, Event, Exclusion, Hex, Kind, Level, Outcome, RankState, Time, TooFewEntrants, WeightRule, Words, sha256,
};

use super::{
    broken,
    builder::{Draft, entry, prize, time},
};

/// Numbers that look random.
pub struct Dice(Words);

impl Dice {
    pub fn new(label: &str, number: u32) -> Self {
        Self(Words::new(&sha256(&[label.as_bytes(), &number.to_be_bytes()])))
    }

    pub fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.0.below(bound.into()).unwrap()).unwrap()
    }

    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most - least + 1)
    }

    pub fn one_in(&mut self, many: u32) -> bool {
        self.below(many) == 0
    }
}

/// Writes `good-0001.json` and so on, `broken-….json`, and `expected.json`, which says of every file what a verifier must
/// answer: `drawn`, `open`, `void`, or the name of the check that fails.
pub fn write(folder: &Path, good: u32) -> BTreeMap<String, String> {
    let mut expected = BTreeMap::new();
    for number in 1..=good {
        let name = format!("good-{number:04}.json");
        let (text, standing) = random(number);
        fs::write(folder.join(&name), text).unwrap();
        expected.insert(name, standing.to_owned());
    }
    for fault in broken::all() {
        let name = format!("broken-{}.json", fault.name);
        fs::write(folder.join(&name), fault.bytes).unwrap();
        expected.insert(name, fault.check.to_owned());
    }
    fs::write(
        folder.join("expected.json"),
        serde_json::to_string_pretty(&expected).unwrap(),
    )
    .unwrap();
    expected
}

/// A transcript that holds, and how it stands.
pub fn random(number: u32) -> (String, &'static str) {
    let mut dice = Dice::new("random draws", number);
    let mut draft = random_rules(&mut dice);
    let standing = random_stage(&mut draft, &mut dice);
    let text = draft.text();
    // Every other one with its members in another order, and white space.
    let text = match dice.below(4) {
        0 => serde_json::from_str::<serde_json::Value>(&text).unwrap().to_string(),
        1 => serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&text).unwrap()).unwrap(),
        _ => text,
    };
    (text, standing)
}

fn random_rules(dice: &mut Dice) -> Draft {
    let level = [Level::L0, Level::L1, Level::L2][dice.below(3) as usize];
    let entrants = match dice.below(10) {
        0 => 0,
        1 => 1,
        _ => dice.between(2, 40),
    };
    let equal = dice.one_in(3);
    let weights: Vec<_> = (0..entrants)
        .map(|_| match dice.below(8) {
            _ if equal => 1,
            0 => u32::MAX,
            1 => dice.between(1, u32::MAX),
            _ => dice.between(1, 20),
        })
        .collect();
    let prizes =
        (0..dice.between(1, 5)).map(|place| prize(&format!("prize_{place}"), dice.between(1, 5), dice.below(6)));
    let prizes: Vec<_> = prizes.collect();
    let mut draft = Draft::new(level, &weights, prizes);
    if equal {
        draft.policy.weights.rule = WeightRule::Equal;
    } else if dice.one_in(2) {
        draft.policy.weights.cap = Some(weights.iter().copied().max().unwrap_or(1).into());
    }
    draft.policy.win_limit = dice.between(1, 3);
    draft.policy.claim_window_seconds = dice.one_in(2).then_some(60 + u64::from(dice.below(100_000)));
    draft.policy.closes_at = dice.one_in(2).then_some(time("2023-09-15T10:00:00.000Z"));
    draft.policy.supersedes = dice.one_in(4).then(|| "draw_0".into());
    draft.policy.review = dice.one_in(2);
    let pieces: u32 = draft.policy.prizes.iter().map(|prize| prize.quantity).sum();
    if pieces <= entrants && dice.one_in(2) {
        draft.policy.too_few_entrants = TooFewEntrants::Refuse;
    }
    for number in 0..dice.below(3) {
        draft.exclusions.push(Exclusion {
            pid: Hex(entry(1_000 + u64::from(number), 1).pid),
            reason: "zwei Konten \u{1f3b2} \u{7f}\u{2028}\"".into(),
            at: Time(time("2023-09-15T10:00:00.000Z").0 - i64::from(dice.below(1_000_000))),
        });
    }
    draft
}

fn random_stage(draft: &mut Draft, dice: &mut Dice) -> &'static str {
    let stage = dice.below(8);
    let open = stage < 3;
    if open {
        (draft.drawn, draft.revealed) = (false, false);
        if stage < 2 {
            draft.entropy = None;
        }
        if stage < 1 {
            draft.frozen_at = None;
        }
    } else {
        random_walk(draft, dice);
    }
    if !dice.one_in(5) {
        return if open { "open" } else { "drawn" };
    }
    draft.revealed = true;
    let last = draft.events.last().map_or(time("2023-09-15T09:30:00.000Z"), Event::at);
    draft.events.push(Event::Voided {
        at: last,
        reason: String::new(),
        actor: "user_organizer".into(),
    });
    "void"
}

fn random_walk(draft: &mut Draft, dice: &mut Dice) {
    let mut outcome = Outcome::new(&draft.policy, &draft.rankings());
    let mut at = time("2023-09-15T12:00:00.000Z");
    for _ in 0..dice.below(20) {
        let place = dice.below(u32::try_from(draft.policy.prizes.len()).unwrap()) as usize;
        let id = draft.policy.prizes[place].id.clone();
        let rank = dice.between(1, 10);
        let state = outcome.state(&id, rank);
        if !matches!(state, Some(RankState::Pending | RankState::Claimed)) {
            continue;
        }
        at.0 += i64::from(dice.below(100_000));
        let (prize, rest) = (id.clone(), outcome.clone());
        let act = dice.below(4);
        let ending = match act {
            0 if outcome.claim(&id, rank).is_ok() => {
                draft.events.push(Event::Claimed { at, prize, rank });
                continue;
            }
            1 => Ending::Declined,
            2 if draft.policy.claim_window_seconds.is_some() => Ending::Expired,
            _ => Ending::Disqualified,
        };
        let Ok(consequences) = outcome.end(&id, rank, ending) else {
            outcome = rest;
            continue;
        };
        draft.events.push(match ending {
            Ending::Declined => Event::Declined {
                at,
                prize,
                rank,
                reason: dice.one_in(2).then(|| "keine Zeit".into()),
            },
            Ending::Expired => Event::Expired { at, prize, rank },
            Ending::Disqualified => Event::Disqualified {
                at,
                prize,
                rank,
                reason: "\u{0} broke the rules".into(),
                actor: "user_organizer".into(),
            },
        });
        for consequence in consequences {
            let (prize, rank) = (id.clone(), consequence.rank);
            draft.events.push(match consequence.kind {
                Kind::Promoted => Event::Promoted { at, prize, rank },
                Kind::Skipped(reason) => Event::Skipped {
                    at,
                    prize,
                    rank,
                    reason,
                },
            });
        }
    }
}

#[test]
fn all_of_them_stand_as_expected() {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for number in 1..=1_000 {
        let (text, expected) = random(number);
        let report = super::transcripts::check(&text).unwrap_or_else(|failure| panic!("{number}: {failure}"));
        let standing = match report.standing {
            draw::Standing::Drawn => "drawn",
            draw::Standing::Open(_) => "open",
            draw::Standing::Void => "void",
        };
        assert_eq!(standing, expected, "{number}");
        *seen.entry(expected).or_default() += 1;
    }
    assert!(seen.len() == 3 && seen.values().all(|count| *count > 100), "{seen:?}");
}
