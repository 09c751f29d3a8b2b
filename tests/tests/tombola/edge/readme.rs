//! The commands in the documents, run by bash as they stand there, against the demo data.

use std::{os::unix::fs::symlink, path::Path, process::Stdio};

use tempfile::TempDir;
use tokio::process::Command;

use crate::program::{PATIENCE, Program, Serving, binary};

/// Where the documents say that the server is, and where its binary.
const ADDRESS: &str = "http://127.0.0.1:4000";
const BINARY: &str = "$PWD/target/debug";

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The blocks of shell commands below a heading, up to the next heading that is not below it; of a whole document
/// without one.
fn blocks(file: &str, heading: Option<&str>) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(file)).expect("the document is there");
    let level = |line: &str| line.bytes().take_while(|byte| *byte == b'#').count();
    let (mut inside, mut block, mut blocks) = (heading.is_none(), None::<String>, Vec::new());
    let mut fenced = false;
    for line in text.lines() {
        if let Some(fence) = line.strip_prefix("```") {
            fenced = !fenced;
            blocks.extend(block.take());
            block = (inside && fence == "sh").then(String::new);
        } else if let Some(block) = &mut block {
            block.push_str(line);
            block.push('\n');
        } else if let (Some(heading), false, true) = (heading, fenced, line.starts_with('#')) {
            inside = line == heading || inside && level(line) > level(heading);
        }
    }
    assert!(!blocks.is_empty(), "{file} has no commands below {heading:?}");
    blocks
}

/// A folder that looks like the project's, so that what the commands write does not land there.
fn workplace() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for name in ["draw", "web"] {
        let there = root().join(name).canonicalize().expect("the folder is there");
        symlink(there, folder.path().join(name)).expect("a link can be made");
    }
    folder
}

/// Runs blocks as one script that ends at the first failure; answers what they print.
async fn run(serving: &Serving, blocks: &[String]) -> String {
    let script = format!("set -euo pipefail\n{}", blocks.join("\n"));
    for part in [ADDRESS, BINARY] {
        assert!(script.contains(part), "{part} is not in these commands:\n{script}");
    }
    let binary = binary();
    let binary = binary
        .parent()
        .expect("the binary is in a folder")
        .display()
        .to_string();
    let script = script.replace(ADDRESS, &serving.address).replace(BINARY, &binary);
    let folder = workplace();
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder.path())
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(2 * PATIENCE, output)
        .await
        .expect("the commands end")
        .expect("bash runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
    for fault in ["\"errors\"", "undefined", "Traceback"] {
        assert!(!out.contains(fault) && !err.contains(fault), "{out}\n{err}");
    }
    out
}

#[tokio::test]
async fn the_commands_of_the_readme_lead_to_a_draw_that_holds() {
    let watching = root().join("web/node_modules/graphql-ws").is_dir();
    let (draw, mut all) = (
        blocks("README.md", Some("## A draw that nobody has to believe")),
        blocks("README.md", Some("### From a terminal")),
    );
    if !watching {
        all.retain(|block| !block.contains("graphql-ws"));
    }
    let calls: usize = draw.iter().map(|block| block.matches("mutation(").count()).sum();
    assert_eq!(calls, 5, "a prize, and four of the five calls");
    all.extend(draw);

    let program = Program::new();
    let serving = program.serve(&["demo"]).await;
    let out = run(&serving, &all).await;
    assert_eq!(out.contains("prizeName: 'Box of chocolates'"), watching, "{out}");
    let told = "Everything holds: whoever computes this draw gets these winners.";
    let (_, verified) = out.split_once(told).unwrap_or_else(|| panic!("{out}"));
    let (first, second) = verified.split_once("'-'").unwrap_or_else(|| panic!("{out}"));
    assert!(first.contains("Balloon ride") && first.contains("1 of 1 held"), "{out}");
    assert_eq!(second.matches("holds").count(), 9, "{out}");
    assert!(second.contains("drawn") && second.contains("rank 1"), "{out}");
    serving.stop().await.is_ok();
}

#[tokio::test]
async fn the_commands_on_fairness_check_a_draw_by_program_and_by_hand() {
    let program = Program::new();
    let serving = program.serve(&["demo"]).await;
    let out = run(&serving, &blocks("docs/fairness.md", None)).await;
    let lines: Vec<_> = out.lines().collect();
    let hand = lines
        .iter()
        .rposition(|line| line.starts_with("  held"))
        .unwrap_or_else(|| panic!("{out}"));
    let (programs, hand) = lines.split_at(hand + 1);
    let programs = programs.join("\n");
    assert_eq!(programs.matches("The receipt holds").count(), 2, "{out}");
    assert!(
        programs.contains("Everything holds: whoever computes this draw"),
        "{out}"
    );
    // What is computed stands beside what was published: rules, seed, one's own entry.
    for pair in hand[..6].chunks(2) {
        assert_eq!(pair[0].strip_suffix("  -"), Some(pair[1]), "{out}");
    }
    let [computed, .., root, _] = &hand[6..] else {
        panic!("{out}");
    };
    assert!(computed.ends_with(&format!("root {root}")), "{out}");
    let winner = |text: &str, before: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(before));
        line.and_then(|line| line.split_whitespace().find(|word| word.len() == 64))
            .map(str::to_owned)
    };
    let by_hand = winner(&hand.join("\n"), "rank 1 wins");
    assert!(by_hand.is_some() && by_hand == winner(&programs, "rank 1"), "{out}");
    serving.stop().await.is_ok();
}
