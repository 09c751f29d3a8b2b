//! On what the figures were taken.

use std::{fs, process::Command};

/// Cores, processor, memory, system and compiler in one line.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.strip_suffix(" kB")?.parse::<f64>().ok())
        .map_or_else(String::new, |kibibytes| {
            format!(", {:.0} GiB", kibibytes / 1024.0 / 1024.0)
        });
    let system = answer("uname", &["-sr"]).unwrap_or_else(|| std::env::consts::OS.to_owned());
    let compiler = answer("rustc", &["--version"]).unwrap_or_else(|| "unknown rustc".to_owned());
    format!("{cores} cores of {processor}{memory}; {system}; {compiler}")
}

/// Processes that ran or waited for a core in the last minute, on the average.
pub fn load() -> Option<f64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// The commit that is measured, marked when the working tree differs from it.
pub fn commit() -> String {
    let Some(commit) = answer("git", &["rev-parse", "--short", "HEAD"]) else {
        return "unknown".to_owned();
    };
    match answer("git", &["status", "--porcelain", "--untracked-files=no"]) {
        Some(changes) if !changes.is_empty() => format!("{commit} with changes"),
        _ => commit,
    }
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
