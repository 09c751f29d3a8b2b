//! `/metrics`, for whoever may read it. For everybody else there is no such thing.

use std::net::SocketAddr;

use aws_lc_rs::{constant_time, digest};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{
        HeaderMap,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};

use super::{address::is_forwarded, admission, pages, rate_headers::standing, state::AppState};
use crate::{config::MetricsToken, operation::Services, telemetry::PoolState};

/// The text form of OpenMetrics, which Prometheus reads.
const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `/metrics`. Who may read it is never refused for others; everybody else is counted as for any other page.
pub(super) async fn read(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (mut parts, _) = request.into_parts();
    let headers = &parts.headers;
    let may_read = match &state.services.config.telemetry.metrics_token {
        Some(token) => shows(headers, token),
        None => peer.ip().to_canonical().is_loopback() && !is_forwarded(headers),
    };
    if !may_read {
        return match admission::counted(&state, &mut parts).await {
            Ok(rate) => standing(pages::missing(), rate),
            Err(refusal) => *refusal,
        };
    }
    look(&state.services);
    ([(CONTENT_TYPE, FORM)], state.services.metrics.text()).into_response()
}

/// Whether the request shows the token. Digests are compared, so that the time tells nothing.
fn shows(headers: &HeaderMap, token: &MetricsToken) -> bool {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some((scheme, shown)) = value.and_then(|text| text.split_once(' ')) else {
        return false;
    };
    let hash = |text: &str| digest::digest(&digest::SHA256, text.as_bytes());
    let (shown, wanted) = (hash(shown.trim()), hash(token.reveal()));
    scheme.eq_ignore_ascii_case("bearer")
        && constant_time::verify_slices_are_equal(shown.as_ref(), wanted.as_ref()).is_ok()
}

/// Takes down what is not counted as it happens.
fn look(services: &Services) {
    services.metrics.statements(services.store.statements());
    for pool in services.store.pools() {
        let in_use = pool.open.saturating_sub(pool.idle);
        services
            .metrics
            .database_connections(pool.name, PoolState::Idle, pool.idle);
        services
            .metrics
            .database_connections(pool.name, PoolState::InUse, in_use);
    }
}
