//! A stream's place in a log, told between the resolver that knows it and the transport that hands it on.

use std::sync::atomic::{AtomicI64, Ordering};

/// Where one subscription stands.
pub struct StreamPosition {
    after: Option<i64>,
    reached: AtomicI64,
}

impl StreamPosition {
    /// The place of a client that comes back with the last event that it has, or of a new one.
    pub fn new(after: Option<i64>) -> Self {
        Self {
            after,
            reached: AtomicI64::new(0),
        }
    }

    /// The last event that the client has. It goes before the argument `after`, which the client sent when it began.
    pub fn after(&self) -> Option<i64> {
        self.after
    }

    /// The stream brings the event of this sequence next.
    pub fn reach(&self, sequence: i64) {
        self.reached.store(sequence, Ordering::Relaxed);
    }

    /// The sequence of the event that was brought last.
    pub fn reached(&self) -> Option<i64> {
        let reached = self.reached.load(Ordering::Relaxed);
        (reached > 0).then_some(reached)
    }
}
