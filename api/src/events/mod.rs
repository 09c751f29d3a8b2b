//! Live logs: wakes whoever waits for a log's next event.
//!
//! Nothing is delivered through this bus; it only says "look again". Delivery reads the log after the
//! last sequence delivered, so a lost or doubled wake loses and doubles nothing.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::watch;
use uuid::Uuid;

/// Wakes the streams of this process.
#[derive(Clone)]
pub struct Bus {
    process: Uuid,
    // By the id of what a log belongs to: no two things of any kind share one.
    logs: Arc<Mutex<HashMap<Uuid, watch::Sender<()>>>>,
    hears_others: Arc<AtomicBool>,
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            process: Uuid::now_v7(),
            logs: Arc::default(),
            hears_others: Arc::default(),
        }
    }
}

impl Bus {
    /// Tells this process from others that share its database.
    pub fn process(&self) -> Uuid {
        self.process
    }

    /// Whether wakes of other processes come through.
    pub fn hears_others(&self) -> bool {
        self.hears_others.load(Ordering::Relaxed)
    }

    /// Wakes of other processes come through, or no longer.
    pub fn set_hears_others(&self, hears: bool) {
        self.hears_others.store(hears, Ordering::Relaxed);
    }

    /// Something was committed to a log.
    pub fn wake(&self, log: impl Into<Uuid>) {
        let log = log.into();
        let mut logs = self.logs();
        if let Some(sender) = logs.get(&log)
            && sender.send(()).is_err()
        {
            logs.remove(&log);
        }
    }

    /// Something may have been committed to any log.
    pub fn wake_all(&self) {
        self.logs().retain(|_, sender| sender.send(()).is_ok());
    }

    /// Waits for wakes of a log. Subscribe before the first read, so that nothing falls between them.
    pub fn listen(&self, log: impl Into<Uuid>) -> watch::Receiver<()> {
        let mut logs = self.logs();
        logs.retain(|_, sender| !sender.is_closed());
        logs.entry(log.into())
            .or_insert_with(|| watch::channel(()).0)
            .subscribe()
    }

    fn logs(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, watch::Sender<()>>> {
        self.logs.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
