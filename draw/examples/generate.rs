//! Writes a thousand transcripts that hold and all kinds that do not, with what a verifier must answer about each:
//! `generate FOLDER [HOW MANY]`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a tool for whoever writes a verifier"
)]

use std::path::Path;

#[path = "../tests/draw/broken/mod.rs"]
mod broken;
#[path = "../tests/draw/builder.rs"]
mod builder;
#[path = "../tests/draw/generate.rs"]
mod generate;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".into());
    let good = arguments.next().map_or(1_000, |many| many.parse().unwrap());
    let expected = generate::write(Path::new(&folder), good);
    println!("{} transcripts and expected.json in {folder}", expected.len());
}
