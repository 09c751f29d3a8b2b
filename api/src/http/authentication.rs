//! Who asks, from the `Authorization` header or a socket's `connection_init`.

use async_graphql::{Response as GraphqlResponse, ServerError};
use axum::{
    Json,
    extract::FromRequestParts,
    http::{StatusCode, header::AUTHORIZATION, header::WWW_AUTHENTICATE, request::Parts},
    response::{IntoResponse, Response},
};

use super::Edge;
use crate::{
    caller::{Caller, Origin},
    error::Error,
    gql,
    identity::authenticate,
    operation::Services,
};

/// The caller of an HTTP request. A handler that takes this cannot forget authentication.
pub(super) struct Authenticated(pub(super) Caller);

impl FromRequestParts<Edge> for Authenticated {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Response> {
        let Some(header) = parts.headers.get(AUTHORIZATION) else {
            return Ok(Self(Caller::Anonymous));
        };
        let text = header.to_str().unwrap_or_default();
        match bearer(&edge.services, text).await {
            Ok(caller) => Ok(Self(caller)),
            Err(error) => {
                let Ok(origin) = Origin::from_request_parts(parts, edge).await;
                Err(refusal(error, &origin))
            }
        }
    }
}

/// The caller behind `Bearer …`.
///
/// # Errors
/// `UNAUTHENTICATED` when it is something else, or not good.
pub(super) async fn bearer(services: &Services, text: &str) -> Result<Caller, Error> {
    let token = match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() => token.trim(),
        _ => {
            return Err(Error::Unauthenticated(
                "The Authorization must be “Bearer” and an access token.".into(),
            ));
        }
    };
    Ok(authenticate(services, token).await?.0)
}

/// A GraphQL error body for a request that is not executed.
fn refusal(error: Error, origin: &Origin) -> Response {
    let status = match error {
        Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Error::Limited(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let error: ServerError = async_graphql::Error::from(error).into_server_error(Default::default());
    let mut response = GraphqlResponse::from_errors(vec![ServerError {
        locations: Vec::new(),
        ..error
    }]);
    gql::finish(&mut response, &origin.request_id);
    let body = serde_json::json!({ "errors": response.errors });
    (status, [(WWW_AUTHENTICATE, "Bearer")], Json(body)).into_response()
}
