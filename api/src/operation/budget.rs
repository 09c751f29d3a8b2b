//! What an execution may still answer: counted down while it answers.
//!
//! The cost that is known before an execution bounds it. Should a list ever be longer than its bound says, the execution ends
//! there, and not when the whole of it is in memory.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{
    error::{RequestError, Result},
    limit::Limit,
};

/// What an operation was admitted with: as many objects as its cost.
#[derive(Clone, Copy, Debug)]
pub struct Allowance(pub u64);

impl Allowance {
    /// For what no client asked for.
    pub(super) const ENDLESS: Self = Self(u64::MAX);
}

/// Objects that may still be answered.
pub(super) struct Budget(AtomicU64);

impl Budget {
    pub(super) fn new(allowance: Allowance) -> Self {
        Self(AtomicU64::new(allowance.0))
    }

    /// Takes so many objects.
    ///
    /// # Errors
    /// `TOO_COSTLY` when fewer are left; then none is.
    pub(super) fn take(&self, objects: u64) -> Result<()> {
        let before = self.0.load(Ordering::Relaxed);
        // Only the fields of one execution count here: what two of them take at once is a handful too many.
        self.0.store(before.saturating_sub(objects), Ordering::Relaxed);
        if objects <= before {
            return Ok(());
        }
        let message = "The answer is longer than its cost allows. Ask for smaller pages, or for fewer levels.";
        Err(RequestError::exceeded(Limit::Cost, message).into())
    }
}
