//! `tombola verify`: without a server, a database, settings or a home.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::Database;

use crate::{
    draws::stage::Stage,
    program::{Ended, Program},
};

/// A stage with a draw that is over.
async fn drawn() -> (Stage, String) {
    let stage = Stage::new(Database::Sqlite, 6).await;
    let prize = stage.scene.prize(2).await;
    let prizes = json!([{ "prizeId": prize, "alternates": 2 }]);
    let draw = stage
        .create(json!({ "level": "L0", "prizes": prizes, "claimWindowSeconds": 600 }))
        .await;
    let out = json!({ "drawId": draw, "participantId": stage.people[0].1, "reason": "Works here" });
    assert!(stage.tell("excludeFromDraw", out).await.is_ok());
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;
    let win = stage.winners(&draw).await.remove(0);
    let input = json!({ "winnerId": win.id });
    let declined = stage
        .person(&win.participant)
        .mutate("declinePrize", input, "winner { id }")
        .await;
    assert!(declined.is_ok(), "{}", declined.body);
    (stage, draw)
}

#[track_caller]
fn assert_ends(ended: &Ended, code: i32, parts: &[&str]) {
    assert_eq!(ended.code, Some(code), "{ended:#?}");
    for part in parts {
        let said = ended.out.contains(part) || ended.err.contains(part);
        assert!(said, "{part:?} is not said: {ended:#?}");
    }
    assert!(!ended.err.contains("panicked"), "{ended:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transcript_is_read_from_a_file_an_address_or_standard_input() {
    let (stage, draw) = drawn().await;
    let text = stage.transcript_text(&draw).await;
    let program = Program::new();
    program.file("transcript.json", &text);
    let address = format!("{}/draws/{draw}/transcript.json", stage.world().stranger().base());
    let transcript = stage.transcript(&draw).await;
    let (hash, root) = (&transcript["policy_hash"], &transcript["freeze"]["root"]);
    let listed = format!("listRoot    {}\nentryCount  5\n", root.as_str().unwrap());
    for ended in [
        program.run(&["verify", "transcript.json"]).await,
        program.run(&["verify", &address]).await,
        program.run_with(&["verify", "-"], text.clone().into_bytes()).await,
    ] {
        assert_ends(&ended, 0, &["Everything holds", &draw, "ranking", "events", &listed]);
    }
    for ended in [
        program.run(&["verify", "--json", "transcript.json"]).await,
        program.run(&["verify", "--json", &address]).await,
        program.run_with(&["verify", "--json", "-"], text.into_bytes()).await,
    ] {
        assert_ends(&ended, 0, &[]);
        let told: Json = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(told["holds"], true);
        assert_eq!((&told["policyHash"], &told["listRoot"]), (hash, root));
        assert_eq!(told["transcript"]["report"]["draw"], json!(draw));
        let winners = told["transcript"]["report"]["prizes"][0]["winners"].as_array().unwrap();
        assert_eq!(winners.len(), 2, "one was declined, and an alternate followed");
    }
    let mut left: Vec<_> = std::fs::read_dir(program.folder())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["transcript.json"], "it makes nothing of its own");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_that_is_not_over_is_open() {
    let stage = Stage::new(Database::Sqlite, 3).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    let program = Program::new();
    for step in ["freezeDraw", "runDraw"] {
        program.file("open.json", stage.transcript_text(&draw).await);
        assert_ends(
            &program.run(&["verify", "open.json"]).await,
            3,
            &["holds so far", "waits for"],
        );
        let ended = program.run(&["verify", "--json", "open.json"]).await;
        assert_ends(&ended, 3, &[]);
        assert_eq!(serde_json::from_str::<Json>(&ended.out).unwrap()["holds"], true);
        stage.call(step, &draw).await;
    }
    program.file("drawn.json", stage.transcript_text(&draw).await);
    assert_ends(&program.run(&["verify", "drawn.json"]).await, 0, &[]);
    let void = json!({ "drawId": draw, "reason": "For a reason" });
    assert!(stage.tell("voidDraw", void).await.is_ok());
    program.file("void.json", stage.transcript_text(&draw).await);
    assert_ends(&program.run(&["verify", "void.json"]).await, 0, &["VOIDED"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_given_is_the_only_one_that_counts() {
    let (stage, draw) = drawn().await;
    let transcript = stage.transcript(&draw).await;
    let key = transcript["signature"]["key"].as_str().unwrap();
    let program = Program::new();
    program.file("transcript.json", transcript.to_string());
    for right in [key.to_owned(), key.to_uppercase()] {
        let ended = program.run(&["verify", "transcript.json", "--key", &right]).await;
        assert_ends(&ended, 0, &["Everything holds"]);
    }
    let receipt = format!("{{ drawReceipt(drawId: \"{draw}\") {{ document }} }}");
    let receipt = stage.people[1].0.query(&receipt).await.text("/drawReceipt/document");
    program.file("receipt.json", receipt);
    let root = transcript["freeze"]["root"].as_str().unwrap();
    let wrong = "0".repeat(64);
    let [transcript, receipt, both] = [
        &["transcript.json"][..],
        &["--receipt", "receipt.json"],
        &["transcript.json", "--receipt", "receipt.json"],
    ];
    for files in [transcript, receipt, both] {
        let run =
            async |key: &str, more: &[&str]| program.run(&[&["verify", "--key", key], more, files].concat()).await;
        assert_ends(&run(key, &[]).await, 0, &["The key is the one that was given", root]);
        let told = answer(&run(key, &["--json"]).await, 0);
        assert_eq!(
            (&told["holds"], &told["listRoot"]),
            (&json!(true), &json!(root)),
            "{told}"
        );

        let ended = run(&wrong, &[]).await;
        assert_ends(&ended, 1, &["the check “signature” failed", "ANOTHER key", key]);
        for success in ["holds", " held", "Everything", "is on the list", root] {
            assert!(!ended.out.contains(success), "{success:?}: {ended:#?}");
        }
        let passed: Vec<_> = ended.out.lines().filter(|line| line.starts_with("  ok")).collect();
        assert_eq!(
            passed.len(),
            if files == receipt { 0 } else { 2 },
            "format and policy: {passed:?}"
        );
        let told = answer(&run(&wrong, &["--json"]).await, 1);
        assert_eq!(
            (&told["holds"], &told["wrongKey"]),
            (&json!(false), &json!(key)),
            "{told}"
        );
        assert!(told["listRoot"].is_null() && told["policyHash"].is_null(), "{told}");
        for part in ["/transcript/holds", "/receipt/holds"] {
            assert!(told.pointer(part).is_none_or(|holds| holds == false), "{told}");
        }
        let failed = [
            told.pointer("/transcript/failure/check"),
            told.pointer("/receipt/check"),
        ];
        assert!(failed.contains(&Some(&json!("signature"))), "{told}");
    }
    for key in ["", "abc", &"g".repeat(64)] {
        assert_ends(
            &program.run(&["verify", "transcript.json", "--key", key]).await,
            2,
            &["--key"],
        );
    }
}

fn answer(ended: &Ended, code: i32) -> Json {
    assert_ends(ended, code, &[]);
    assert!(ended.out.is_ascii(), "{ended:#?}");
    serde_json::from_str(&ended.out).unwrap()
}

/// A prize whose name has a line break, and one that is not there.
#[tokio::test]
async fn names_stay_in_their_lines() {
    let program = Program::new();
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/../draw/fuzz/seeds/good-0002.json");
    let text = std::fs::read_to_string(seed).unwrap();
    let report = draw::verify(text.as_bytes(), &mut |_| {}).unwrap();
    program.file("file.json", &text);
    let ended = program.run(&["verify", "file.json"]).await;
    assert_ends(
        &ended,
        0,
        &[
            "its name is \"Größtes \\\"Los\\\" \u{1f3c6}\\u{a}prize_2\"",
            &report.summary(),
        ],
    );
    assert!(!ended.out.lines().any(|line| line.starts_with("prize_")), "{ended:#?}");
    let told = answer(&program.run(&["verify", "--json", "file.json"]).await, 0);
    let prize = report.prizes.len() - 1;
    let name = &told["transcript"]["report"]["prizes"][prize]["name"];
    assert_eq!(name, &json!(report.prizes[prize].name));

    let lies = r#""prize_2\u001b[2K\n  ok      events     Everything holds.\u2028\u202e""#;
    program.file("file.json", text.replace("\"ranking\":[", &format!("{lies}:[")));
    let ended = program.run(&["verify", "file.json"]).await;
    assert_ends(&ended, 1, &["the check “format” failed"]);
    assert!(!ended.out.lines().any(|line| line.starts_with("  ok")), "{ended:#?}");
    assert!(!ended.out.contains(['\u{1b}', '\u{2028}', '\u{202e}']), "{ended:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_changed_afterwards_is_found_and_named() {
    let (stage, draw) = drawn().await;
    let transcript = stage.transcript(&draw).await;
    let other = "ab".repeat(32);
    let swapped = {
        let mut ranking = transcript["prizes"][0]["ranking"].as_array().unwrap().clone();
        ranking.swap(0, 1);
        Json::Array(ranking)
    };
    let fewer = Json::Array(transcript["entries"].as_array().unwrap()[1..].to_vec());
    let changes = [
        ("format", "/seed", json!(7)),
        ("policy", "/policy/win_limit", json!(2)),
        ("policy", "/policy_hash", json!(other)),
        ("signature", "/signature/value", json!("00".repeat(64))),
        ("entries", "/entries/0/weight", json!(2)),
        ("freeze", "/entries", fewer),
        ("freeze", "/freeze/at", json!("2026-06-01T11:00:00.000Z")),
        ("seed", "/seed", json!(other)),
        (
            "entropy",
            "/entropy",
            json!({ "level": "L1", "dice": crate::draws::stage::DICE }),
        ),
        ("ranking", "/prizes/0/ranking", swapped),
        ("events", "/events/1/rank", json!(4)),
    ];
    let program = Program::new();
    for (check, place, value) in changes {
        let mut changed = transcript.clone();
        *changed.pointer_mut(place).unwrap() = value;
        program.file("changed.json", changed.to_string());
        let named = format!("the check “{check}” failed");
        assert_ends(&program.run(&["verify", "changed.json"]).await, 1, &["FAILED", &named]);
        let ended = program.run(&["verify", "--json", "changed.json"]).await;
        assert_ends(&ended, 1, &[]);
        let told: Json = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(told["holds"], false);
        assert_eq!(told["transcript"]["failure"]["check"], json!(check));
    }
}

#[rstest]
#[case::nothing(b"".to_vec())]
#[case::no_object(b"[]".to_vec())]
#[case::no_text(vec![0xff; 4096])]
#[case::zeros(vec![0; 4096])]
#[case::other(br#"{"version":"vdraw/2"}"#.to_vec())]
#[case::deep([b"{\"version\":".to_vec(), b"[".repeat(2_000_000)].concat())]
#[case::deep_objects(br#"{"policy":"#.repeat(500_000))]
#[case::twice(br#"{"version":"vdraw/1","version":"vdraw/1"}"#.to_vec())]
#[case::long_number([b"{\"version\":".to_vec(), b"9".repeat(5_000_000)].concat())]
#[case::blank(b" ".repeat(5_000_000))]
#[case::long_text([b"{\"version\":\"".to_vec(), b"a".repeat(200_000_000)].concat())]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_transcript_is_refused(#[case] content: Vec<u8>) {
    let program = Program::new();
    program.file("file.json", content);
    assert_ends(
        &program.run(&["verify", "file.json"]).await,
        1,
        &["the check “format” failed"],
    );
    assert_ends(
        &program.run(&["verify", "--receipt", "file.json"]).await,
        1,
        &["does NOT hold"],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transcript_that_is_cut_off_anywhere_is_refused() {
    let (stage, draw) = drawn().await;
    let text = stage.transcript_text(&draw).await;
    let program = Program::new();
    for tenth in 0..10 {
        program.file("cut.json", &text[..text.len() * tenth / 10]);
        assert_ends(&program.run(&["verify", "cut.json"]).await, 1, &["format"]);
    }
    program.file("cut.json", &text[..text.len() - 1]);
    assert_ends(&program.run(&["verify", "cut.json"]).await, 1, &["format"]);
    program.file("more.json", format!("{text}{{}}"));
    assert_ends(&program.run(&["verify", "more.json"]).await, 1, &["format"]);
    let twice = text.replacen("\"seed\":", "\"seed\":null,\"seed\":", 1);
    program.file("twice.json", twice);
    assert_ends(&program.run(&["verify", "twice.json"]).await, 1, &["format"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_named() {
    let (stage, draw) = drawn().await;
    let program = Program::new();
    program.file("transcript.json", stage.transcript_text(&draw).await);
    let base = stage.world().stranger().base();
    let nowhere = format!("{base}/draws/draw_nothing/transcript.json");
    for (arguments, said) in [
        (&["missing.json"][..], "missing.json"),
        (&["."], "."),
        (&["/"], "/"),
        (&["http://127.0.0.1:1/"], "127.0.0.1:1"),
        (&[&nowhere], "404"),
        (&["--receipt", "missing.json"], "missing.json"),
        (&["--receipt", "."], "."),
        (&["transcript.json", "--receipt", "missing.json"], "missing.json"),
        (&[], "FILE"),
    ] {
        let arguments: Vec<_> = ["verify"].iter().chain(arguments).copied().collect();
        assert_ends(&program.run(&arguments).await, 2, &[said]);
    }
}
