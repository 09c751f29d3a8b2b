//! Who asks, from the `Authorization` header.

use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};

use super::state::AppState;
use crate::{
    error::Error,
    front::{AuthenticatedCaller, bearer},
};

/// The caller of an HTTP request, or why its token is not good. A handler that takes this cannot forget authentication.
#[derive(Clone)]
pub(super) struct Authenticated(pub(super) Result<AuthenticatedCaller, Error>);

impl FromRequestParts<AppState> for Authenticated {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        // Whoever was admitted is known already.
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let Some(header) = parts.headers.get(AUTHORIZATION) else {
            return Ok(Self(Ok(AuthenticatedCaller::NOBODY)));
        };
        Ok(Self(bearer(&state.services, header.to_str().unwrap_or_default()).await))
    }
}
