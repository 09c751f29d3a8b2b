//! Seeds, entropy and rankings that are not those of the draw.

use draw::{Hex, Level, seed_commitment};
use serde_json::json;

use super::fault::{Again, Broken, add, items};

pub fn faults(all: &mut Vec<Broken>) {
    use Again::{Nothing, Signatures};
    let (l0, l1, l2) = (Level::L0, Level::L1, Level::L2);
    add(all, "seed", "another", l0, Nothing, |document| {
        document["seed"] = json!("00".repeat(32))
    });
    add(all, "seed", "promised-for-another-draw", l0, Signatures, |document| {
        let seed = Hex::parse(document["seed"].as_str().unwrap()).unwrap().0;
        document["policy"]["seed_commit"] = json!(Hex(seed_commitment("draw_2", &seed)));
    });

    add(all, "entropy", "missing", l0, Nothing, |document| {
        document["entropy"] = json!(null)
    });
    add(all, "entropy", "lower-level", l1, Nothing, |document| {
        document["entropy"] = json!({"level": "L0"})
    });
    add(all, "entropy", "before-the-freeze", l0, Nothing, |document| {
        document["freeze"] = json!(null);
        document["entries"] = json!([]);
        document["prizes"] = json!([]);
        document["events"] = json!([]);
        document["seed"] = json!(null);
    });
    add(all, "entropy", "dice-too-few", l1, Nothing, |document| {
        document["entropy"]["dice"] = json!("316524416352146352541632");
    });
    add(all, "entropy", "dice-too-many", l1, Nothing, |document| {
        document["entropy"]["dice"] = json!("3165244163521463525416324511".repeat(36));
    });
    add(all, "entropy", "dice-zero", l1, Nothing, |document| {
        document["entropy"]["dice"] = json!("3165244163521463525416324510");
    });
    add(all, "entropy", "dice-seven", l1, Nothing, |document| {
        document["entropy"]["dice"] = json!("7165244163521463525416324511");
    });
    add(all, "entropy", "dice-other-digits", l1, Nothing, |document| {
        document["entropy"]["dice"] = json!("3165244163521463525416324\u{0663}11");
    });
    add(all, "entropy", "dice-line-end", l1, Nothing, |document| {
        document["entropy"]["dice"] = json!("3165244163521463525416324511\n");
    });
    add(all, "entropy", "dice-all-equal", l1, Nothing, |document| {
        document["entropy"]["dice"] = json!("4".repeat(30))
    });
    add(all, "entropy", "dice-of-a-pattern", l1, Nothing, |document| {
        document["entropy"]["dice"] = json!(format!("{}123", "12345612".repeat(4)));
    });
    add(all, "entropy", "another-round", l2, Nothing, |document| {
        document["entropy"]["round"] = json!(657_414)
    });
    add(all, "entropy", "another-chain", l2, Nothing, |document| {
        document["entropy"]["chain"] = json!("00".repeat(32))
    });
    add(all, "entropy", "round-not-signed", l2, Nothing, |document| {
        document["entropy"]["signature"] = json!("00".repeat(48))
    });
    add(
        all,
        "entropy",
        "signature-of-another-round",
        l2,
        Signatures,
        |document| {
            document["policy"]["drand"]["round"] = json!(657_414);
            document["entropy"]["round"] = json!(657_414);
        },
    );

    add(all, "ranking", "without-seed", l0, Nothing, |document| {
        document["seed"] = json!(null)
    });
    add(all, "ranking", "seed-without-prizes", l0, Nothing, |document| {
        document["prizes"] = json!([]);
        document["events"] = json!([]);
    });
    add(all, "ranking", "swapped", l0, Nothing, |document| {
        items(&mut document["prizes"][0]["ranking"]).swap(0, 1);
    });
    add(all, "ranking", "shorter", l0, Nothing, |document| {
        drop(items(&mut document["prizes"][1]["ranking"]).pop())
    });
    add(all, "ranking", "longer", l0, Nothing, |document| {
        items(&mut document["prizes"][1]["ranking"]).push(json!(0))
    });
    add(all, "ranking", "nobody", l0, Nothing, |document| {
        document["prizes"][0]["ranking"][3] = json!(8)
    });
    add(all, "ranking", "far-beyond", l0, Nothing, |document| {
        document["prizes"][0]["ranking"][3] = json!(9_007_199_254_740_991_u64);
    });
    add(all, "ranking", "prize-gone", l0, Nothing, |document| {
        drop(items(&mut document["prizes"]).pop())
    });
    add(all, "ranking", "prizes-swapped", l0, Nothing, |document| {
        items(&mut document["prizes"]).swap(0, 1)
    });
    add(all, "ranking", "prize-renamed", l0, Nothing, |document| {
        document["prizes"][0]["id"] = json!("prize_c")
    });
    add(all, "ranking", "other-dice", l1, Nothing, |document| {
        document["entropy"]["dice"] = json!("3165244163521463525416324512");
    });
    add(all, "ranking", "other-win-limit", l0, Signatures, |document| {
        document["policy"]["win_limit"] = json!(2)
    });
}
