//! A client over a real WebSocket: `graphql-transport-ws`.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value as Json, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

/// Longest wait for a message that must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open socket after its `connection_ack`.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What came over a socket.
#[derive(Clone, Debug, PartialEq)]
pub enum Received {
    /// `next` of the subscription with this id: its whole payload.
    Next(String, Json),
    /// `error` of the subscription with this id: the list of errors.
    Error(String, Json),
    /// `complete` of the subscription with this id.
    Complete(String),
    /// The server closed the socket, with this code.
    Closed(Option<u16>),
}

impl Socket {
    /// Connects and waits for `connection_ack`.
    pub async fn open(base: &str, token: Option<&str>) -> Self {
        let mut socket = Self::connect(base).await;
        let payload = token.map_or_else(
            || json!({}),
            |token| json!({ "authorization": format!("Bearer {token}") }),
        );
        socket
            .send(json!({ "type": "connection_init", "payload": payload }))
            .await;
        let answer = socket.message().await.expect("the server acknowledges");
        assert_eq!(answer["type"], "connection_ack", "{answer}");
        socket
    }

    /// Connects without any message.
    pub async fn connect(base: &str) -> Self {
        let mut request = format!("{}/graphql", base.replacen("http", "ws", 1))
            .into_client_request()
            .expect("an address");
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let (stream, _) = connect_async(request).await.expect("the server upgrades");
        Self { stream }
    }

    /// Starts an operation under an id.
    pub async fn subscribe(&mut self, id: &str, document: &str, variables: Json) {
        let payload = json!({ "query": document, "variables": variables });
        self.send(json!({ "type": "subscribe", "id": id, "payload": payload }))
            .await;
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Json) {
        self.stream
            .send(Message::text(message.to_string()))
            .await
            .expect("the socket is open");
    }

    /// The next message of an operation, or the end.
    pub async fn receive(&mut self) -> Received {
        loop {
            let Some(message) = self.message().await else {
                return Received::Closed(None);
            };
            let id = message["id"].as_str().unwrap_or_default().to_owned();
            match message["type"].as_str() {
                Some("next") => return Received::Next(id, message["payload"].clone()),
                Some("error") => return Received::Error(id, message["payload"].clone()),
                Some("complete") => return Received::Complete(id),
                Some("closed") => {
                    let code = message["code"].as_u64().and_then(|code| u16::try_from(code).ok());
                    return Received::Closed(code);
                }
                _ => {}
            }
        }
    }

    /// The data of the next event; anything else fails.
    pub async fn next(&mut self) -> Json {
        match self.receive().await {
            Received::Next(_, payload) if payload["errors"].is_null() => payload["data"].clone(),
            other => panic!("expected an event, got {other:?}"),
        }
    }

    /// Cuts the connection without a goodbye, as a network does.
    pub fn cut(self) {
        drop(self.stream);
    }

    async fn message(&mut self) -> Option<Json> {
        let message = async {
            loop {
                match self.stream.next().await? {
                    Ok(Message::Text(text)) => return serde_json::from_str(&text).ok(),
                    Ok(Message::Close(frame)) => {
                        return Some(json!({ "type": "closed", "code": frame.map(|frame| u16::from(frame.code)) }));
                    }
                    Ok(_) => {}
                    Err(_) => return None,
                }
            }
        };
        // The server's pings do not make the wait longer.
        tokio::time::timeout(PATIENCE, message)
            .await
            .expect("a message comes in time")
    }
}
