//! What failures have told of the database: which connections may be dead, and whether changes can be made.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{clock::Clock, outage::Outage};

/// How long a refused change counts against the database when nothing else is heard of it.
const REMEMBERED: Duration = Duration::from_secs(5);
/// How often the connections to a database that only reads are given up at most.
const RECONNECTED: Duration = Duration::from_secs(1);

/// Shared by the pool and its transactions.
#[derive(Clone)]
pub(super) struct Health {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Connections that have not been used since then are tried before they are.
    suspected: Option<Instant>,
    /// Why and when a change was refused last, by the clock's ticks.
    refused: Option<(Outage, Duration)>,
}

impl Health {
    pub(super) fn new(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            state: Arc::default(),
        }
    }

    /// Takes notice of a failure: where one connection died, others did.
    pub(super) fn note(&self, outage: Option<Outage>) {
        let Some(outage) = outage else { return };
        let mut state = self.locked();
        match outage {
            Outage::Lost => state.suspected = Some(Instant::now()),
            Outage::ReadOnly => {
                if state.suspected.is_none_or(|at| at.elapsed() >= RECONNECTED) {
                    state.suspected = Some(Instant::now());
                }
                state.refused = Some((outage, self.clock.ticks()));
            }
            Outage::Full => state.refused = Some((outage, self.clock.ticks())),
            Outage::Busy | Outage::Contention => {}
        }
    }

    /// Takes notice of a change that was committed.
    pub(super) fn note_commit(&self) {
        self.note_writing();
        self.locked().refused = None;
    }

    /// Takes notice that the database says of itself that it writes; whether it has room, it does not know. Connections
    /// from before may not have heard of it.
    pub(super) fn note_writing(&self) {
        let mut state = self.locked();
        if state
            .refused
            .take_if(|(outage, _)| *outage == Outage::ReadOnly)
            .is_some()
        {
            state.suspected = Some(Instant::now());
        }
    }

    /// Whether a connection that has not been used for so long is to be tried first.
    pub(super) fn suspects(&self, idle_for: Duration) -> bool {
        self.locked().suspected.is_some_and(|at| at.elapsed() <= idle_for)
    }

    /// Whether no change was refused lately.
    pub(super) fn is_writable(&self) -> bool {
        let now = self.clock.ticks();
        let refused = self.locked().refused;
        refused.is_none_or(|(_, at)| now.saturating_sub(at) >= REMEMBERED)
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
