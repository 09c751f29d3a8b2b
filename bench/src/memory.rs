//! Memory at 50 open connections: forty of HTTP that have just read the three-level list, ten sockets that follow a
//! room.

use anyhow::{Context, Result, bail};
use futures::{SinkExt, StreamExt, future::try_join_all};
use serde_json::{Value as Json, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use crate::{
    client::{Connection, Prepared, Tokens},
    data::scale::{Table, text},
    process::memory_mebibytes,
    server::Server,
};

/// Connections over HTTP.
const LINES: usize = 40;
/// Sockets.
const SOCKETS: usize = 10;

/// Resident memory in MiB: now, and at its highest since the server started.
pub struct Memory {
    /// With all connections open.
    pub now: f64,
    /// After all that was measured before.
    pub highest: f64,
}

/// Opens the connections and looks.
///
/// # Errors
/// When a connection cannot be opened.
pub async fn at_fifty(server: &Server, tokens: &Tokens, requests: &[Prepared]) -> Result<Option<Memory>> {
    let mut sockets = Vec::new();
    for number in 0..SOCKETS {
        sockets.push(follow(&server.address, &tokens.bearer(number as u64)?).await?);
    }
    let lines = (0..LINES)
        .map(|_| Connection::new(&server.address))
        .collect::<Result<Vec<_>>>()?;
    for _ in 0..3 {
        try_join_all(
            lines
                .iter()
                .zip(requests.iter().cycle())
                .map(|(line, request)| line.send(request)),
        )
        .await?;
    }
    let found = |line| memory_mebibytes(server.pid, line);
    let memory = found("VmRSS").zip(found("VmHWM"));
    drop(sockets);
    Ok(memory.map(|(now, highest)| Memory { now, highest }))
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// A socket that follows the first room.
async fn follow(address: &str, bearer: &str) -> Result<Socket> {
    let mut request = format!("{}/graphql", address.replacen("http", "ws", 1)).into_client_request()?;
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = connect_async(request).await?;
    let hello = json!({ "type": "connection_init", "payload": { "authorization": bearer } });
    socket.send(Message::text(hello.to_string())).await?;
    let answer = socket.next().await.context("the server closed the socket")??;
    let answer: Json = serde_json::from_slice(&answer.into_data())?;
    if answer["type"] != "connection_ack" {
        bail!("the server did not acknowledge the socket: {answer}");
    }
    let document = "subscription ($room: ID!) { roomEvents(roomId: $room) { sequence } }";
    let payload = json!({ "query": document, "variables": { "room": text(Table::Room, 0) } });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
    socket.send(Message::text(subscribe.to_string())).await?;
    Ok(socket)
}
