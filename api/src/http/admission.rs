//! Every request is admitted and counted, whatever it asks for, before anything is done for it: by its address first, and by
//! its user when that is known. Probes alone are not: what they ask costs nothing.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::request::Parts,
    middleware::Next,
    response::Response,
};

use super::{authentication::Authenticated, rate_headers::standing, respond::refuse, state::AppState};
use crate::{
    caller::Origin,
    error::{Error, Result},
    limit::RateState,
};

/// Counts a request, and lets it in with the caller that it names.
pub(super) async fn admit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let rate = match counted(&state, &mut parts).await {
        Ok(rate) => rate,
        Err(refusal) => return *refusal,
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    standing(response, rate)
}

/// Counts a request, finds out who asks, and counts them.
///
/// # Errors
/// The refusal of one that comes too often.
pub(super) async fn counted(state: &AppState, parts: &mut Parts) -> Result<RateState, Box<Response>> {
    let Ok(origin) = Origin::from_request_parts(parts, state).await;
    let rates = &state.services.rates;
    let refused = |error: Error, parts: &Parts| {
        state.services.metrics.error(error.code());
        Box::new(refuse(&parts.headers, &origin.request_id, &error))
    };
    // First: to look at a token is work, too.
    let of_address = rates.enter(origin.address);
    let of_address = of_address.map_err(|error| refused(error.into(), parts))?;
    let Ok(Authenticated(identity)) = Authenticated::from_request_parts(parts, state).await;
    let user = identity.as_ref().ok().and_then(|identity| identity.caller.user());
    let of_user = user.map(|user| rates.check_user(user)).transpose();
    let of_user = of_user.map_err(|error| refused(error.into(), parts))?;
    parts.extensions.insert(Authenticated(identity));
    Ok(of_user.unwrap_or(of_address))
}
