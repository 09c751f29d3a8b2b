//! What graphql-js, the reference implementation, says to many cases: a program in `clients` that reads one a line.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde_json::Value as Json;

/// The lines that a program answers.
pub(crate) fn answers(program: &str, cases: &[Json]) -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");
    let mut oracle = Command::new("node")
        .arg(program)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut input = oracle.stdin.take().unwrap();
    let lines: String = cases.iter().map(|case| format!("{case}\n")).collect();
    let writing = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = oracle.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), cases.len());
    lines
}
