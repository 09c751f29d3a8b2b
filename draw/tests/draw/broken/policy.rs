//! Policies that are none, all of them signed; and what is signed wrongly.

use draw::Level;
use serde_json::{Value, json};

use super::fault::{Again, Broken, Change, add, keep, members, sign_again};
use crate::builder::{sample, sign};

pub fn faults(all: &mut Vec<Broken>) {
    for (level, changes) in [(Level::L0, AT_L0), (Level::L2, AT_L2)] {
        for (name, change) in changes {
            let mut document: Value = serde_json::from_str(&sample(level).text()).unwrap();
            change(&mut document["policy"]);
            sign_again(&mut document);
            keep(all, "policy", name, &document);
        }
    }
    use Again::Nothing;
    add(all, "policy", "changed", Level::L0, Nothing, |document| {
        document["policy"]["win_limit"] = json!(2)
    });
    add(all, "policy", "hash-changed", Level::L0, Nothing, |document| {
        document["policy_hash"] = json!("00".repeat(32));
    });
    add(all, "signature", "of-something-else", Level::L0, Nothing, |document| {
        document["signature"] = json!(sign(b"something else"));
    });
    add(all, "signature", "changed", Level::L0, Nothing, |document| {
        document["signature"]["value"] = json!("00".repeat(64));
    });
    add(all, "signature", "another-key", Level::L0, Nothing, |document| {
        document["signature"]["key"] = json!("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    });
    add(all, "signature", "key-of-small-order", Level::L0, Nothing, |document| {
        document["signature"]["key"] = json!(format!("01{}", "00".repeat(31)));
        document["signature"]["value"] = json!(format!("01{}", "00".repeat(63)));
    });
}

/// Faults of a policy of level L0.
const AT_L0: &[(&str, Change)] = &[
    ("version", |policy| policy["version"] = json!("vdraw/2")),
    ("extra-member", |policy| policy["more"] = json!(1)),
    ("missing-member", |policy| drop(members(policy).remove("review"))),
    ("missing-null", |policy| drop(members(policy).remove("supersedes"))),
    ("no-prizes", |policy| policy["prizes"] = json!([])),
    ("prize-twice", |policy| policy["prizes"][1]["id"] = json!("prize_a")),
    ("prize-without-name", |policy| {
        drop(members(&mut policy["prizes"][0]).remove("name"))
    }),
    ("prize-as-list", |policy| {
        policy["prizes"][0] = json!(["prize_a", "name", 2, 2])
    }),
    ("quantity-zero", |policy| policy["prizes"][0]["quantity"] = json!(0)),
    ("quantity-large", |policy| {
        policy["prizes"][0]["quantity"] = json!(1_000_001)
    }),
    ("quantity-text", |policy| policy["prizes"][0]["quantity"] = json!("2")),
    ("quantity-negative", |policy| {
        policy["prizes"][0]["quantity"] = json!(-2)
    }),
    ("quantity-fraction", |policy| {
        policy["prizes"][0]["quantity"] = json!(2.5)
    }),
    ("quantity-with-point", |policy| {
        policy["prizes"][0]["quantity"] = json!(2.0)
    }),
    ("quantity-bool", |policy| policy["prizes"][0]["quantity"] = json!(true)),
    ("alternates-large", |policy| {
        policy["prizes"][0]["alternates"] = json!(1_000_001)
    }),
    ("weights-rule", |policy| policy["weights"]["rule"] = json!("RANDOM")),
    ("weights-cap-zero", |policy| policy["weights"]["cap"] = json!(0)),
    ("weights-cap-large", |policy| {
        policy["weights"]["cap"] = json!(1_u64 << 53)
    }),
    ("weights-cap-of-equal", |policy| {
        policy["weights"] = json!({"rule": "EQUAL", "cap": 1})
    }),
    ("win-limit-zero", |policy| policy["win_limit"] = json!(0)),
    ("win-limit-large", |policy| policy["win_limit"] = json!(1001)),
    ("role-unknown", |policy| {
        policy["eligibility"]["roles"] = json!(["GUEST"])
    }),
    ("roles-unsorted", |policy| {
        policy["eligibility"]["roles"] = json!(["PARTICIPANT", "MODERATOR"])
    }),
    ("role-twice", |policy| {
        policy["eligibility"]["roles"] = json!(["ORGANIZER", "ORGANIZER"])
    }),
    ("role-as-object", |policy| {
        policy["eligibility"]["roles"] = json!([{"ORGANIZER": null}])
    }),
    ("staff-null", |policy| policy["eligibility"]["staff"] = json!(null)),
    ("joined-before", |policy| {
        policy["eligibility"]["joined_before"] = json!("2023-09-15")
    }),
    ("closes-at-number", |policy| policy["closes_at"] = json!(1_694_775_603)),
    ("closes-at-day", |policy| {
        policy["closes_at"] = json!("2023-02-29T00:00:00.000Z")
    }),
    ("closes-at-zone", |policy| {
        policy["closes_at"] = json!("2023-09-15T10:00:00.000+00:00")
    }),
    ("closes-at-decimals", |policy| {
        policy["closes_at"] = json!("2023-09-15T10:00:00Z")
    }),
    ("closes-at-leap-second", |policy| {
        policy["closes_at"] = json!("2016-12-31T23:59:60.000Z")
    }),
    ("closes-at-1969", |policy| {
        policy["closes_at"] = json!("1969-12-31T23:59:59.999Z")
    }),
    ("claim-window-short", |policy| {
        policy["claim_window_seconds"] = json!(59)
    }),
    ("level-unknown", |policy| policy["level"] = json!("L3")),
    ("level-as-object", |policy| policy["level"] = json!({"L0": null})),
    ("drand-at-l0", |policy| {
        policy["drand"] = json!({"chain": "00".repeat(32), "round": 1})
    }),
    ("l2-without-drand", |policy| policy["level"] = json!("L2")),
    ("review", |policy| policy["review"] = json!(0)),
    ("too-few-entrants", |policy| {
        policy["too_few_entrants"] = json!("IGNORE")
    }),
    ("ties", |policy| policy["ties"] = json!("COIN")),
    ("seed-commit-short", |policy| policy["seed_commit"] = json!("00")),
    ("seed-commit-upper-case", |policy| {
        policy["seed_commit"] = json!("AB".repeat(32))
    }),
    ("prizes-too-many", |policy| {
        let prizes = (0..1001).map(|id| json!({"id": id.to_string(), "name": "", "quantity": 1, "alternates": 0}));
        policy["prizes"] = prizes.collect();
    }),
];

/// Faults of a policy of level L2.
const AT_L2: &[(&str, Change)] = &[
    ("chain-unknown", |policy| {
        policy["drand"]["chain"] = json!("00".repeat(32))
    }),
    ("chain-short", |policy| policy["drand"]["chain"] = json!("00")),
    ("round-zero", |policy| policy["drand"]["round"] = json!(0)),
    ("round-after-9999", |policy| {
        policy["drand"]["round"] = json!((1_u64 << 53) - 1)
    }),
    ("round-after-the-year-9999", |policy| {
        policy["drand"]["round"] = json!(1_u64 << 50)
    }),
    ("round-extra-member", |policy| policy["drand"]["more"] = json!(0)),
    ("l2-drand-null", |policy| policy["drand"] = json!(null)),
];
