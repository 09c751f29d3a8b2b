//! What the verifiers print: the same for the same transcript, and never a line that somebody else wrote.

use std::{fs, path::Path};

use draw::{Hex, Level, Report, Standing, seed_commitment, verify_signed_by};
use serde_json::Value;

use super::{
    builder::{Draft, prize, sample, sign_with, signing_key},
    generate,
    program::{Ended, run, run_unread, run_without_drand},
    transcripts::check,
};

/// A name that looks like the end of one answer and the beginning of another.
const LIES: &str =
    "Car\u{1b}[2K\r\n  ok      signature  Everything holds.\u{2028}\u{9b}1A\u{202e}sdloh\u{2066}\u{200b}\"\\";

/// Every character of Unicode stands in the name of a prize; names and ids are [`LIES`].
fn all_characters() -> Draft {
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    let mut prizes: Vec<_> = all
        .chunks(4_000)
        .map(|chunk| {
            let mut prize = prize(&format!("prize_{:x}", u32::from(chunk[0])), 1, 0);
            prize.name = chunk.iter().collect();
            prize
        })
        .collect();
    prizes.push(prize(LIES, 1, 0));
    let mut draft = Draft::new(Level::L0, &[1, 2, 3], prizes);
    draft.policy.draw = LIES.into();
    draft.policy.room = LIES.into();
    draft.policy.seed_commit = Hex(seed_commitment(LIES, &draft.seed));
    draft
}

/// Nothing on a screen but what is seen, where it stands.
#[track_caller]
fn assert_plain(text: &str) {
    for c in text.chars() {
        let moves = c.is_control() && c != '\n';
        let turns =
            matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let ends = matches!(c, '\u{2028}' | '\u{2029}');
        let hides = matches!(
            c,
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{3164}' | '\u{feff}' | '\u{e0041}'
        );
        assert!(!moves && !turns && !ends && !hides, "{c:?} in {text:?}");
    }
}

fn write(folder: &Path, name: &str, text: &str) -> (String, Report) {
    fs::write(folder.join(name), text).unwrap();
    (name.to_owned(), check(text).unwrap())
}

#[test]
fn both_verifiers_show_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = vec![write(folder.path(), "all.json", &all_characters().text())];
    for number in 1..=60 {
        let text = generate::random(number).0;
        files.push(write(folder.path(), &format!("good-{number}.json"), &text));
    }
    let many = Draft::new(Level::L0, &[1; 40], vec![prize("prize_a", 30, 0)]);
    files.push(write(folder.path(), "many.json", &many.text()));
    assert!(files[61].1.summary().contains("  and 10 more"));
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    let told = run(folder.path(), &names);
    for (name, report) in &files {
        let (_, told) = told.out.split_once(&format!("'{name}'\n")).unwrap();
        let told = told.split_once("\n'").map_or(told, |(told, _)| told);
        let summary = report.summary();
        assert!(told.contains(&summary), "{name}:\n{summary}\n{told}");
        assert_plain(&summary);
    }
    assert_plain(&told.out);
    let lies = told.out.lines().filter(|line| line.contains("Everything holds"));
    for line in lies {
        assert!(
            line.starts_with("Draw \"Car") || line.starts_with("Prize \"Car"),
            "{line}"
        );
    }
}

#[test]
fn a_summary_has_the_numbers_to_compare() {
    let draft = sample(Level::L0);
    let (_, digest) = draft.list();
    let report = check(&draft.text()).unwrap();
    let head = format!(
        "Draw \"draw_1\" in \"room_1\"\npolicyHash  {}\nlistRoot    {}\nentryCount  8\nkey         {}\n\n\
         Prize \"prize_a\" has 2 of 2 held; its name is \"Größtes \\\"Los\\\" \u{1f3c6}\\u{{a}}prize_a\"\n  rank 1      entry ",
        Hex(draft.policy.hash()),
        Hex(digest.root),
        Hex(signing_key().verifying_key().to_bytes()),
    );
    assert!(report.summary().starts_with(&head), "{}\n{head}", report.summary());
}

/// No message says it in the words of the transcript.
#[test]
fn a_failure_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let whole = all_characters().text();
    let lies = serde_json::to_string(LIES).unwrap();
    let (inner, draft) = (&lies[1..lies.len() - 1], sample(Level::L0).text());
    let texts = [
        whole.replacen("\"ranking\":[0]", "\"ranking\":[7]", 1),
        whole.replacen(
            &format!("\"id\":{lies},\"ranking\":["),
            &format!("\"id\":{lies},\"ranking\":[9,"),
            1,
        ),
        draft.replacen("\"type\":\"CLAIMED\"", &format!("\"type\":{lies}"), 1),
        draft.replacen("\"seed\":\"", &format!("\"seed\":\"{inner}"), 1),
        draft.replacen("\"rank\":3", &format!("\"rank\":{lies}"), 1),
        draft.replacen("\"rank\":3", &format!("{lies}:3"), 1),
        draft.replacen("\"prize\":\"prize_a\"", &format!("\"prize\":{lies}"), 1),
        draft.replacen("\"prize_b\"", &lies, 1),
        draft.replacen("\"level\":\"L0\"", &format!("\"level\":{lies}"), 1),
    ];
    for (number, text) in texts.iter().enumerate() {
        assert!(text != &whole && text != &draft, "{number} changes nothing");
        let failure = check(text).unwrap_err();
        for message in failure
            .passed
            .iter()
            .map(|passed| &passed.message)
            .chain([&failure.message])
        {
            assert_plain(message);
            assert!(!message.contains('\n'), "{message}");
        }
        fs::write(folder.path().join("file.json"), text).unwrap();
        let told = run(folder.path(), &["file.json"]);
        assert_eq!(told.status, Some(1), "{told:?}");
        assert_plain(&told.out);
        assert!(!told.out.contains("Everything"), "{}", told.out);
    }
}

