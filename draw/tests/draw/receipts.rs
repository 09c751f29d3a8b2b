//! Receipts: what a participant can prove.

use draw::{Hex, Level, Receipt, ReceiptError, Version, leaf, path, sha256};

use super::{
    builder::{Draft, sample},
    transcripts::check,
};

fn receipt(draft: &Draft, number: u64) -> Receipt {
    let parts = draft.parts();
    let (entries, _) = draft.list();
    let entry = super::builder::entry(number, 1);
    let index = entries.iter().position(|other| other.pid == entry.pid).unwrap();
    let leaves: Vec<_> = (0..).zip(&entries).map(|(index, entry)| leaf(index, entry)).collect();
    let nonce = sha256(&[&number.to_be_bytes()]);
    Receipt {
        version: Version::V1,
        draw: "draw_1".into(),
        user: format!("user_{number}"),
        nonce: Hex(*nonce.first_chunk().unwrap()),
        pid: Hex(entry.pid),
        index: index as u64,
        weight: entries[index].weight,
        path: path(&leaves, index).unwrap().into_iter().map(Hex).collect(),
        policy_hash: parts.head.policy_hash,
        freeze: parts.head.freeze.unwrap(),
    }
}

#[test]
fn everybody_has_one_that_holds() {
    let draft = sample(Level::L0);
    let report = check(&draft.text()).unwrap();
    for number in 0..8 {
        let receipt = receipt(&draft, number);
        receipt.verify().unwrap();
        receipt.matches(&report).unwrap();
        let text = serde_json::to_string(&receipt).unwrap();
        assert_eq!(Receipt::parse(text.as_bytes()).unwrap(), receipt);
    }
}

#[test]
fn a_changed_one_does_not_hold() {
    let whole = receipt(&sample(Level::L0), 3);
    let broken = |change: fn(&mut Receipt)| {
        let mut receipt = whole.clone();
        change(&mut receipt);
        receipt.verify().unwrap_err()
    };
    assert_eq!(broken(|receipt| receipt.user.push('x')), ReceiptError::Pid);
    assert_eq!(broken(|receipt| receipt.draw.push('x')), ReceiptError::Pid);
    assert_eq!(broken(|receipt| receipt.nonce.0[0] ^= 1), ReceiptError::Pid);
    assert_eq!(broken(|receipt| receipt.pid.0[0] ^= 1), ReceiptError::Pid);
    assert_eq!(broken(|receipt| receipt.index ^= 1), ReceiptError::Path);
    assert_eq!(broken(|receipt| receipt.weight += 1), ReceiptError::Path);
    assert_eq!(broken(|receipt| receipt.path[0].0[0] ^= 1), ReceiptError::Path);
    assert_eq!(broken(|receipt| receipt.path.clear()), ReceiptError::Path);
    assert_eq!(broken(|receipt| receipt.freeze.n = 0), ReceiptError::Path);
    assert_eq!(broken(|receipt| receipt.freeze.root.0[0] ^= 1), ReceiptError::Path);
    let is_signature = |error| matches!(error, ReceiptError::Signature(_));
    assert!(is_signature(broken(|receipt| receipt.policy_hash.0[0] ^= 1)));
    assert!(is_signature(broken(|receipt| receipt.freeze.total_weight += 1)));
    assert!(is_signature(broken(|receipt| receipt.freeze.at.0 += 1)));
    assert!(is_signature(broken(|receipt| receipt.freeze.signature.value.0[0] ^= 1)));
}

#[test]
fn another_transcript_is_noticed() {
    let draft = sample(Level::L0);
    let receipt = receipt(&draft, 3);
    let report_of = |change: fn(&mut Draft)| {
        let mut other = draft.clone();
        other.events.clear();
        change(&mut other);
        check(&other.text()).unwrap()
    };
    assert_eq!(receipt.matches(&report_of(|_| {})), Ok(()));
    let without = report_of(|draft| {
        draft.entries.pop();
    });
    assert_eq!(receipt.matches(&without), Err(ReceiptError::OtherList));
    let other_rules = report_of(|draft| draft.policy.win_limit = 2);
    assert_eq!(receipt.matches(&other_rules), Err(ReceiptError::OtherDraw));
    let open = report_of(|draft| {
        (draft.frozen_at, draft.entropy, draft.drawn, draft.revealed) = (None, None, false, false);
    });
    assert_eq!(receipt.matches(&open), Err(ReceiptError::NotFrozen));
    let mut other_key = report_of(|_| {});
    other_key.key.0[0] ^= 1;
    assert_eq!(receipt.matches(&other_key), Err(ReceiptError::OtherKey));
}

#[test]
fn what_is_no_receipt_is_refused() {
    let text = serde_json::to_string(&receipt(&sample(Level::L0), 1)).unwrap();
    for broken in [
        text.replace("\"index\"", "\"place\""),
        text.replace("\"index\":", "\"index\":-"),
        text.replacen('{', "{\"index\":1,", 1),
        format!("{text}x"),
        format!("[{text}]"),
        text.replace("vdraw/1", "vdraw/2"),
        String::new(),
    ] {
        assert!(
            matches!(Receipt::parse(broken.as_bytes()), Err(ReceiptError::Format(_))),
            "{broken}"
        );
    }
}
