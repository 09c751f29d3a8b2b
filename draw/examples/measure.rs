//! Writes a transcript of so many entrants, `measure ENTRANTS`; verifies one, and says how long that took and how much
//! memory, `measure FILE`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a tool for whoever works on the engine"
)]

use std::{
    fs,
    io::{self, Read},
    time::Instant,
};

#[path = "../tests/draw/builder.rs"]
mod builder;

/// Two runs, so that the memory of writing the transcript does not count.
fn main() {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().unwrap_or_else(|| "1000000".into());
    if let Ok(entrants) = first.parse::<usize>() {
        let draft = builder::Draft::new(
            draw::Level::L2,
            &vec![1; entrants],
            vec![builder::prize("prize_a", 10, 10), builder::prize("prize_b", 1000, 100)],
        );
        let file = std::env::temp_dir().join(format!("transcript-{entrants}.json"));
        fs::write(&file, draft.text()).unwrap();
        println!("wrote {0}; now: measure {0}", file.display());
        return;
    }
    let mut file = fs::File::open(&first).unwrap();
    let plain = Instant::now();
    io::copy(&mut Read::by_ref(&mut file), &mut io::sink()).unwrap();
    let plain = plain.elapsed();
    let start = Instant::now();
    let report = draw::verify(fs::File::open(&first).unwrap(), &mut |_| {}).unwrap();
    let elapsed = start.elapsed();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default();
    println!("{:?} in {elapsed:?} (reading alone {plain:?}), {peak}", report.standing);
}
