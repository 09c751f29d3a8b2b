//! One id through a request's answer and all its log lines.

use std::{
    net::{IpAddr, SocketAddr},
    time::Instant,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderName, HeaderValue, header::USER_AGENT, request::Parts},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use super::{address::client_address, state::AppState, trace};
use crate::{caller::Origin, validation::MAX_USER_AGENT};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id that a request goes by: its own, when whoever sent it gave a plain one, or a new one. Nothing is decided by
/// it: it is there to be found again.
#[derive(Clone)]
struct RequestId(String);

/// Where a request comes from: the peer, or whom trusted proxies name.
#[derive(Clone, Copy)]
pub(super) struct ClientAddress(pub(super) IpAddr);

/// Gives the request its id, logs it, and tells the id to the client.
pub(super) async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = given_id(&request).unwrap_or_else(|| uuid::Uuid::now_v7().simple().to_string());
    let header = HeaderValue::from_str(&id).ok();
    request.extensions_mut().insert(RequestId(id.clone()));
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let address = client_address(&state.services.config.connections, peer.ip(), request.headers());
        request.extensions_mut().insert(ClientAddress(address));
    }
    let span = tracing::info_span!("request", request_id = id);
    let traced = trace::request_span(&request, &id);
    let ending = traced.clone();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    async move {
        let start = Instant::now();
        let mut response = next.run(request).await;
        if let Some(header) = header {
            response.headers_mut().insert(REQUEST_ID, header);
        }
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        trace::answered(&ending, response.status());
        let status = response.status().as_u16();
        if is_probe(&path) {
            tracing::debug!(%method, path, status, milliseconds, "answered");
        } else {
            tracing::info!(%method, path, status, milliseconds, "answered");
        }
        response
    }
    .instrument(span)
    .instrument(traced)
    .await
}

/// What machines ask every few seconds.
fn is_probe(path: &str) -> bool {
    path.starts_with("/health/") || path == "/metrics"
}

fn given_id(request: &Request) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let plain = (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain.then(|| id.to_owned())
}

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self {
            request_id: parts
                .extensions
                .get::<RequestId>()
                .map(|id| id.0.clone())
                .unwrap_or_default(),
            address: parts.extensions.get::<ClientAddress>().map(|client| client.0),
            user_agent: user_agent.map(|text| text.chars().take(MAX_USER_AGENT).collect()),
        })
    }
}
