//! Whether a connection has anything to say, and how long it may go on without.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::{
    Version,
    body::{Frame, SizeHint},
};
use tokio::{sync::Notify, time::Instant};

/// What is to happen to a connection that says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// It owes a head: it is closed.
    Cut,
    /// It rests: it is asked to end.
    Ask,
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
    header_limit: Duration,
    keep_alive: Duration,
}

struct State {
    phase: Phase,
    /// HTTP/2 says things that are no request: pings and windows.
    is_http2: bool,
}

impl Pulse {
    pub(super) fn new(header_limit: Duration, keep_alive: Duration) -> Self {
        Self {
            state: Mutex::new(State {
                phase: Phase::Head(Instant::now()),
                is_http2: false,
            }),
            changed: Notify::new(),
            header_limit,
            keep_alive,
        }
    }

    /// A request begins, and ends when this is dropped.
    pub(super) fn busy(self: &Arc<Self>, version: Version) -> Busy {
        let mut state = self.state();
        state.is_http2 = version == Version::HTTP_2;
        state.phase = match state.phase {
            Phase::Busy(requests) => Phase::Busy(requests + 1),
            Phase::Head(_) | Phase::Idle(_) => Phase::Busy(1),
        };
        Busy(self.clone())
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

    fn done(&self) {
        let mut state = self.state();
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
            let phase = self.state().phase;
            let (deadline, due) = match phase {
                Phase::Head(since) => (since + self.header_limit, Due::Cut),
                Phase::Idle(since) => (since + self.keep_alive, Due::Ask),
                Phase::Busy(_) => {
                    self.changed.notified().await;
                    continue;
                }
            };
            // What begins meanwhile is seen when the time is up; what ends wakes.
            tokio::select! {
                () = tokio::time::sleep_until(deadline) => {
                    if self.is_overdue(deadline, due) {
                        return due;
                    }
                }
                () = self.changed.notified() => {}
            }
        }
    }

    fn is_overdue(&self, deadline: Instant, due: Due) -> bool {
        match (self.state().phase, due) {
            (Phase::Head(since), Due::Cut) => since + self.header_limit <= deadline,
            (Phase::Idle(since), Due::Ask) => since + self.keep_alive <= deadline,
            _ => false,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
pub(super) struct Busy(Arc<Pulse>);

impl Busy {
    /// The same body, which keeps the connection busy until it is sent.
    pub(super) fn until_sent(self, body: Body) -> Body {
        Body::new(Sending { body, _busy: self })
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.done();
    }
}

struct Sending {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
