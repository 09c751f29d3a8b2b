//! A WebSocket (graphql-transport-ws) that follows a room.

use anyhow::{Context, Result, bail};
use futures::{SinkExt, StreamExt};
use serde_json::{Value as Json, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use crate::data::scale::{Table, text};

/// A socket of a client.
pub type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// A socket of a caller that follows the events of a room.
///
/// # Errors
/// When the server does not take it.
pub async fn follow(address: &str, bearer: &str, room: u64) -> Result<Socket> {
    let mut socket = signed_in(address, bearer).await?;
    let document = "subscription ($room: ID!) { roomEvents(roomId: $room) { sequence } }";
    let payload = json!({ "query": document, "variables": { "room": text(Table::Room, room) } });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
    socket.send(Message::text(subscribe.to_string())).await?;
    Ok(socket)
}

/// A socket that does not say who it is.
///
/// # Errors
/// When the server does not take it.
pub async fn open(address: &str) -> Result<Socket> {
    let mut request = format!("{}/graphql", address.replacen("http", "ws", 1)).into_client_request()?;
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    Ok(connect_async(request).await?.0)
}

/// A socket of a caller.
///
/// # Errors
/// When the server does not take it.
pub async fn signed_in(address: &str, bearer: &str) -> Result<Socket> {
    let mut socket = open(address).await?;
    let hello = json!({ "type": "connection_init", "payload": { "authorization": bearer } });
    socket.send(Message::text(hello.to_string())).await?;
    let answer = socket.next().await.context("the server closed the socket")??;
    let answer: Json = serde_json::from_slice(&answer.into_data())?;
    if answer["type"] != "connection_ack" {
        bail!("the server did not acknowledge the socket: {answer}");
    }
    Ok(socket)
}
