//! The two verifiers, written apart from each other, answer the same.

use std::{collections::BTreeMap, fs, path::Path};

use draw::{Standing, verify};
use serde_json::Value;

use super::{generate, program};

const GOOD: u32 = 1_000;

/// Generates the files, and asks both. The signature of a drand round is checked in Python only where the package `py_ecc`
/// is there; without it, the answer says so.
#[test]
fn rust_and_python_agree() {
    let folder = tempfile::tempdir().unwrap();
    let expected = generate::write(folder.path(), GOOD);
    for (name, answer) in rust(folder.path(), &expected) {
        assert_eq!(answer, expected[&name], "{name} in Rust");
    }
    let there = python(folder.path(), &expected);
    let mut different = Vec::new();
    for (name, answer) in &expected {
        let python = &there[name];
        let only_drand = UNCHECKED.contains(&name.as_str()) && python.unchecked_drand;
        if python.answer != *answer && !only_drand {
            different.push(format!(
                "{name}: {answer} in Rust, {} in Python ({})",
                python.answer, python.message
            ));
        }
    }
    assert!(
        different.is_empty(),
        "{} differ:\n{}",
        different.len(),
        different.join("\n")
    );
}

/// What only the signature of the round shows.
const UNCHECKED: [&str; 2] = [
    "broken-entropy-round-not-signed.json",
    "broken-entropy-signature-of-another-round.json",
];

fn rust(folder: &Path, expected: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let answer = |name: &String| {
        let file = fs::File::open(folder.join(name)).unwrap();
        let answer = match verify(file, &mut |_| {}) {
            Ok(report) => match report.standing {
                Standing::Drawn => "drawn",
                Standing::Open(_) => "open",
                Standing::Void => "void",
            },
            Err(failure) => failure.check.word(),
        };
        (name.clone(), answer.to_owned())
    };
    expected.keys().map(answer).collect()
}

struct Answer {
    answer: String,
    message: String,
    unchecked_drand: bool,
}

fn python(folder: &Path, expected: &BTreeMap<String, String>) -> BTreeMap<String, Answer> {
    let arguments: Vec<_> = ["--json"]
        .into_iter()
        .chain(expected.keys().map(String::as_str))
        .collect();
    let ended = program::run(folder, &arguments);
    assert_eq!(ended.status, Some(1), "some fail, so the status is 1: {}", ended.err);
    let lines: Vec<Value> = ended
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), expected.len(), "one line for each file: {}", ended.err);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines
        .iter()
        .map(|line| {
            let answer = if line["standing"].is_null() {
                &line["failed"]
            } else {
                &line["standing"]
            };
            let unchecked = line["unchecked"].as_array();
            let answer = Answer {
                answer: text(answer),
                message: text(&line["message"]),
                unchecked_drand: unchecked.is_some_and(|unchecked| unchecked.contains(&"drand".into())),
            };
            (text(&line["file"]), answer)
        })
        .collect()
}
