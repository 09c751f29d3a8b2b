//! The messages that wait for the client of one socket: so many, and of so many bytes.

use axum::extract::ws::Message;
use tokio::sync::mpsc;

use crate::{
    config::Limits,
    http::{
        buffer_limit::{BufferAccount, BufferedBytes},
        connection::{AnswerBudget, BudgetPermit, kibibytes},
    },
};

/// Where messages for one client are put.
#[derive(Clone)]
pub(super) struct Outbox {
    queue: mpsc::Sender<Waiting>,
    room: AnswerBudget,
    keeper: BufferAccount,
}

/// A message that waits. It is counted until it is dropped.
pub(super) struct Waiting {
    pub(super) message: Message,
    pub(super) _counted: Option<(BufferedBytes, BudgetPermit)>,
}

/// A place in the queue.
pub(super) type QueueSlot<'a> = mpsc::Permit<'a, Waiting>;

impl From<Message> for Waiting {
    /// What the server itself says is short, and not counted.
    fn from(message: Message) -> Self {
        Self {
            message,
            _counted: None,
        }
    }
}

impl Outbox {
    /// An outbox on somebody's account, and what is taken out of it.
    pub(super) fn new(limits: &Limits, keeper: BufferAccount) -> (Self, mpsc::Receiver<Waiting>) {
        let (queue, waiting) = mpsc::channel(limits.queue);
        let room = AnswerBudget::new(limits.socket_bytes);
        (Self { queue, room, keeper }, waiting)
    }

    /// Waits for room for an operation's answer of so many KiB.
    pub(super) async fn room(&self, kibibytes: u64) -> BudgetPermit {
        self.room.take(kibibytes).await
    }

    /// Puts an event in, when there is room for it. Says whether anybody still takes it.
    pub(super) async fn send(&self, message: Message) -> bool {
        let bytes = bytes_of(&message);
        let held = self.keeper.hold(bytes);
        let taken = self.room.take(kibibytes(bytes)).await;
        let waiting = Waiting {
            message,
            _counted: Some((held, taken)),
        };
        self.queue.send(waiting).await.is_ok()
    }

    /// Puts an operation's last messages in, all at once, in the room that was taken for them. Their places are taken
    /// before `done` is dropped.
    pub(super) async fn finish<T>(&self, messages: Vec<Message>, taken: BudgetPermit, done: T) {
        let mut taken = Some(taken);
        let counted = |message: Message| {
            let bytes = bytes_of(&message);
            let mut taken = taken.take().unwrap_or_default();
            taken.shrink(bytes);
            Waiting {
                message,
                _counted: Some((self.keeper.hold(bytes), taken)),
            }
        };
        let messages: Vec<_> = messages.into_iter().map(counted).collect();
        let Ok(places) = self.queue.reserve_many(messages.len()).await else {
            return;
        };
        for (place, message) in places.zip(messages) {
            place.send(message);
        }
        drop(done);
    }

    /// Puts in what the server itself says, when there is a place at once.
    pub(super) fn try_send(&self, message: Message) {
        // A full queue is the writer's business.
        let _ = self.queue.try_send(message.into());
    }

    /// Puts in what the server itself says.
    pub(super) async fn say(&self, message: Message) {
        // As long as the client reads; the writer sees to that.
        let _ = self.queue.send(message.into()).await;
    }

    /// Waits for a place; nothing when nobody takes anything any more.
    pub(super) async fn place(&self) -> Option<QueueSlot<'_>> {
        self.queue.reserve().await.ok()
    }

    /// Waits until nobody takes anything any more.
    pub(super) async fn closed(&self) {
        self.queue.closed().await;
    }
}

fn bytes_of(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => 0,
    }
}
