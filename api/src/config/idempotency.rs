//! `[idempotency]`.

use serde::{Deserialize, Serialize};

use super::Faults;

/// Changes that are asked for again, under the same `Idempotency-Key`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdempotencyConfig {
    /// How long a request waits for one with the same key that is still running, in seconds; never longer than half of
    /// what an operation may take.
    pub wait_seconds: u64,
    /// How long the outcome of a change can be had again, in hours.
    pub keep_hours: u32,
}

impl Default for IdempotencyConfig {
    fn default() -> Self {
        Self {
            wait_seconds: 5,
            keep_hours: 24,
        }
    }
}

impl IdempotencyConfig {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.range("idempotency.wait_seconds", self.wait_seconds, 1, 60);
        faults.range("idempotency.keep_hours", self.keep_hours.into(), 1, 8760);
    }
}
