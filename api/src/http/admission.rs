//! Every request is admitted and counted, whatever it asks for, before anything is done for it: by its address first, and by
//! its user when that is known. Probes alone are not: what they ask costs nothing.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderName, request::Parts},
    middleware::Next,
    response::Response,
};

use super::{Edge, authentication::Authenticated, graphql};
use crate::{
    caller::Origin,
    error::{Error, Result},
    limit::RateState,
};

/// Counts a request, and lets it in with the caller that it names.
pub(super) async fn admit(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let state = match counted(&edge, &mut parts).await {
        Ok(state) => state,
        Err(refusal) => return *refusal,
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    standing(response, state)
}

/// Counts a request, finds out who asks, and counts them.
///
/// # Errors
/// The refusal of one that comes too often.
pub(super) async fn counted(edge: &Edge, parts: &mut Parts) -> Result<RateState, Box<Response>> {
    let Ok(origin) = Origin::from_request_parts(parts, edge).await;
    let rates = &edge.services.rates;
    let refused = |error: Error, parts: &Parts| {
        edge.services.metrics.error(error.code());
        Box::new(graphql::refuse(&parts.headers, &origin.request_id, &error))
    };
    // First: to look at a token is work, too.
    let of_address = rates.enter(origin.address);
    let of_address = of_address.map_err(|error| refused(error.into(), parts))?;
    let Ok(Authenticated(identity)) = Authenticated::from_request_parts(parts, edge).await;
    let user = identity.as_ref().ok().and_then(|identity| identity.caller.user());
    let of_user = user.map(|user| rates.check_user(user)).transpose();
    let of_user = of_user.map_err(|error| refused(error.into(), parts))?;
    parts.extensions.insert(Authenticated(identity));
    Ok(of_user.unwrap_or(of_address))
}

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
