//! Every single byte of a transcript counts: whatever it is changed to, a check fails.

use std::ops::Range;

use draw::{Level, verify};

use super::builder::sample;

/// Where a change may stay unnoticed, and why: nothing is computed from these texts and nobody has signed them. They are
/// the server's word about what happened, and only their form and their order are checked.
fn said_only(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut value_of = |member: &str, from: usize, to: usize| {
        let part = &text[from..to];
        let member = format!("\"{member}\":\"");
        for (at, _) in part.match_indices(&member) {
            let start = from + at + member.len();
            let length = text[start..].find('"').unwrap();
            ranges.push(start..start + length);
        }
    };
    let exclusions = text.find("\"exclusions\"").unwrap();
    let freeze = text.find("\"freeze\"").unwrap();
    let events = text.find("\"events\"").unwrap();
    // The name of the key is a hint for where to look it up; the key itself is checked.
    value_of("kid", 0, text.len());
    for member in ["pid", "reason", "at"] {
        value_of(member, exclusions, freeze);
    }
    value_of("at", events, text.len());
    ranges
}

/// Other values of a byte: neighbours, other cases, other kinds of character, no character at all.
fn others(byte: u8) -> impl Iterator<Item = u8> {
    let values = [
        byte ^ 1,
        byte ^ 2,
        byte ^ 0x20,
        byte ^ 0x80,
        b'0',
        b'"',
        b' ',
        b'}',
        0,
        0xff,
    ];
    values.into_iter().filter(move |other| *other != byte)
}

fn every_change_is_noticed(level: Level, every: usize) {
    let draft = sample(level);
    let text = draft.text();
    let exempt = said_only(&text);
    let mut bytes = text.clone().into_bytes();
    let (mut tried, mut unnoticed) = (0, Vec::new());
    for place in (0..bytes.len()).step_by(every) {
        let original = bytes[place];
        for other in others(original) {
            bytes[place] = other;
            tried += 1;
            if verify(bytes.as_slice(), &mut |_| {}).is_ok() && !exempt.iter().any(|range| range.contains(&place)) {
                let context = String::from_utf8_lossy(&bytes[place.saturating_sub(20)..(place + 20).min(bytes.len())]);
                unnoticed.push(format!("byte {place} as {other:#x}: …{context}…"));
            }
        }
        bytes[place] = original;
    }
    assert!(tried > 2_000);
    assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));
}

#[test]
fn at_level_0() {
    every_change_is_noticed(Level::L0, 1);
}

#[test]
fn at_level_1() {
    every_change_is_noticed(Level::L1, 1);
}

#[test]
fn at_level_2() {
    every_change_is_noticed(Level::L2, 3);
}

/// Every byte removed, and one put in at every place.
#[test]
fn nothing_can_be_left_out_or_put_in() {
    let text = sample(Level::L1).text();
    let exempt = said_only(&text);
    let bytes = text.as_bytes();
    for place in 0..bytes.len() {
        if exempt.iter().any(|range| range.contains(&place) || range.end == place) {
            continue;
        }
        let without = [&bytes[..place], &bytes[place + 1..]].concat();
        assert!(verify(without.as_slice(), &mut |_| {}).is_err(), "without byte {place}");
        for more in [b'0', b'a', b'"', b',', 0x80] {
            let with = [&bytes[..place], &[more], &bytes[place..]].concat();
            assert!(
                verify(with.as_slice(), &mut |_| {}).is_err(),
                "with {more:#x} before byte {place}"
            );
        }
    }
}
