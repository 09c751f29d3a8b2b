//! The messages of the sub-protocol `graphql-transport-ws` (npm `graphql-ws`, PROTOCOL.md).

use axum::extract::ws::{CloseFrame, Message};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::front::{Answer, GraphqlRequest, json};

/// Longest id of an operation, in bytes: it comes back with every event.
const MAX_ID: usize = 256;
/// Longest reason of a close frame, in bytes (RFC 6455 §5.5.1).
const MAX_REASON: usize = 123;

/// Why the server closes a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// The server goes away (RFC 6455 §7.4.1).
    Away,
    /// Frames that break RFC 6455.
    Malformed,
    /// A text that is not UTF-8.
    NotUtf8,
    /// A message above the limit.
    TooLarge,
    /// The client reads too slowly or asks too often; it may come back (IANA, WebSocket close codes: try again later).
    Later,
    /// A message that is none.
    BadRequest,
    /// An operation before `connection_ack`, or a session that has ended.
    Unauthorized,
    /// `connection_init` was refused, or the access token has expired.
    Forbidden,
    /// Another sub-protocol.
    Protocol,
    /// No `connection_init` in time.
    InitTimeout,
    /// An id that is in use.
    Duplicate,
    /// The server's own fault.
    Broken,
    /// A second `connection_init`, too many sockets, or too many messages that ask for nothing.
    TooMany,
}

impl Close {
    fn code(self) -> u16 {
        match self {
            Self::Away => 1001,
            Self::Malformed => 1002,
            Self::NotUtf8 => 1007,
            Self::TooLarge => 1009,
            Self::Later => 1013,
            Self::BadRequest => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden => 4403,
            Self::Protocol => 4406,
            Self::InitTimeout => 4408,
            Self::Duplicate => 4409,
            Self::TooMany => 4429,
            Self::Broken => 4500,
        }
    }

    /// The frame that says so.
    pub(crate) fn frame(self, reason: &str) -> Message {
        let mut end = reason.len().min(MAX_REASON);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        Message::Close(Some(CloseFrame {
            code: self.code(),
            reason: reason[..end].into(),
        }))
    }
}

/// What a client says.
#[derive(Debug)]
pub(crate) enum Received {
    Init(Map<String, Json>),
    Ping(Map<String, Json>),
    Pong,
    Subscribe { id: String, request: GraphqlRequest },
    Complete(String),
}

impl Received {
    /// Reads a message.
    ///
    /// # Errors
    /// What is wrong with it, for the close frame.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let Json::Object(mut message) = json::read("The message", text)? else {
            return Err("The message is no JSON object.".into());
        };
        let Some(Json::String(kind)) = message.remove("type") else {
            return Err("The message has no type.".into());
        };
        match kind.as_str() {
            "connection_init" => Ok(Self::Init(payload(&mut message)?)),
            "ping" => Ok(Self::Ping(payload(&mut message)?)),
            "pong" => payload(&mut message).map(|_| Self::Pong),
            "subscribe" => {
                let id = id(&mut message)?;
                let payload = Json::Object(payload(&mut message)?);
                let request = GraphqlRequest::from_json(payload).map_err(|error| error.to_string())?;
                match request.is_complete() {
                    true => Ok(Self::Subscribe { id, request }),
                    false => Err("The payload of subscribe has no query.".into()),
                }
            }
            "complete" => Ok(Self::Complete(id(&mut message)?)),
            _ => Err("The type of the message is not one of the protocol’s.".into()),
        }
    }
}

fn payload(message: &mut Map<String, Json>) -> Result<Map<String, Json>, String> {
    match message.remove("payload") {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(Json::Object(payload)) => Ok(payload),
        Some(_) => Err("The payload is no JSON object.".into()),
    }
}

fn id(message: &mut Map<String, Json>) -> Result<String, String> {
    match message.remove("id") {
        Some(Json::String(id)) if !id.is_empty() && id.len() <= MAX_ID => Ok(id),
        _ => Err(format!("The id must be a text of 1 to {MAX_ID} bytes.")),
    }
}

/// A message of the server. The order of a payload's keys is kept.
#[derive(Serialize)]
struct Said<'a, P: Serialize> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<P>,
}

/// `connection_ack`.
pub(super) fn ack() -> Message {
    say(None, "connection_ack", None::<()>)
}

/// `pong`, with a payload if there is something to say.
pub(super) fn pong(payload: Option<Json>) -> Message {
    say(None, "pong", payload)
}

/// `next`, or `error` for an operation that is not executed or can go on no longer.
pub(super) fn answer(id: &str, answer: &Answer, is_over: bool) -> Message {
    match is_over {
        true => say(Some(id), "error", Some(answer.errors())),
        false => say(Some(id), "next", Some(answer)),
    }
}

/// `next`, with the text of an answer.
pub(super) fn event(id: &str, text: &str) -> Message {
    let id = Json::from(id);
    Message::Text(format!(r#"{{"id":{id},"type":"next","payload":{text}}}"#).into())
}

/// `complete`.
pub(super) fn complete(id: &str) -> Message {
    say(Some(id), "complete", None::<()>)
}

fn say(id: Option<&str>, kind: &'static str, payload: Option<impl Serialize>) -> Message {
    match serde_json::to_string(&Said { id, kind, payload }) {
        Ok(text) => Message::Text(text.into()),
        Err(cause) => {
            tracing::error!(%cause, "a message could not be written");
            Close::Broken.frame("Internal server error")
        }
    }
}
