//! What browsers may do with our answers: pages of other sites, embedding, guessing, keeping.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue, Method, StatusCode,
        header::{
            AUTHORIZATION, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
            IF_NONE_MATCH, ORIGIN, REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY, WWW_AUTHENTICATE,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};
use tower_http::cors::CorsLayer;

use super::state::AppState;
use crate::config::BrowserConfig;

/// How long a browser need not ask again whether it may ask. Chromium keeps no answer for longer than two hours.
const PREFLIGHT: Duration = Duration::from_secs(2 * 60 * 60);
/// Answers of the API show nothing and are shown nowhere.
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
const EMBEDDING: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Headers that pages of other sites may send.
const SENT: [HeaderName; 9] = [
    AUTHORIZATION,
    CONTENT_TYPE,
    IF_NONE_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("tombola-app"),
    HeaderName::from_static("tombola-explain"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("apollo-require-preflight"),
];
/// Headers that they may read.
const READ: [HeaderName; 8] = [
    CONTENT_DISPOSITION,
    ETAG,
    HeaderName::from_static("ratelimit-limit"),
    HeaderName::from_static("ratelimit-remaining"),
    HeaderName::from_static("ratelimit-reset"),
    RETRY_AFTER,
    WWW_AUTHENTICATE,
    HeaderName::from_static("x-request-id"),
];

/// Lets the pages of the configured sites ask. Without credentials: no cookie is read here, and a page has to have a
/// token of its own.
pub(super) fn other_sites(config: &BrowserConfig) -> CorsLayer {
    let origins: Vec<_> = config
        .origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok())
        .collect();
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_headers(SENT)
        .expose_headers(READ)
        .max_age(PREFLIGHT)
        .vary([ORIGIN])
}

/// Adds what an answer does not say itself: pages have rules of their own.
pub(super) async fn protect(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    let is_https = state
        .services
        .config
        .public_url
        .as_deref()
        .is_some_and(|url| url.starts_with("https://"));
    let headers = response.headers_mut();
    let mut add = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    add(X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(REFERRER_POLICY, "no-referrer");
    add(CONTENT_SECURITY_POLICY, API_POLICY);
    add(EMBEDDING, "same-origin");
    add(CACHE_CONTROL, "no-store");
    if is_https {
        add(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}
