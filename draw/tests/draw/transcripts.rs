//! Transcripts that hold.

use draw::{Awaited, Level, Standing, verify};

use super::builder::sample;

pub fn check(text: &str) -> Result<draw::Report, draw::Failure> {
    verify(text.as_bytes(), &mut |_| {})
}

#[test]
fn every_level_holds() {
    for level in [Level::L0, Level::L1, Level::L2] {
        let draft = sample(level);
        let report = check(&draft.text()).unwrap();
        assert_eq!(report.standing, Standing::Drawn);
        let checks: Vec<_> = report.passed.iter().map(|passed| passed.check.word()).collect();
        let names = [
            "format",
            "policy",
            "signature",
            "entries",
            "freeze",
            "seed",
            "entropy",
            "ranking",
            "events",
        ];
        assert_eq!(checks, names);
    }
}

#[test]
fn the_report_names_the_winners() {
    let draft = sample(Level::L0);
    let report = check(&draft.text()).unwrap();
    let (entries, _) = draft.list();
    let rankings = draft.rankings();
    let first = &report.prizes[0];
    let held: Vec<_> = first
        .winners
        .iter()
        .map(|winner| (winner.rank, winner.claimed))
        .collect();
    assert_eq!(held, [(1, true), (3, false)]);
    assert_eq!((first.alternates, first.promoted, first.unawarded), (2, 1, 0));
    for winner in &first.winners {
        assert_eq!(winner.index, rankings[0][winner.rank as usize - 1]);
        assert_eq!(winner.pid.0, entries[winner.index as usize].pid);
    }
}

#[test]
fn a_draw_can_be_checked_at_every_stage() {
    let mut draft = sample(Level::L2);
    draft.events.clear();
    (draft.drawn, draft.revealed) = (false, false);
    let standing = |draft: &super::builder::Draft| check(&draft.text()).unwrap().standing;
    assert_eq!(standing(&draft), Standing::Open(Awaited::Result));
    draft.entropy = None;
    assert_eq!(standing(&draft), Standing::Open(Awaited::Entropy));
    draft.frozen_at = None;
    assert_eq!(standing(&draft), Standing::Open(Awaited::Freeze));
}

#[test]
fn progress_counts_every_byte() {
    let text = sample(Level::L1).text();
    let mut last = 0;
    verify(text.as_bytes(), &mut |bytes| {
        assert!(bytes >= last);
        last = bytes;
    })
    .unwrap();
    assert_eq!(last, text.len() as u64);
}

#[test]
fn members_come_in_any_order_with_any_white_space() {
    let text = sample(Level::L2).text();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let spread = serde_json::to_string_pretty(&value).unwrap() + "\n\t ";
    assert_eq!(check(&spread).unwrap(), check(&text).unwrap());
}

#[test]
fn a_failing_reader_is_no_transcript() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the cable is out"))
        }
    }
    let failure = verify(Broken, &mut |_| {}).unwrap_err();
    assert_eq!(failure.check.word(), "format");
    assert!(failure.message.contains("the cable is out"), "{}", failure.message);
}
