//! Verifies a transcript while it is read: every step is computed again, and the first that differs is named.

mod afterwards;
mod document;
mod guard;
mod list;
mod report;
mod steps;
mod summary;

use std::io::Read;

use crate::hex::Hex;

pub use report::{Awaited, Check, Failure, Passed, PrizeReport, Report, Standing, Winner};

/// Verifies a transcript (specification, "What a verifier checks"). `progress` is told how many bytes have been read.
///
/// Memory stays bounded by about 36 bytes for an entry: the transcript itself is not kept.
///
/// # Errors
/// The first check that fails, and what passed before it. A reader that fails counts as a fault of the format.
pub fn verify(reader: impl Read, progress: &mut dyn FnMut(u64)) -> Result<Report, Failure> {
    examine(reader, None, progress)
}

/// Verifies a transcript that must be signed with a key which is known from elsewhere.
///
/// # Errors
/// As [`verify`]; with another key the check `signature` fails.
pub fn verify_signed_by(key: Hex<32>, reader: impl Read, progress: &mut dyn FnMut(u64)) -> Result<Report, Failure> {
    examine(reader, Some(key), progress)
}

fn examine(reader: impl Read, key: Option<Hex<32>>, progress: &mut dyn FnMut(u64)) -> Result<Report, Failure> {
    match document::read(reader, progress) {
        Ok(document) => steps::run(document, key),
        Err(message) => Err(Failure::new(Check::Format, &message, Vec::new())),
    }
}
