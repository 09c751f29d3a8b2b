//! Verifies a transcript while it is read: every step is computed again, and the first that differs is named.

mod afterwards;
mod document;
mod guard;
mod list;
mod report;
mod steps;

use std::io::Read;

pub use report::{Awaited, Check, Failure, Passed, PrizeReport, Report, Standing, Winner};

/// Verifies a transcript (specification, "What a verifier checks"). `progress` is told how many bytes have been read.
///
/// Memory stays bounded by about 36 bytes for an entry: the transcript itself is not kept.
///
/// # Errors
/// The first check that fails, and what passed before it. A reader that fails counts as a fault of the format.
pub fn verify(reader: impl Read, progress: &mut dyn FnMut(u64)) -> Result<Report, Failure> {
    match document::read(reader, progress) {
        Ok(document) => steps::run(document),
        Err(message) => Err(Failure {
            check: Check::Format,
            message,
            passed: Vec::new(),
        }),
    }
}
