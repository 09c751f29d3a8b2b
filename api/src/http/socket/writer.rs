//! The sending half of a socket: one task that writes what waits, and gives up on a client that does not read.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures::{SinkExt, stream::SplitSink};
use tokio::sync::mpsc;

use super::message::Close;

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// Writes until the queue's senders are gone, a close frame was sent, or the client does not read. Then the closing
/// handshake is brought to its end: what a client's own close frame is answered is sent there.
pub(super) async fn write(
    mut socket: SplitSink<WebSocket, Message>,
    mut queue: mpsc::Receiver<Message>,
    reading: Duration,
) {
    while let Some(message) = queue.recv().await {
        let is_last = matches!(message, Message::Close(_));
        match tokio::time::timeout(reading, socket.send(message)).await {
            Ok(Ok(())) if !is_last => {}
            Ok(_) => break,
            Err(_) => {
                let goodbye = Close::TooSlow.frame("Nothing was read for too long. Come back with “after”.");
                // Most likely it is not read either.
                let _ = tokio::time::timeout(GOODBYE, socket.send(goodbye)).await;
                break;
            }
        }
    }
    let _ = tokio::time::timeout(GOODBYE, socket.close()).await;
}
