//! What a change has written, told when it is over: also when it is rolled back, because the work was done.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use crate::rates::Written;

/// Who gets to know what a change wrote.
type Told = Box<dyn FnOnce(Written) + Send + Sync>;

/// Adds up what a transaction writes, and tells it when it is dropped.
pub(super) struct Bill {
    bytes: Arc<AtomicU64>,
    finishes: AtomicBool,
    told: OnceLock<Told>,
}

impl Bill {
    /// Over what a transaction counts.
    pub(super) fn over(bytes: Arc<AtomicU64>) -> Self {
        Self {
            bytes,
            finishes: AtomicBool::new(false),
            told: OnceLock::new(),
        }
    }

    /// Hands it to somebody; the first one gets it.
    pub(super) fn tell(&self, told: impl FnOnce(Written) + Send + Sync + 'static) {
        // Nobody asks twice.
        let _ = self.told.set(Box::new(told));
    }

    /// Says that the change only finishes what had begun.
    pub(super) fn finishes(&self) {
        self.finishes.store(true, Ordering::Relaxed);
    }

    fn written(&self) -> Written {
        Written {
            bytes: self.bytes.load(Ordering::Relaxed),
            finishes: self.finishes.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Bill {
    fn drop(&mut self) {
        if let Some(told) = self.told.take() {
            told(self.written());
        }
    }
}