fn json(ended: &Ended) -> Value {
    assert!(ended.out.is_ascii(), "{ended:?}");
    serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{ended:?}"))
}

#[test]
fn a_wrong_key_fails_at_the_signature() {
    let folder = tempfile::tempdir().unwrap();
    let key = Hex(signing_key().verifying_key().to_bytes());
    let other = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let other_key = Hex(other.verifying_key().to_bytes());
    let text = sample(Level::L0).text();
    // Signed again with a key of one's own: whole in itself.
    let forged = {
        let mut parts = sample(Level::L0).parts();
        parts.head.signature = sign_with(&other, &draw::commit_message(&parts.head.policy_hash.0));
        let freeze = parts.head.freeze.as_mut().unwrap();
        let message = draw::freeze_message(&parts.head.policy_hash.0, &freeze.list(), freeze.at);
        freeze.signature = sign_with(&other, &message);
        parts.text()
    };
    for (text, right, wrong) in [(&text, key, other_key), (&forged, other_key, key)] {
        let standing = verify_signed_by(right, text.as_bytes(), &mut |_| {}).unwrap().standing;
        assert_eq!(standing, Standing::Drawn);
        let failure = verify_signed_by(wrong, text.as_bytes(), &mut |_| {}).unwrap_err();
        assert_eq!((failure.check.word(), failure.wrong_key), ("signature", Some(right)));
        let passed: Vec<_> = failure.passed.iter().map(|passed| passed.check.word()).collect();
        assert_eq!(passed, ["format", "policy"]);

        fs::write(folder.path().join("file.json"), text).unwrap();
        let run = |key: Hex<32>, more: &[&str]| {
            let key = key.to_string().to_uppercase();
            run(folder.path(), &[&["file.json", "--key", &key], more].concat())
        };
        assert_eq!(run(right, &[]).status, Some(0));
        let told = run(wrong, &[]);
        assert_eq!(told.status, Some(1), "{told:?}");
        let last = told.out.lines().last().unwrap();
        assert!(
            last.starts_with("  signature   FAILED: it names ANOTHER key"),
            "{told:?}"
        );
        assert_eq!(told.out.matches("holds").count(), 2, "format and policy: {told:?}");
        let told = json(&run(wrong, &["--json"]));
        assert_eq!((&told["holds"], &told["failed"]), (&false.into(), &"signature".into()));
        assert!(told["standing"].is_null() && told["listRoot"].is_null(), "{told}");
    }
    let told = run(folder.path(), &["file.json", "--key", "abc"]);
    assert_eq!(told.status, Some(2), "{told:?}");
}

#[test]
fn json_has_the_numbers_to_compare() {
    let folder = tempfile::tempdir().unwrap();
    let draft = all_characters();
    fs::write(folder.path().join("file.json"), draft.text()).unwrap();
    let told = json(&run(folder.path(), &["--json", "file.json"]));
    assert_eq!(told["holds"], true);
    assert_eq!(told["listRoot"], Hex(draft.list().1.root).to_string());
    assert_eq!(told["policyHash"], Hex(draft.policy.hash()).to_string());
}

#[test]
fn an_unchecked_round_is_not_a_success() {
    let folder = tempfile::tempdir().unwrap();
    let whole = sample(Level::L2);
    let mut open = whole.clone();
    (open.drawn, open.revealed) = (false, false);
    open.events.clear();
    let broken = whole.text().replacen("\"rank\":3", "\"rank\":4", 1);
    for (text, status, holds) in [
        (whole.text(), 4, Value::Null),
        (open.text(), 4, Value::Null),
        (broken, 1, false.into()),
        (sample(Level::L1).text(), 0, true.into()),
    ] {
        fs::write(folder.path().join("file.json"), text).unwrap();
        let told = run_without_drand(folder.path(), &["file.json"]);
        assert_eq!(told.status, Some(status), "{told:?}");
        assert_eq!(told.out.contains("entropy     UNCHECKED"), status != 0, "{told:?}");
        assert_eq!(told.out.contains("NOT everything was checked"), status == 4, "{told:?}");
        let told = run_without_drand(folder.path(), &["--json", "file.json"]);
        assert_eq!(told.status, Some(status), "{told:?}");
        let told = json(&told);
        assert_eq!(told["holds"], holds, "{told}");
        assert_eq!(told["unchecked"].is_array(), status != 0, "{told}");
    }
    assert_eq!(run_without_drand(folder.path(), &["--self-test"]).status, Some(4));
}

#[test]
fn a_closed_pipe_is_not_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file.json"), sample(Level::L1).text()).unwrap();
    fs::write(folder.path().join("none.json"), "{}").unwrap();
    for (arguments, status) in [
        (&["file.json"][..], 0),
        (&["--json", "file.json"], 0),
        (&["none.json"], 1),
        (&["file.json", "none.json"], 1),
    ] {
        let told = run_unread(folder.path(), arguments);
        assert_eq!((told.status, told.err.as_str()), (Some(status), ""), "{arguments:?}");
    }
}
