//! What one connection may have the server keep.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{body::Bytes, extract::FromRequestParts, http::request::Parts};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::buffer_limit::{BufferAccount, BufferLimit, BufferedBytes};
use crate::{
    config::Limits,
    error::{Error, Result},
};

/// A kibibyte: what a unit of cost may bring.
const KIBIBYTE: usize = 1024;
/// KiB of so many bytes.
pub(super) fn kibibytes(bytes: usize) -> u64 {
    bytes.div_ceil(KIBIBYTE) as u64
}

/// Bodies at their largest that one connection may have under way at once.
const BODIES: usize = 4;
/// A connection carries many requests, and behind a proxy many clients: so many times the bytes of one socket.
const SOCKETS: usize = 16;

/// What all connections together keep.
#[derive(Clone)]
pub(super) struct ConnectionBudgets {
    answers: BufferLimit,
    bodies: BufferLimit,
    limits: Limits,
}

/// One connection.
#[derive(Clone)]
pub(super) struct Connection {
    answers: BufferAccount,
    bodies: BufferAccount,
    unfinished: Arc<AtomicUsize>,
    room: AnswerBudget,
}

/// Room for answers, in KiB: those that are made, and those that wait.
#[derive(Clone)]
pub(super) struct AnswerBudget {
    free: Arc<Semaphore>,
    all: u32,
}

/// Room that is taken.
#[derive(Default)]
pub(super) struct BudgetPermit(Option<OwnedSemaphorePermit>);

/// A body that has not come to its end.
pub(super) struct IncomingBody {
    held: BufferedBytes,
    bytes: usize,
    connection: Connection,
}

impl ConnectionBudgets {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            answers: BufferLimit::new(limits.waiting_bytes),
            bodies: BufferLimit::new(limits.waiting_bytes),
            limits: limits.clone(),
        }
    }

    /// A new connection.
    pub(super) fn connection(&self) -> Connection {
        Connection {
            answers: self.answers.keeper(),
            bodies: self.bodies.keeper(),
            unfinished: Arc::default(),
            room: AnswerBudget::new(SOCKETS * self.limits.socket_bytes),
        }
    }
}

impl Connection {
    /// On whose account its answers are kept.
    pub(super) fn answers(&self) -> &BufferAccount {
        &self.answers
    }

    /// Room for its answers.
    pub(super) fn room(&self) -> &AnswerBudget {
        &self.room
    }

    /// An answer that waits for its client, in the room that was taken for it.
    pub(super) fn keep(&self, answer: Vec<u8>, mut taken: BudgetPermit) -> Bytes {
        taken.shrink(answer.len());
        self.answers.keep(answer, taken)
    }

    /// A body begins to come.
    pub(super) fn body(&self) -> IncomingBody {
        IncomingBody {
            held: self.bodies.sibling().hold(0),
            bytes: 0,
            connection: self.clone(),
        }
    }
}

impl AnswerBudget {
    /// Room for so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        let all = u32::try_from(bytes.div_ceil(KIBIBYTE)).unwrap_or(u32::MAX);
        Self {
            free: Arc::new(Semaphore::new(all as usize)),
            all,
        }
    }

    /// Waits for room for so many KiB; who wants more than there is gets all of it.
    pub(super) async fn take(&self, kibibytes: u64) -> BudgetPermit {
        let wanted = u32::try_from(kibibytes).unwrap_or(u32::MAX).min(self.all);
        // Nobody closes it.
        BudgetPermit(self.free.clone().acquire_many_owned(wanted).await.ok())
    }
}

impl BudgetPermit {
    /// Gives back what some bytes do not need.
    pub(super) fn shrink(&mut self, bytes: usize) {
        if let Some(taken) = &mut self.0 {
            let more = taken.num_permits().saturating_sub(bytes.div_ceil(KIBIBYTE));
            drop(taken.split(more));
        }
    }
}

impl IncomingBody {
    /// More of it has come.
    ///
    /// # Errors
    /// `LIMITED` when the connection has too much under way.
    pub(super) fn grow(&mut self, bytes: usize, limits: &Limits) -> Result<()> {
        let before = self.connection.unfinished.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
        if before + bytes > BODIES * limits.body_bytes {
            return Err(Error::Limited(
                "Too many bodies are under way on this connection. Send some to their end, and this one again.".into(),
            ));
        }
        self.held.grow(bytes);
        Ok(())
    }

    /// Waits until it is cut off for the others.
    pub(super) async fn is_cut(&self) {
        self.held.keeper().is_cut().await;
    }
}

impl Drop for IncomingBody {
    fn drop(&mut self) {
        self.connection.unfinished.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Without a listener nothing is counted.
impl Default for Connection {
    fn default() -> Self {
        Self {
            answers: BufferAccount::default(),
            bodies: BufferAccount::default(),
            unfinished: Arc::default(),
            room: AnswerBudget::new(usize::MAX >> 32),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Connection {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
