//! Whether a connection has anything to say, and how long it may go on without.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hyper::Version;
use tokio::{sync::Notify, time::Instant};

/// What is to happen to a connection that says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// It owes a head: it is closed.
    Cut,
    /// It rests: it is asked to end.
    Ask,
}

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the head of a request.
    pub(super) head: Duration,
    /// Between two requests.
    pub(super) rest: Duration,
    /// Without taking anything of an answer.
    pub(super) reading: Duration,
}

/// What a connection does.
#[derive(Clone, Copy)]
enum Phase {
    /// The head of a request has to come, since then.
    Head(Instant),
    /// So many requests are being answered.
    Busy(u32),
    /// It has rested since then.
    Idle(Instant),
}

/// The pulse of one connection.
pub(super) struct Pulse {
    state: Mutex<State>,
    changed: Notify,
    patience: Patience,
}

struct State {
    phase: Phase,
    /// Pieces of answers that wait for the client, by the number of the answer, and since when.
    waiting: BTreeMap<u64, Instant>,
    /// Counts answers.
    answers: u64,
    /// HTTP/2 says things that are no request: pings and windows.
    is_http2: bool,
}

impl Pulse {
    pub(super) fn new(patience: Patience) -> Self {
        Self {
            state: Mutex::new(State {
                phase: Phase::Head(Instant::now()),
                waiting: BTreeMap::new(),
                answers: 0,
                is_http2: false,
            }),
            changed: Notify::new(),
            patience,
        }
    }

    /// A request begins: the number of its answer, and whether it came over HTTP/2. [`Pulse::done`] ends it.
    pub(super) fn begin(&self, version: Version) -> (u64, bool) {
        let mut state = self.state();
        state.is_http2 = version == Version::HTTP_2;
        state.phase = match state.phase {
            Phase::Busy(requests) => Phase::Busy(requests + 1),
            Phase::Head(_) | Phase::Idle(_) => Phase::Busy(1),
        };
        state.answers += 1;
        (state.answers, state.is_http2)
    }

    /// Something has come in.
    pub(super) fn heard(&self) {
        let mut state = self.state();
        if matches!(state.phase, Phase::Idle(_)) && !state.is_http2 {
            state.phase = Phase::Head(Instant::now());
            drop(state);
            self.changed.notify_one();
        }
    }

    /// A piece of an answer is to be sent.
    pub(super) fn hands_over(&self, answer: u64) {
        self.state().waiting.insert(answer, Instant::now());
        self.changed.notify_one();
    }

    /// There is room for more of an answer.
    pub(super) fn has_room(&self, answer: u64) {
        self.state().waiting.remove(&answer);
    }

    /// A request has been answered.
    pub(super) fn done(&self, answer: u64) {
        let mut state = self.state();
        state.waiting.remove(&answer);
        state.phase = match state.phase {
            Phase::Busy(requests) if requests > 1 => Phase::Busy(requests - 1),
            _ => Phase::Idle(Instant::now()),
        };
        drop(state);
        self.changed.notify_one();
    }

    /// Waits until something is due.
    pub(super) async fn due(&self) -> Due {
        loop {
            let next = self.state().next(self.patience);
            let Some((deadline, due)) = next else {
                self.changed.notified().await;
                continue;
            };
            // What begins meanwhile is seen when the time is up; what ends wakes.
            tokio::select! {
                () = tokio::time::sleep_until(deadline) => {
                    let next = self.state().next(self.patience);
                    if next.is_some_and(|(at, next)| at <= deadline && next == due) {
                        return due;
                    }
                }
                () = self.changed.notified() => {}
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What happens next unless something changes.
    fn next(&self, patience: Patience) -> Option<(Instant, Due)> {
        match self.phase {
            Phase::Head(since) => Some((since + patience.head, Due::Cut)),
            Phase::Idle(since) => Some((since + patience.rest, Due::Ask)),
            Phase::Busy(_) => {
                let longest = self.waiting.values().min();
                longest.map(|since| (*since + patience.reading, Due::Cut))
            }
        }
    }
}
