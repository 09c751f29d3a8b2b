//! What Linux tells of a process: CPU time and memory, from `/proc`.

use std::fs;

/// Ticks of `/proc/<pid>/stat` in a second: the same on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// CPU time of a process so far, user and system, in milliseconds; none where there is no `/proc`.
pub fn cpu_milliseconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything; the fields begin behind it with the third.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) * 1000.0 / TICKS)
}

/// One line of `/proc/<pid>/status` in MiB, such as `VmRSS`.
pub fn memory_mebibytes(pid: u32, line: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let found = status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))?;
    let kibibytes: f64 = found.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes / 1024.0)
}
