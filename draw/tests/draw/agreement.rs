//! The two verifiers, written apart from each other, answer the same.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use draw::{Standing, verify};
use serde_json::Value;

use super::generate;

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
    let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("verify.py");
    let output = Command::new("python3")
        .arg(verifier)
        .arg("--json")
        .args(expected.keys())
        .current_dir(folder)
        .output()
        .expect("python3 is needed to compare the two verifiers");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "some fail, so the status is 1: {errors}");
    let lines: Vec<Value> = output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(lines.len(), expected.len(), "one line for each file: {errors}");
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
