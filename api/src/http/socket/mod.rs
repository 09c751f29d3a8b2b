//! GraphQL over WebSocket: the sub-protocol `graphql-transport-ws`.

mod chatter;
mod conversation;
pub(super) mod message;
mod operation;
mod outbox;
mod running;
mod writer;

use axum::{
    extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    http::{
        HeaderMap, HeaderValue,
        header::{SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE},
    },
    response::Response,
};

use super::{connection::Connection, respond::refusal, state::AppState};
use crate::{caller::Origin, error::RequestError};

/// The sub-protocol that is spoken here.
const PROTOCOL: &str = "graphql-transport-ws";

/// Bytes that are read from a socket at once. The library keeps as many for each, whether or not anything comes.
const READ_AT_ONCE: usize = 4096;

/// Whether a request wants to become a socket.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    headers.contains_key(SEC_WEBSOCKET_PROTOCOL)
        || headers
            .get(UPGRADE)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Upgrades a request to a socket.
pub(super) fn upgrade(
    state: AppState,
    origin: Origin,
    connection: &Connection,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return refused(&rejection, &origin),
    };
    let limits = &state.services.config.limits;
    let place = match state.streams.socket(origin.address, limits) {
        Ok(place) => place,
        Err(error) => return refusal(&error.into(), &origin.request_id),
    };
    let upgrade = upgrade
        .read_buffer_size(READ_AT_ONCE)
        .max_message_size(limits.body_bytes)
        .max_frame_size(limits.body_bytes)
        .protocols([PROTOCOL]);
    let speaks = upgrade.selected_protocol().is_some();
    let keeper = connection.answers().sibling();
    upgrade.on_upgrade(move |socket| {
        let work = state.work.clone();
        work.track_future(async move {
            let _place = place;
            conversation::hold(socket, state, origin, keeper, speaks).await;
        })
    })
}

/// Why a request does not become a socket. Who speaks another version is told the one that is spoken (RFC 6455 §4.2.2).
fn refused(rejection: &WebSocketUpgradeRejection, origin: &Origin) -> Response {
    if !matches!(rejection, WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(_)) {
        let message = format!("The WebSocket cannot be opened: {rejection}.");
        return refusal(
            &RequestError::unacceptable(400, "Upgrade", message).into(),
            &origin.request_id,
        );
    }
    let message = "The WebSocket cannot be opened: send “Sec-WebSocket-Version: 13”.";
    let error = RequestError::unacceptable(426, "Sec-WebSocket-Version", message);
    let mut response = refusal(&error.into(), &origin.request_id);
    let headers = response.headers_mut();
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    response
}
