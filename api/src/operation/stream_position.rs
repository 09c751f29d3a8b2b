//! A stream's place in a log, told between the follower that knows it and the transport that hands it on.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// Nothing was said.
const NONE: i64 = -1;

/// Where one subscription stands.
pub struct StreamPosition {
    after: Option<i64>,
    reached: AtomicI64,
    rests: AtomicI64,
    is_personal: AtomicBool,
}

impl Default for StreamPosition {
    fn default() -> Self {
        Self::new(None)
    }
}

impl StreamPosition {
    /// The place of a client that comes back with the last event that it has, or of a new one.
    pub fn new(after: Option<i64>) -> Self {
        Self {
            after,
            reached: AtomicI64::new(NONE),
            rests: AtomicI64::new(NONE),
            is_personal: AtomicBool::new(false),
        }
    }

    /// The last event that the client has. It goes before the argument `after`, which the client sent when it began.
    pub fn after(&self) -> Option<i64> {
        self.after
    }

    /// The stream brings the event of this sequence next.
    pub(super) fn reach(&self, sequence: i64) {
        self.rests.store(NONE, Ordering::Relaxed);
        self.reached.store(sequence, Ordering::Relaxed);
    }

    /// The sequence of the event that was brought last.
    pub fn reached(&self) -> Option<i64> {
        said(&self.reached)
    }

    /// The stream has brought everything up to this sequence, and waits for more.
    pub(super) fn rest(&self, sequence: i64) {
        self.rests.store(sequence, Ordering::Relaxed);
    }

    /// Up to where the stream has brought everything, if it waits for more.
    pub fn rests(&self) -> Option<i64> {
        said(&self.rests)
    }

    /// What is made of the event depends on the stream's caller.
    pub fn note_personal(&self) {
        self.is_personal.store(true, Ordering::Relaxed);
    }

    /// Whether what was made of the last event depended on the stream's caller. Asked once for each event.
    pub fn was_personal(&self) -> bool {
        self.is_personal.swap(false, Ordering::Relaxed)
    }
}

fn said(place: &AtomicI64) -> Option<i64> {
    let sequence = place.load(Ordering::Relaxed);
    (sequence != NONE).then_some(sequence)
}
