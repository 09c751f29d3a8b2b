//! GraphQL over WebSocket: the sub-protocol `graphql-transport-ws`.

use async_graphql::Data;
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures::{SinkExt, StreamExt, channel::mpsc};
use serde_json::Value as Json;

use super::{Edge, authentication::bearer};
use crate::caller::{Caller, Origin};

/// Messages of one socket that wait for its client.
const QUEUE: usize = 16;

/// Upgrades a request to a socket.
pub(super) async fn upgrade(
    State(edge): State<Edge>,
    origin: Origin,
    protocol: Result<GraphQLProtocol, StatusCode>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let (Ok(protocol), Ok(upgrade)) = (protocol, upgrade) else {
        let advice = "This address takes GraphQL by POST, and WebSockets of the sub-protocol graphql-transport-ws.\n";
        return (StatusCode::BAD_REQUEST, advice).into_response();
    };
    upgrade.protocols(["graphql-transport-ws"]).on_upgrade(move |socket| {
        let work = edge.work.clone();
        work.track_future(serve(socket, edge, origin, protocol))
    })
}

/// Serves a socket until its client leaves or the server shuts down, which closes it with 1001.
async fn serve(socket: WebSocket, edge: Edge, origin: Origin, protocol: GraphQLProtocol) {
    let Edge {
        services,
        socket_schema,
        shutdown,
        ..
    } = edge;
    let (mut to_client, from_client) = socket.split();
    let (answers, mut outgoing) = mpsc::channel(QUEUE);
    let mut data = Data::default();
    data.insert(origin);
    let initialise = |payload: Json| async move {
        let mut data = Data::default();
        data.insert(match authorization(&payload) {
            Some(Json::String(text)) => bearer(&services, text).await?,
            Some(_) => {
                return Err("authorization in connection_init must be a text: Bearer and the access token".into());
            }
            None => Caller::Anonymous,
        });
        Ok(data)
    };
    let conversation = GraphQLWebSocket::new_with_pair(answers, from_client, socket_schema, protocol)
        .with_data(data)
        .on_connection_init(initialise)
        .serve();
    let mut conversation = std::pin::pin!(conversation);
    let mut over = false;
    loop {
        tokio::select! {
            () = &mut conversation, if !over => over = true,
            message = outgoing.next() => {
                let Some(message) = message else { return };
                if to_client.send(message).await.is_err() {
                    return;
                }
            }
            () = shutdown.cancelled() => {
                let frame = CloseFrame { code: close_code::AWAY, reason: "The server is shutting down.".into() };
                // The client may be gone already; then there is nobody to tell.
                let _ = to_client.send(Message::Close(Some(frame))).await;
                return;
            }
        }
    }
}

/// `authorization` of `connection_init`, in whichever case a client writes it.
fn authorization(payload: &Json) -> Option<&Json> {
    let mut entries = payload.as_object()?.iter();
    entries
        .find(|(key, _)| key.eq_ignore_ascii_case("authorization"))
        .map(|(_, value)| value)
}
