//! What the benchmark tells while it works.

/// A line for whoever waits.
#[expect(clippy::print_stdout, reason = "a benchmark tells what it does and finds")]
pub fn say(line: &str) {
    println!("{line}");
}
