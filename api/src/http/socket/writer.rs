//! The sending half of a socket: one task that writes what waits, and gives up on a client that does not read.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures::{SinkExt, stream::SplitSink};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{message::Close, outbox::Waiting};
use crate::http::buffer_limit::BufferAccount;

/// How long a goodbye may take.
pub(super) const GOODBYE: Duration = Duration::from_secs(1);

/// The last that a client is told, if anything: what waits then is not sent any more.
pub(super) type Farewell = Option<Message>;

/// Writes until the queue's senders are gone, a close frame was sent, the client does not read, or a farewell comes.
/// Then the closing handshake is brought to its end: what a client's own close frame is answered is sent there.
pub(super) async fn write(
    mut socket: SplitSink<WebSocket, Message>,
    mut queue: mpsc::Receiver<Waiting>,
    mut farewell: oneshot::Receiver<Farewell>,
    keeper: BufferAccount,
    reading: Duration,
) {
    let last = tokio::select! {
        biased;
        Ok(last) = &mut farewell => last,
        // Too much waits in the process, and for nobody longer than for this client.
        () = keeper.is_cut() => Some(too_slow()),
        last = send_all(&mut socket, &mut queue, reading) => last,
    };
    // The queue may have ended because of a farewell that came between two looks.
    let last = last.or_else(|| farewell.try_recv().ok().flatten());
    // Who waits for a place in the queue need not wait any longer.
    drop(queue);
    let end = async {
        if let Some(last) = last
            && socket.send(last).await.is_err()
        {
            return;
        }
        // Whether the client takes it is its own business.
        let _ = socket.close().await;
    };
    let _ = timeout(GOODBYE, end).await;
}

/// Sends what waits, and answers what is left to be said.
async fn send_all(
    socket: &mut SplitSink<WebSocket, Message>,
    queue: &mut mpsc::Receiver<Waiting>,
    reading: Duration,
) -> Farewell {
    while let Some(waiting) = queue.recv().await {
        let Waiting { message, _counted } = waiting;
        let is_last = matches!(message, Message::Close(_));
        match timeout(reading, socket.send(message)).await {
            Ok(Ok(())) if !is_last => {}
            Ok(_) => return None,
            // Most likely it is not read either.
            Err(_) => return Some(too_slow()),
        }
    }
    None
}

fn too_slow() -> Message {
    Close::Later.frame("Nothing was read for too long. Come back with “after”.")
}
