//! What a client is told for whose connection there is no place.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy, sink},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::timeout,
};

use crate::telemetry::ConnectionLimit;

/// So many are told at once; more are closed without a word.
pub(super) const AT_ONCE: usize = 100;
/// How long a client may take to begin its request, and to read why it is not answered.
const PATIENCE: Duration = Duration::from_secs(1);
/// So much of its request is taken, in bytes: a connection that is closed with unread bytes is reset, and the words with it.
const STILL_TAKEN: u64 = 64 * 1024;
/// How HTTP/2 begins (RFC 9113 §3.4). Words of HTTP/1 are noise to such a client.
const PREFACE: &[u8] = b"PRI ";

/// Waits for a client's request, and answers that there is no place for it.
pub(super) async fn tell(mut stream: TcpStream, limit: ConnectionLimit, _turn: OwnedSemaphorePermit) {
    let telling = async {
        let mut head = [0; 1024];
        let read = stream.read(&mut head).await?;
        if read == 0 || head.starts_with(PREFACE) {
            return Ok(());
        }
        stream.write_all(answer(limit).as_bytes()).await?;
        stream.shutdown().await?;
        copy(&mut stream.take(STILL_TAKEN), &mut sink()).await.map(drop)
    };
    // Whether the client reads it is its own business.
    let _: Result<std::io::Result<()>, _> = timeout(PATIENCE, telling).await;
}

fn answer(limit: ConnectionLimit) -> String {
    let (status, code, message) = match limit {
        ConnectionLimit::All => (
            "503 Service Unavailable",
            "LIMITED",
            "The server has as many connections as it can take. Try again in a second.",
        ),
        ConnectionLimit::Address => (
            "429 Too Many Requests",
            "RATE_LIMITED",
            "There are too many connections from your network address. Close one, or try again in a second.",
        ),
    };
    let body = serde_json::json!({ "errors": [{ "message": message, "extensions": { "code": code } }] }).to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {length}\r\n\
         Retry-After: 1\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{body}"
    )
}
