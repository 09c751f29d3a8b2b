//! Who asks, from the `Authorization` header or a socket's `connection_init`.

use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};
use chrono::{DateTime, Utc};

use super::Edge;
use crate::{caller::Caller, error::Error, identity::authenticate, operation::Services, sessions::Watch};

/// A caller, and until when the token is good that they showed.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) caller: Caller,
    pub(super) expires: Option<DateTime<Utc>>,
}

impl Identity {
    pub(super) const NOBODY: Self = Self {
        caller: Caller::Anonymous,
        expires: None,
    };

    /// Tells when the caller may no longer listen. Who showed no token may listen as long as they like.
    pub(super) fn watch(&self, services: &Services) -> Option<Watch> {
        match (&self.caller, self.expires) {
            (Caller::User(session), Some(expires)) => Some(services.sessions.watch(session.session, expires)),
            _ => None,
        }
    }
}

/// The caller of an HTTP request, or why its token is not good. A handler that takes this cannot forget authentication.
#[derive(Clone)]
pub(super) struct Authenticated(pub(super) Result<Identity, Error>);

impl FromRequestParts<Edge> for Authenticated {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Self::Rejection> {
        // Whoever was admitted is known already.
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let Some(header) = parts.headers.get(AUTHORIZATION) else {
            return Ok(Self(Ok(Identity::NOBODY)));
        };
        Ok(Self(bearer(&edge.services, header.to_str().unwrap_or_default()).await))
    }
}

/// The caller behind `Bearer …`.
///
/// # Errors
/// `UNAUTHENTICATED` when it is something else, or not good.
pub(super) async fn bearer(services: &Services, text: &str) -> Result<Identity, Error> {
    let token = match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() => token.trim(),
        _ => {
            return Err(Error::Unauthenticated(
                "The Authorization must be “Bearer” and an access token.".into(),
            ));
        }
    };
    let (caller, expires) = authenticate(services, token).await?;
    Ok(Identity {
        caller,
        expires: Some(expires),
    })
}
