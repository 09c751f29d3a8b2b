//! GraphQL over WebSocket: the sub-protocol `graphql-transport-ws`.

mod conversation;
pub(super) mod message;
mod running;
mod writer;

use axum::{
    extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, header::SEC_WEBSOCKET_PROTOCOL},
    response::Response,
};

use super::{Edge, graphql::refusal};
use crate::caller::Origin;

/// The sub-protocol that is spoken here.
const PROTOCOL: &str = "graphql-transport-ws";

/// Whether a request wants to become a socket.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    headers.contains_key(SEC_WEBSOCKET_PROTOCOL)
        || headers
            .get(axum::http::header::UPGRADE)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Upgrades a request to a socket.
pub(super) fn upgrade(
    edge: Edge,
    origin: Origin,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            let message = format!("The WebSocket cannot be opened: {rejection}.");
            let error = crate::error::Error::unacceptable(400, "Upgrade", message);
            return refusal(&error, &origin.request_id);
        }
    };
    let limits = &edge.services.config.limits;
    let place = match edge.occupancy.socket(origin.address, limits) {
        Ok(place) => place,
        Err(error) => return refusal(&error, &origin.request_id),
    };
    let upgrade = upgrade
        .max_message_size(limits.body_bytes)
        .max_frame_size(limits.body_bytes)
        .protocols([PROTOCOL]);
    let speaks = upgrade.selected_protocol().is_some();
    upgrade.on_upgrade(move |socket| {
        let work = edge.work.clone();
        work.track_future(async move {
            let _place = place;
            conversation::hold(socket, edge, origin, speaks).await;
        })
    })
}
