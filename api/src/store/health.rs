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
/// How long connections that were at work when others failed are tried before they are used.
const AT_WORK: Duration = Duration::from_secs(10);

/// Shared by the pool and its transactions.
#[derive(Clone)]
pub(super) struct Health {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Connections that were opened before and have not been used since then are tried before they are.
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

    /// Takes notice that a transaction did not begin: its connection may be left with half of one, and is tried before it is
    /// used again.
    pub(super) fn suspect(&self) {
        self.locked().suspected = Some(Instant::now());
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

    /// Whether a connection that was opened so long ago, and has not been used for so long, is to be tried first. One that
    /// was at work at that moment comes back later: for a while all are tried that were opened before.
    pub(super) fn suspects(&self, age: Duration, idle_for: Duration) -> bool {
        let since = self.locked().suspected.map(|at| at.elapsed());
        since.is_some_and(|since| since <= idle_for || (since <= AT_WORK && since <= age))
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Health;
    use crate::{clock::Clock, outage::Outage};

    #[test]
    fn connections_of_before_are_tried_and_new_ones_are_not() {
        let health = Health::new(&Clock::system());
        let (long, now) = (Duration::from_secs(60), Duration::ZERO);
        assert!(!health.suspects(long, long), "nothing has failed");
        health.note(Some(Outage::Busy));
        assert!(!health.suspects(long, long), "no connection died");
        health.note(Some(Outage::Lost));
        assert!(health.suspects(long, long), "one that idled");
        assert!(health.suspects(long, now), "one that was at work");
        assert!(!health.suspects(now, now), "one that was opened since");
    }
}
