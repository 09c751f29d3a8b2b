//! Documents that are no transcripts.

use draw::Level;
use serde_json::{Value, json};

use super::fault::{Broken, Change};
use crate::builder::sample;

/// Adds a document for everything that the check `format` refuses.
pub fn faults(all: &mut Vec<Broken>) {
    let text = sample(Level::L2).text();
    for (name, from, to) in REPLACED {
        let bytes = text.replacen(from, to, 1).into_bytes();
        assert_ne!(bytes, text.as_bytes(), "{name} changes nothing");
        add(all, name, bytes);
    }
    for (name, change) in CHANGED {
        let mut document: Value = serde_json::from_str(&text).unwrap();
        change(&mut document);
        add(all, name, document.to_string().into_bytes());
    }
    let whole = text.as_bytes();
    add(all, "empty", Vec::new());
    add(all, "cut", whole[..whole.len() - 1].to_vec());
    add(all, "cut-in-entries", whole[..whole.len() / 2].to_vec());
    add(all, "trailing-bytes", [whole, b"x"].concat());
    add(all, "trailing-zero", [whole, b"\0"].concat());
    add(all, "two-documents", [whole, b"\n", whole].concat());
    add(all, "byte-order-mark", [b"\xef\xbb\xbf", whole].concat());
    add(all, "utf-16", text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    add(all, "list", format!("[{text}]").into_bytes());
    add(all, "null", b"null".to_vec());
    let invalid = text.replacen("an account", "an acco\u{1}nt", 1).into_bytes();
    add(
        all,
        "invalid-utf-8",
        invalid
            .iter()
            .map(|byte| if *byte == 1 { 0xff } else { *byte })
            .collect(),
    );
    add(all, "control-character", invalid);
    let surrogate = |half: &str| text.replacen("an account", half, 1).into_bytes();
    add(all, "lone-leading-surrogate", surrogate("\\ud83c!"));
    add(all, "lone-trailing-surrogate", surrogate("\\udfc6"));
    add(all, "overlong-utf-8", replace_bytes(whole, b"an account", b"\xc0\x80"));
    add(
        all,
        "surrogate-in-utf-8",
        replace_bytes(whole, b"an account", b"\xed\xa0\x80"),
    );
    let long = |count| {
        text.replacen("an account of the organizer", &"ä".repeat(count), 1)
            .into_bytes()
    };
    add(all, "long-text", long(8193));
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    add(
        all,
        "deep",
        text.replacen("\"version\":\"vdraw/1\"", &format!("\"version\":{}", nested(8)), 1)
            .into_bytes(),
    );
    add(
        all,
        "deep-in-policy",
        text.replacen("\"review\":false", &format!("\"review\":{}", nested(7)), 1)
            .into_bytes(),
    );
    add(all, "very-deep", "[".repeat(100_000).into_bytes());
    add(
        all,
        "long-number",
        text.replacen("\"weight\":3", "\"weight\":300000000000000000000", 1)
            .into_bytes(),
    );
}

fn add(all: &mut Vec<Broken>, name: &str, bytes: Vec<u8>) {
    all.push(Broken {
        name: format!("format-{name}"),
        check: "format",
        bytes,
    });
}

fn replace_bytes(whole: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = whole.windows(from.len()).position(|window| window == from).unwrap();
    [&whole[..at], to, &whole[at + from.len()..]].concat()
}

const REPLACED: &[(&str, &str, &str)] = &[
    ("version", "{\"version\":\"vdraw/1\"", "{\"version\":\"vdraw/2\""),
    (
        "member-twice",
        "{\"version\":\"vdraw/1\"",
        "{\"version\":\"vdraw/1\",\"version\":\"vdraw/1\"",
    ),
    (
        "member-twice-escaped",
        "{\"version\":\"vdraw/1\"",
        "{\"version\":\"vdraw/1\",\"\\u0076ersion\":\"vdraw/1\"",
    ),
    (
        "policy-member-twice",
        "\"win_limit\":1",
        "\"win_limit\":1,\"win_limit\":1",
    ),
    ("prize-member-twice", "\"quantity\":2", "\"quantity\":2,\"quantity\":2"),
    ("entry-member-twice", "\"weight\":3", "\"weight\":3,\"weight\":3"),
    ("event-member-twice", "\"rank\":1", "\"rank\":1,\"rank\":1"),
    (
        "event-type-twice",
        "\"type\":\"CLAIMED\"",
        "\"type\":\"CLAIMED\",\"type\":\"CLAIMED\"",
    ),
    (
        "entropy-member-twice",
        "\"level\":\"L2\",\"chain\"",
        "\"level\":\"L2\",\"level\":\"L2\",\"chain\"",
    ),
    (
        "signature-member-twice",
        "\"kid\":\"key-of-tests\"",
        "\"kid\":\"key-of-tests\",\"kid\":\"key-of-tests\"",
    ),
    ("weight-fraction", "\"weight\":3", "\"weight\":3.0"),
    ("weight-exponent", "\"weight\":3", "\"weight\":3e0"),
    ("weight-negative", "\"weight\":3", "\"weight\":-3"),
    ("weight-minus-zero", "\"weight\":3", "\"weight\":-0"),
    ("weight-leading-zero", "\"weight\":3", "\"weight\":03"),
    ("weight-plus", "\"weight\":3", "\"weight\":+3"),
    ("weight-hexadecimal", "\"weight\":3", "\"weight\":0x3"),
    ("weight-beyond-53-bits", "\"weight\":3", "\"weight\":9007199254740992"),
    ("weight-not-a-number", "\"weight\":3", "\"weight\":NaN"),
    ("trailing-comma", "\"weight\":3}", "\"weight\":3,}"),
    ("comment", "\"weight\":3}", "\"weight\":3/**/}"),
    ("single-quotes", "\"weight\":3}", "'weight':3}"),
    ("comma-missing", "},{\"pid\"", "}{\"pid\""),
    ("form-feed", "\"entries\":[", "\"entries\":\u{c}["),
    ("no-break-space", "\"entries\":[", "\"entries\":\u{a0}["),
];

const CHANGED: &[(&str, Change)] = &[
    ("more", |document| document["more"] = json!(null)),
    ("version-missing", |document| gone(document, "version")),
    ("policy-missing", |document| gone(document, "policy")),
    ("policy-hash-missing", |document| gone(document, "policy_hash")),
    ("signature-missing", |document| gone(document, "signature")),
    ("exclusions-missing", |document| gone(document, "exclusions")),
    ("freeze-missing", |document| gone(document, "freeze")),
    ("entries-missing", |document| gone(document, "entries")),
    ("seed-missing", |document| gone(document, "seed")),
    ("entropy-missing", |document| gone(document, "entropy")),
    ("prizes-missing", |document| gone(document, "prizes")),
    ("events-missing", |document| gone(document, "events")),
    ("policy-list", |document| document["policy"] = json!([])),
    ("policy-null", |document| document["policy"] = json!(null)),
    ("policy-hash-upper-case", |document| {
        document["policy_hash"] = json!("AB".repeat(32))
    }),
    ("policy-hash-short", |document| {
        document["policy_hash"] = json!("ab".repeat(31))
    }),
    ("signature-as-list", |document| {
        let signature = &document["signature"];
        document["signature"] = json!([signature["kid"], signature["key"], signature["value"]]);
    }),
    ("signature-null", |document| document["signature"] = json!(null)),
    ("signature-short", |document| {
        document["signature"]["value"] = json!("00".repeat(63))
    }),
    ("signature-more", |document| document["signature"]["more"] = json!(1)),
    ("kid-null", |document| document["signature"]["kid"] = json!(null)),
    ("exclusions-null", |document| document["exclusions"] = json!(null)),
    ("exclusion-without-reason", |document| {
        gone(&mut document["exclusions"][0], "reason")
    }),
    ("exclusion-reason-null", |document| {
        document["exclusions"][0]["reason"] = json!(null)
    }),
    ("exclusion-time", |document| {
        document["exclusions"][0]["at"] = json!("yesterday")
    }),
    ("freeze-without-signature", |document| {
        gone(&mut document["freeze"], "signature")
    }),
    ("freeze-w-lower-case", |document| {
        document["freeze"]["w"] = document["freeze"]["W"].clone();
        gone(&mut document["freeze"], "W");
    }),
    ("freeze-n-text", |document| document["freeze"]["n"] = json!("8")),
    ("freeze-n-beyond", |document| {
        document["freeze"]["n"] = json!(1_u64 << 53)
    }),
    ("freeze-time", |document| {
        document["freeze"]["at"] = json!("2023-09-15 10:00:00.000Z")
    }),
    ("freeze-1969", |document| {
        document["freeze"]["at"] = json!("1969-12-31T23:59:59.999Z")
    }),
    ("freeze-day", |document| {
        document["freeze"]["at"] = json!("2023-09-31T10:00:00.000Z")
    }),
    ("freeze-root", |document| document["freeze"]["root"] = json!("root")),
    ("entries-object", |document| document["entries"] = json!({})),
    ("entry-as-list", |document| {
        document["entries"][0] = json!([document["entries"][0]["pid"], document["entries"][0]["weight"]]);
    }),
    ("entry-null", |document| document["entries"][0] = json!(null)),
    ("entry-without-weight", |document| {
        gone(&mut document["entries"][0], "weight")
    }),
    ("entry-more", |document| document["entries"][0]["name"] = json!("Ann")),
    ("entry-weight-text", |document| {
        document["entries"][0]["weight"] = json!("3")
    }),
    ("entry-weight-bool", |document| {
        document["entries"][0]["weight"] = json!(true)
    }),
    ("entry-pid-short", |document| {
        document["entries"][0]["pid"] = json!("00")
    }),
    ("seed-short", |document| document["seed"] = json!("00")),
    ("seed-number", |document| document["seed"] = json!(0)),
    ("entropy-text", |document| document["entropy"] = json!("L0")),
    ("entropy-level", |document| document["entropy"] = json!({"level": "L3"})),
    ("entropy-without-level", |document| {
        gone(&mut document["entropy"], "level")
    }),
    ("entropy-l0-with-dice", |document| {
        document["entropy"] = json!({"level": "L0", "dice": "1"})
    }),
    ("entropy-l1-without-dice", |document| {
        document["entropy"] = json!({"level": "L1"})
    }),
    ("entropy-l1-dice-number", |document| {
        document["entropy"] = json!({"level": "L1", "dice": 1})
    }),
    ("entropy-l2-with-dice", |document| {
        document["entropy"]["dice"] = json!("1")
    }),
    ("entropy-l2-short", |document| {
        document["entropy"]["signature"] = json!("00")
    }),
    ("prize-without-ranking", |document| {
        gone(&mut document["prizes"][0], "ranking")
    }),
    ("prize-more", |document| document["prizes"][0]["name"] = json!("")),
    ("prize-index-negative", |document| {
        document["prizes"][0]["ranking"][0] = json!(-1)
    }),
    ("prize-index-text", |document| {
        document["prizes"][0]["ranking"][0] = json!("1")
    }),
    ("event-type", |document| document["events"][0]["type"] = json!("WON")),
    ("event-type-lower-case", |document| {
        document["events"][0]["type"] = json!("claimed")
    }),
    ("event-without-type", |document| {
        gone(&mut document["events"][0], "type")
    }),
    ("event-without-time", |document| gone(&mut document["events"][0], "at")),
    ("event-rank-null", |document| {
        document["events"][0]["rank"] = json!(null)
    }),
    ("event-claimed-with-reason", |document| {
        document["events"][0]["reason"] = json!(null)
    }),
    ("event-declined-without-reason", |document| {
        gone(&mut document["events"][1], "reason")
    }),
    ("event-declined-with-actor", |document| {
        document["events"][1]["actor"] = json!("user")
    }),
    ("event-skipped-reason", |document| {
        document["events"][2]["type"] = json!("SKIPPED");
        document["events"][2]["reason"] = json!("OTHER");
    }),
    ("event-skipped-without-reason", |document| {
        document["events"][2]["type"] = json!("SKIPPED")
    }),
    ("event-disqualified-without-actor", |document| {
        document["events"][1] = json!({"type": "DISQUALIFIED", "at": "2023-09-15T12:00:01.000Z", "prize": "prize_a",
            "rank": 2, "reason": ""});
    }),
    ("event-disqualified-reason-null", |document| {
        document["events"][1] = json!({"type": "DISQUALIFIED", "at": "2023-09-15T12:00:01.000Z", "prize": "prize_a",
            "rank": 2, "reason": null, "actor": ""});
    }),
    ("event-voided-with-prize", |document| {
        document["events"][2] = json!({"type": "VOIDED", "at": "2023-09-15T12:00:02.000Z", "reason": "", "actor": "",
            "prize": "prize_a"});
    }),
    ("event-as-list", |document| {
        document["events"][0] = json!(["CLAIMED", "2023-09-15T12:00:00.000Z", "prize_a", 1])
    }),
];

fn gone(object: &mut Value, member: &str) {
    object.as_object_mut().unwrap().remove(member).unwrap();
}

/// What is just within the limits holds, or fails for another reason than its form.
#[test]
fn the_limits_are_exact() {
    let text = sample(Level::L0).text();
    let check = |text: &str| crate::transcripts::check(text).map_err(|failure| failure.check.word());
    let reason = |reason: &str| text.replacen("an account of the organizer", reason, 1);
    for (full, over) in [
        ("x".repeat(16_384), "x".repeat(16_385)),
        ("ä".repeat(8_192), "ä".repeat(8_193)),
        ("\\u00e4".repeat(8_192), "\\u00e4".repeat(8_193)),
        ("\\u0041".repeat(16_384), "\\u0041".repeat(16_385)),
        ("\\u20ac".repeat(5_461), "\\u20ac".repeat(5_462)),
        ("\\n".repeat(16_384), "\\n".repeat(16_385)),
        (
            "\\ud83c\\udfc6".repeat(4_096),
            format!("{}x", "\\ud83c\\udfc6".repeat(4_096)),
        ),
    ] {
        assert!(check(&reason(&full)).is_ok());
        assert_eq!(check(&reason(&over)).unwrap_err(), "format");
    }
    let review = |depth: usize| {
        let nested = "[".repeat(depth) + &"]".repeat(depth);
        check(&text.replacen("\"review\":false", &format!("\"review\":{nested}"), 1)).unwrap_err()
    };
    assert_eq!((review(6), review(7)), ("policy", "format"));
    let limit =
        |number: &str| check(&text.replacen("\"win_limit\":1", &format!("\"win_limit\":{number}"), 1)).unwrap_err();
    assert_eq!(limit("10000000000000000000"), "policy");
    assert_eq!(limit("100000000000000000000"), "format");
}

/// The bytes may arrive in pieces of any size.
#[test]
fn pieces_of_any_size_are_one_document() {
    struct Pieces<'a>(&'a [u8], usize);
    impl std::io::Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let size = self.1.min(buffer.len()).min(self.0.len());
            let (piece, rest) = self.0.split_at(size);
            buffer[..size].copy_from_slice(piece);
            self.0 = rest;
            Ok(size)
        }
    }
    let text = sample(Level::L1)
        .text()
        .replacen("an account", "\\ud83c\\udfc6 \\\" \\\\ an account", 1);
    let whole = crate::transcripts::check(&text).unwrap();
    for size in [1, 2, 3, 7, 64] {
        let report = draw::verify(Pieces(text.as_bytes(), size), &mut |_| {}).unwrap();
        assert_eq!(report, whole);
    }
}

#[test]
fn messages_name_the_place() {
    let text = sample(Level::L0).text();
    let message = |from: &str, to: &str| {
        crate::transcripts::check(&text.replacen(from, to, 1))
            .unwrap_err()
            .message
    };
    assert!(message("\"weight\":9", "\"weight\":\"9\"").starts_with("entries["));
    assert!(message("\"type\":\"DECLINED\"", "\"type\":\"LOST\"").starts_with("events[1]: \"LOST\""));
    assert!(message("\"rank\":3", "\"rang\":3").contains("there is no member \"rang\" here"));
    assert!(message("\"seed\":\"", "\"seed\":\"00").starts_with("seed: it has 66 characters instead of 64"));
    assert!(message("}]}", "}]").starts_with("it ends in the middle"));
}
