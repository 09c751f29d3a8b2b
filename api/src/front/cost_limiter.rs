//! Turns of operations that may answer much: what is made of their answers at once would fill the memory.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What costs no more waits for nobody: such answers are small, and most are.
const CHEAP: u64 = 1000;

/// Limits operations that may answer much: at once, all together cost no more than one may.
#[derive(Clone)]
pub(crate) struct CostLimiter {
    free: Arc<Semaphore>,
    all: u32,
}

/// A turn, until it is dropped.
pub(crate) struct CostPermit {
    _permit: OwnedSemaphorePermit,
}

impl CostLimiter {
    /// Turns where an operation may cost so much.
    pub(crate) fn new(cost: usize) -> Self {
        let all = u32::try_from(cost).unwrap_or(u32::MAX);
        Self {
            free: Arc::new(Semaphore::new(all as usize)),
            all,
        }
    }

    /// Waits for the turn of an operation, if it needs one. The limit of its time runs meanwhile.
    pub(crate) async fn permit(&self, cost: u64) -> Option<CostPermit> {
        if cost <= CHEAP {
            return None;
        }
        let wanted = u32::try_from(cost).unwrap_or(u32::MAX).min(self.all);
        // Nobody closes it.
        let permit = self.free.clone().acquire_many_owned(wanted).await.ok()?;
        Some(CostPermit { _permit: permit })
    }
}
