//! The status of an answer (GraphQL over HTTP §6.4).

use axum::http::StatusCode;

use crate::{
    error::{Error, RequestError},
    front::{Answer, Refusal},
    limit::Limit,
};

/// The status for clients that understand it (`application/graphql-response+json`), or do not.
pub(super) fn status_of(answer: &Answer, legacy: bool) -> StatusCode {
    match answer.refusal() {
        Some(Refusal::By(error)) if is_transport(error) || !legacy => status(error),
        Some(Refusal::ByExecutor) if !legacy => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    }
}

/// Whether HTTP itself has to say no, before any GraphQL.
pub(super) fn is_refused_by_transport(answer: &Answer) -> bool {
    matches!(answer.refusal(), Some(Refusal::By(error)) if is_transport(error))
}

/// The status of a request that is not executed.
fn status(error: &Error) -> StatusCode {
    match error {
        Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::NotFound { .. } => StatusCode::NOT_FOUND,
        Error::Conflict { .. } | Error::StillRunning { .. } | Error::Unsettled { has_key: true } => {
            StatusCode::CONFLICT
        }
        Error::Limited(_) | Error::Bound(_) | Error::Outage(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Validation { .. } => StatusCode::BAD_REQUEST,
        Error::Request(error) => status_of_request(error),
        Error::Internal(_) | Error::Unsettled { has_key: false } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn status_of_request(error: &RequestError) -> StatusCode {
    match error {
        RequestError::Inexecutable { .. }
        | RequestError::Unreadable { .. }
        | RequestError::Invalid(_)
        | RequestError::Malformed { .. }
        | RequestError::UnknownDocument
        | RequestError::UnpublishedDocument => StatusCode::BAD_REQUEST,
        RequestError::Unacceptable { status, .. } => StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_REQUEST),
        RequestError::Exceeded { limit, .. } => match limit {
            Limit::Body => StatusCode::PAYLOAD_TOO_LARGE,
            Limit::BodyTime => StatusCode::REQUEST_TIMEOUT,
            Limit::Sockets | Limit::SocketsPerAddress => StatusCode::TOO_MANY_REQUESTS,
            Limit::Time => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        },
        RequestError::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// Whether HTTP is at fault rather than GraphQL: a well-formed request for `application/json` is answered 200 whatever
/// its document says (GraphQL over HTTP §6.4.1).
fn is_transport(error: &Error) -> bool {
    match error {
        Error::Validation { .. } => false,
        Error::Request(error) => match error {
            RequestError::Malformed { .. } | RequestError::Unacceptable { .. } | RequestError::TooOften { .. } => true,
            RequestError::Exceeded { limit, .. } => !limit.is_of_operation(),
            RequestError::Inexecutable { .. }
            | RequestError::Unreadable { .. }
            | RequestError::Invalid(_)
            | RequestError::UnknownDocument
            | RequestError::UnpublishedDocument => false,
        },
        _ => true,
    }
}
