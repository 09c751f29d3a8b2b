//! The draw engine alone: what criterion measured (`cargo bench -p draw`), and a verification as a person runs it.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value as Json;

use crate::say::say;

/// Name of the measurement, and milliseconds that it should stay under.
const MEASURED: [(&str, Option<f64>); 5] = [
    ("freeze, 1,000,000 entrants", Some(700.0)),
    ("10 winners of 1,000,000", Some(15.0)),
    ("1000 winners of 1,000,000", None),
    ("100000 winners of 1,000,000", Some(150.0)),
    ("verification of a transcript of 1,000,000", Some(1500.0)),
];

/// Goals of `tombola verify`: milliseconds and MiB.
const VERIFY_MILLISECONDS: f64 = 1500.0;
const VERIFY_MEBIBYTES: f64 = 200.0;

/// The section of the report.
pub fn section(root: &Path) -> Result<String> {
    let mut text = String::from(
        "## The draw engine\n\nOne thread, 1,000,000 entrants. Means of criterion (`cargo bench -p draw`), and `tombola verify` \
         on a file of 86 MB as a process of its own.\n\n| | ms | goal |\n|---|--:|---|\n",
    );
    say("\nThe draw engine");
    for (name, goal) in MEASURED {
        let milliseconds = criterion(root, name)?;
        row(&mut text, name, milliseconds, goal);
    }
    let (milliseconds, mebibytes) = verify(root)?;
    row(
        &mut text,
        "tombola verify FILE",
        milliseconds,
        Some(VERIFY_MILLISECONDS),
    );
    let missed = if mebibytes < VERIFY_MEBIBYTES {
        ""
    } else {
        ", **missed**"
    };
    let memory =
        format!("`tombola verify` held {mebibytes:.0} MiB at most (goal: under {VERIFY_MEBIBYTES:.0} MiB{missed}).");
    say(&format!("  {memory}"));
    Ok(text + "\n" + &memory + "\n\n")
}

fn row(text: &mut String, name: &str, milliseconds: f64, goal: Option<f64>) {
    let goal = goal.map_or_else(
        || "–".to_owned(),
        |goal| {
            format!(
                "{} under {goal} ms",
                if milliseconds < goal { "yes:" } else { "**no**:" }
            )
        },
    );
    say(&format!(
        "  {name:<49} {milliseconds:>8.1} ms  {}",
        goal.replace("**", "")
    ));
    text.push_str(&format!("| {name} | {milliseconds:.1} | {goal} |\n"));
}

/// The mean of a measurement that criterion recorded, in milliseconds.
fn criterion(root: &Path, name: &str) -> Result<f64> {
    let file = root.join("target/criterion").join(name).join("new/estimates.json");
    let text = fs::read_to_string(&file)
        .with_context(|| format!("{} is missing: run `cargo bench -p draw` first", file.display()))?;
    let estimates: Json = serde_json::from_str(&text)?;
    let nanoseconds = estimates["mean"]["point_estimate"].as_f64();
    Ok(nanoseconds.context("criterion recorded no mean")? / 1e6)
}

/// Milliseconds and the most memory of verifying a large file.
fn verify(root: &Path) -> Result<(f64, f64)> {
    let release = root.join("target/release");
    let written = Command::new(release.join("examples/measure")).arg("1000000").output()?;
    ensure!(written.status.success(), "a transcript could not be written");
    let file = std::env::temp_dir().join("transcript-1000000.json");
    let start = Instant::now();
    let mut child = Command::new(release.join("tombola"))
        .arg("verify")
        .arg(&file)
        .stdout(Stdio::null())
        .spawn()?;
    let mut highest = 0.0_f64;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        highest = highest.max(memory(child.id()).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(2));
    };
    let elapsed = start.elapsed();
    fs::remove_file(&file)?;
    ensure!(status.success(), "the transcript did not verify");
    Ok((elapsed.as_secs_f64() * 1000.0, highest))
}

/// The most memory that a process held so far, in MiB.
fn memory(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let kibibytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes / 1024.0)
}
