//! Who asks, from the `Authorization` header or a socket's `connection_init`.

use async_graphql::{
    Response as GraphqlResponse, ServerError,
    parser::{
        parse_query,
        types::{OperationType, Selection},
    },
};
use axum::{
    Json,
    extract::FromRequestParts,
    http::{StatusCode, header::AUTHORIZATION, header::WWW_AUTHENTICATE, request::Parts},
    response::{IntoResponse, Response},
};

use super::Edge;
use crate::{caller::Caller, error::Error, gql, identity::authenticate, operation::Services};

/// The caller of an HTTP request, or why its token is not good. A handler that takes this cannot forget authentication.
pub(super) struct Authenticated(pub(super) Result<Caller, Error>);

impl FromRequestParts<Edge> for Authenticated {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Self::Rejection> {
        let Some(header) = parts.headers.get(AUTHORIZATION) else {
            return Ok(Self(Ok(Caller::Anonymous)));
        };
        Ok(Self(bearer(&edge.services, header.to_str().unwrap_or_default()).await))
    }
}

/// Mutations that need no session, because they make one.
const SIGNING_IN: [&str; 3] = ["signIn", "signUp", "refreshSession"];

/// Whether an operation does nothing but sign in, sign up or refresh.
pub(super) fn only_signs_in(request: &async_graphql::Request) -> bool {
    let Ok(document) = parse_query(&request.query) else {
        return false;
    };
    let mut operations = document.operations.iter();
    let (Some((_, operation)), None) = (operations.next(), operations.next()) else {
        return false;
    };
    let selections = &operation.node.selection_set.node.items;
    operation.node.ty == OperationType::Mutation
        && selections.iter().all(|selection| match &selection.node {
            Selection::Field(field) => SIGNING_IN.contains(&field.node.name.node.as_str()),
            _ => false,
        })
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
pub(super) fn refusal(error: Error, request_id: &str) -> Response {
    let status = match error {
        Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::NotFound { .. } => StatusCode::NOT_FOUND,
        Error::Conflict { .. } | Error::StillRunning { .. } => StatusCode::CONFLICT,
        Error::Limited(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Validation { .. } => StatusCode::BAD_REQUEST,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let error: ServerError = async_graphql::Error::from(error).into_server_error(Default::default());
    let mut response = GraphqlResponse::from_errors(vec![ServerError {
        locations: Vec::new(),
        ..error
    }]);
    gql::finish(&mut response, request_id);
    let body = serde_json::json!({ "errors": response.errors });
    match status {
        // RFC 9110 §11.6.1: who is to show credentials learns which.
        StatusCode::UNAUTHORIZED => (status, [(WWW_AUTHENTICATE, "Bearer")], Json(body)).into_response(),
        _ => (status, Json(body)).into_response(),
    }
}
