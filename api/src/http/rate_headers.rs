//! Where a caller stands, in the headers of an answer.

use axum::{http::HeaderName, response::Response};

use crate::limit::RateState;

/// Says where a caller stands, unless that is said already: `RateLimit-Limit`, `RateLimit-Remaining` and
/// `RateLimit-Reset` (draft-ietf-httpapi-ratelimit-headers-06).
pub(super) fn standing(mut response: Response, state: RateState) -> Response {
    let fields: [(&'static str, u64); 3] = [
        ("ratelimit-limit", state.limit.into()),
        ("ratelimit-remaining", state.remaining.into()),
        ("ratelimit-reset", state.reset_seconds),
    ];
    for (name, value) in fields {
        let name = HeaderName::from_static(name);
        response.headers_mut().entry(name).or_insert(value.into());
    }
    response
}
