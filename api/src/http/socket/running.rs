//! The operations that run on a socket, by the ids that its client gave them.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What runs on one socket.
#[derive(Clone, Default)]
pub(super) struct Running {
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
}

#[derive(Default)]
struct State {
    operations: HashMap<String, Entry>,
    /// Serials of those whose ids are free, though they still work: a query or a change is not broken off.
    leftover: HashSet<u64>,
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
        let mut state = self.locked();
        if state.operations.contains_key(id) {
            return Err(Full::Duplicate);
        }
        if state.operations.len() + state.leftover.len() >= most {
            return Err(Full::Limit);
        }
        let stop = CancellationToken::new();
        let entry = Entry {
            serial,
            is_stream: false,
            stop: stop.clone(),
        };
        state.operations.insert(id.to_owned(), entry);
        Ok(Run {
            id: id.to_owned(),
            stop,
            serial,
            running: self.clone(),
        })
    }

    /// Stops an operation, whose client wants no more of it, and says whether there was one. Its id is free at once; its
    /// place, when it has ended: a stream does so by itself.
    pub(super) fn stop(&self, id: &str) -> bool {
        let mut state = self.locked();
        let Some(entry) = state.operations.remove(id) else {
            return false;
        };
        entry.stop.cancel();
        if !entry.is_stream {
            state.leftover.insert(entry.serial);
        }
        drop(state);
        self.changed.notify_one();
        true
    }

    /// Stops everything.
    pub(super) fn stop_all(&self) {
        for (_, entry) in self.locked().operations.drain() {
            entry.stop.cancel();
        }
    }

    /// Stops streams, and waits until what answers once has answered.
    pub(super) async fn drain(&self) {
        loop {
            let changed = self.changed.notified();
            {
                let mut state = self.locked();
                state.operations.retain(|_, entry| {
                    if entry.is_stream {
                        entry.stop.cancel();
                    }
                    !entry.is_stream
                });
                if state.operations.is_empty() {
                    return;
                }
            }
            changed.await;
        }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    /// It goes on until it is stopped.
    pub(super) fn is_stream(&self) {
        if let Some(entry) = self.running.locked().operations.get_mut(&self.id)
            && entry.serial == self.serial
        {
            entry.is_stream = true;
        }
        self.running.changed.notify_one();
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let mut state = self.running.locked();
        if state
            .operations
            .get(&self.id)
            .is_some_and(|entry| entry.serial == self.serial)
        {
            state.operations.remove(&self.id);
        }
        state.leftover.remove(&self.serial);
        drop(state);
        self.running.changed.notify_one();
    }
}
