//! Transcripts that were packed.

use std::sync::Arc;

use axum::body::Bytes;
use moka::sync::Cache;
use tokio::sync::Semaphore;

/// Bytes of all packed transcripts that are kept.
const KEPT: u64 = 32 * 1024 * 1024;

/// So many are packed at once.
const PACKED_AT_ONCE: usize = 2;

/// Transcripts that were packed, by their version: whoever sees the room of one gets the same bytes.
#[derive(Clone)]
pub(super) struct PackedTranscripts {
    pub(super) kept: Cache<String, Bytes>,
    pub(super) turns: Arc<Semaphore>,
}

impl Default for PackedTranscripts {
    fn default() -> Self {
        let weight = |_: &String, packed: &Bytes| u32::try_from(packed.len()).unwrap_or(u32::MAX);
        Self {
            kept: Cache::builder().weigher(weight).max_capacity(KEPT).build(),
            turns: Arc::new(Semaphore::new(PACKED_AT_ONCE)),
        }
    }
}
