//! Receipts: what a participant can prove.

use draw::{Entry, Hex, Level, Receipt, ReceiptError, Version, leaf, path, sha256};

use super::{
    builder::{Draft, sample, sign},
    program::run,
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

#[test]
fn both_verifiers_say_whose_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let lies = "user_3\u{1b}[2K\n  held\u{202e}";
    let mut receipt = receipt(&sample(Level::L0), 3);
    receipt.user = lies.into();
    // Their entry id is another one now: of a list of its own.
    receipt.pid = Hex(draw::pid(&receipt.draw, lies, &receipt.nonce.0));
    let entry = Entry {
        pid: receipt.pid.0,
        weight: receipt.weight,
    };
    (receipt.index, receipt.path) = (0, Vec::new());
    (receipt.freeze.n, receipt.freeze.root) = (1, Hex(draw::root(&[leaf(0, &entry)])));
    let message = draw::freeze_message(&receipt.policy_hash.0, &receipt.freeze.list(), receipt.freeze.at);
    receipt.freeze.signature = sign(&message);
    receipt.verify().unwrap();

    let summary = receipt.summary();
    assert!(
        summary.contains("of \"user_3\\u{1b}[2K\\u{a}  held\\u{202e}\", in place 0"),
        "{summary}"
    );
    std::fs::write(
        folder.path().join("receipt.json"),
        serde_json::to_string(&receipt).unwrap(),
    )
    .unwrap();
    let key = receipt.freeze.signature.key.to_string();
    let told = run(folder.path(), &["--receipt", "receipt.json", "--key", &key]);
    assert_eq!(told.status, Some(0), "{told:?}");
    assert!(told.out.ends_with(&format!("{summary}  held\n")), "{told:?}");
}

#[test]
fn another_key_fails_at_the_signature() {
    let receipt = receipt(&sample(Level::L0), 3);
    let key = receipt.freeze.signature.key;
    assert_eq!(receipt.signed_by(&key), Ok(()));
    let refused = receipt.signed_by(&Hex([0; 32])).unwrap_err();
    assert_eq!((refused.check(), refused), ("signature", ReceiptError::WrongKey(key)));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("receipt.json"),
        serde_json::to_string(&receipt).unwrap(),
    )
    .unwrap();
    let told = run(folder.path(), &["--receipt", "receipt.json", "--key", &"0".repeat(64)]);
    assert_eq!(told.status, Some(1), "{told:?}");
    assert!(
        told.out.contains("  signature   FAILED") && !told.out.contains("on the list"),
        "{told:?}"
    );
}
