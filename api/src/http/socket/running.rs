//! The operations that run on a socket, by the ids that its client gave them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What runs on one socket.
#[derive(Clone, Default)]
pub(super) struct Running {
    operations: Arc<Mutex<HashMap<String, Entry>>>,
    changed: Arc<Notify>,
}

struct Entry {
    /// Tells this operation from a later one of the same id.
    serial: u64,
    is_stream: bool,
    stop: CancellationToken,
}

/// An operation that runs. Dropped, its id is free again.
pub(super) struct Run {
    pub(super) id: String,
    pub(super) stop: CancellationToken,
    serial: u64,
    running: Running,
}

/// Why an operation cannot begin.
pub(super) enum Full {
    /// Its id is in use.
    Duplicate,
    /// As many run as may.
    Limit,
}

impl Running {
    /// Begins an operation under an id.
    pub(super) fn begin(&self, id: &str, serial: u64, most: usize) -> Result<Run, Full> {
        let mut operations = self.locked();
        if operations.contains_key(id) {
            return Err(Full::Duplicate);
        }
        if operations.len() >= most {
            return Err(Full::Limit);
        }
        let stop = CancellationToken::new();
        let entry = Entry {
            serial,
            is_stream: false,
            stop: stop.clone(),
        };
        operations.insert(id.to_owned(), entry);
        Ok(Run {
            id: id.to_owned(),
            stop,
            serial,
            running: self.clone(),
        })
    }

    /// Stops an operation, whose client wants no more of it.
    pub(super) fn stop(&self, id: &str) {
        if let Some(entry) = self.locked().remove(id) {
            entry.stop.cancel();
        }
        self.changed.notify_one();
    }

    /// Stops everything.
    pub(super) fn stop_all(&self) {
        for (_, entry) in self.locked().drain() {
            entry.stop.cancel();
        }
    }

    /// Stops streams, and waits until what answers once has answered.
    pub(super) async fn drain(&self) {
        loop {
            let changed = self.changed.notified();
            {
                let mut operations = self.locked();
                operations.retain(|_, entry| {
                    if entry.is_stream {
                        entry.stop.cancel();
                    }
                    !entry.is_stream
                });
                if operations.is_empty() {
                    return;
                }
            }
            changed.await;
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.operations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    /// It goes on until it is stopped.
    pub(super) fn is_stream(&self) {
        if let Some(entry) = self.running.locked().get_mut(&self.id)
            && entry.serial == self.serial
        {
            entry.is_stream = true;
        }
        self.running.changed.notify_one();
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let mut operations = self.running.locked();
        if operations
            .get(&self.id)
            .is_some_and(|entry| entry.serial == self.serial)
        {
            operations.remove(&self.id);
        }
        drop(operations);
        self.running.changed.notify_one();
    }
}
