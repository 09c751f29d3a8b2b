//! Lists that are out of order, and freezes that are not theirs.

use draw::Level;
use ed25519_dalek::SigningKey;
use serde_json::json;

use super::fault::{Again, Broken, add, add_to, freeze_bytes, items};
use crate::builder::{sample, sign_with};

pub fn faults(all: &mut Vec<Broken>) {
    use Again::{List, Nothing, Signatures};
    let l0 = Level::L0;
    add(all, "entries", "unsorted", l0, List, |document| {
        items(&mut document["entries"]).swap(2, 3)
    });
    add(all, "entries", "twice", l0, List, |document| {
        document["entries"][3]["pid"] = document["entries"][2]["pid"].clone()
    });
    add(all, "entries", "excluded", l0, List, |document| {
        document["exclusions"][0]["pid"] = document["entries"][5]["pid"].clone();
    });
    add(all, "entries", "weight-zero", l0, List, |document| {
        document["entries"][0]["weight"] = json!(0)
    });
    add(all, "entries", "weight-large", l0, List, |document| {
        document["entries"][0]["weight"] = json!(1_u64 << 32)
    });
    add(all, "entries", "weight-above-cap", l0, Signatures, |document| {
        document["policy"]["weights"]["cap"] = json!(8)
    });
    add(all, "entries", "weight-of-equal", l0, Signatures, |document| {
        document["policy"]["weights"]["rule"] = json!("EQUAL")
    });
    add(all, "entries", "unsorted-and-not-frozen", l0, Nothing, |document| {
        document["freeze"] = json!(null);
        items(&mut document["entries"]).swap(0, 1);
    });

    add(all, "freeze", "missing", l0, Nothing, |document| {
        document["freeze"] = json!(null)
    });
    add(all, "freeze", "n", l0, Signatures, |document| {
        document["freeze"]["n"] = json!(9)
    });
    add(all, "freeze", "total-weight", l0, Signatures, |document| {
        document["freeze"]["W"] = json!(32)
    });
    add(all, "freeze", "root", l0, Signatures, |document| {
        document["freeze"]["root"] = json!("00".repeat(32))
    });
    add(all, "freeze", "entry-gone", l0, Signatures, |document| {
        drop(items(&mut document["entries"]).remove(4))
    });
    add(all, "freeze", "weight-changed", l0, Signatures, |document| {
        document["entries"][0]["weight"] = json!(77)
    });
    add(all, "freeze", "signature", l0, Nothing, |document| {
        document["freeze"]["at"] = json!("2023-09-15T10:00:00.001Z")
    });
    add(all, "freeze", "signed-with-another-key", l0, Nothing, |document| {
        let another = SigningKey::from_bytes(&[7; 32]);
        document["freeze"]["signature"] = json!(sign_with(&another, &freeze_bytes(document)));
    });
    add(all, "freeze", "before-closing", l0, Signatures, |document| {
        document["policy"]["closes_at"] = json!("2023-09-15T10:00:00.001Z");
    });
    add(all, "freeze", "exclusion-afterwards", l0, Signatures, |document| {
        document["exclusions"][0]["at"] = json!("2023-09-15T10:00:00.001Z");
    });
    add(
        all,
        "freeze",
        "too-late-for-the-round",
        Level::L2,
        Signatures,
        |document| {
            document["freeze"]["at"] = json!("2023-09-15T10:59:33.001Z");
        },
    );
    let mut few = sample(l0);
    few.entries.truncate(2);
    few.events.clear();
    add_to(all, "freeze", "too-few-entrants", &few, Signatures, |document| {
        document["policy"]["too_few_entrants"] = json!("REFUSE");
    });
}
