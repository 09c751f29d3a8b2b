//! What a change has written, told when it is over: also when it is rolled back, because the work was done.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use crate::rates::Written;

/// Who gets to know what a change wrote.
type Told = Box<dyn FnOnce(Written) + Send + Sync>;

/// Why a change is made, for the tenant's quota.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It stores something: counted, and refused beyond the quota.
    #[default]
    Store,
    /// It finishes what had begun: counted, and never refused.
    Finish,
    /// Somebody takes part, for themselves: their own rate bounds it. Strangers do not use up what the tenant may store.
    TakePart,
}

/// Adds up what a transaction writes, and tells it when it is dropped.
pub(super) struct Bill {
    bytes: Arc<AtomicU64>,
    purpose: OnceLock<Purpose>,
    told: OnceLock<Told>,
}

impl Bill {
    /// Over what a transaction counts.
    pub(super) fn over(bytes: Arc<AtomicU64>) -> Self {
        Self {
            bytes,
            purpose: OnceLock::new(),
            told: OnceLock::new(),
        }
    }

    /// Hands it to somebody; the first one gets it.
    pub(super) fn tell(&self, told: impl FnOnce(Written) + Send + Sync + 'static) {
        // Nobody asks twice.
        let _ = self.told.set(Box::new(told));
    }

    /// Says why the change is made; what is said first holds.
    pub(super) fn is_to(&self, purpose: Purpose) {
        let _ = self.purpose.set(purpose);
    }

    /// Why the change is made.
    pub(super) fn purpose(&self) -> Purpose {
        self.purpose.get().copied().unwrap_or_default()
    }

    /// Bytes of the values that were stored so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Bill {
    fn drop(&mut self) {
        if let Some(told) = self.told.take() {
            told(Written {
                bytes: self.bytes(),
                finishes: self.purpose() == Purpose::Finish,
            });
        }
    }
}
