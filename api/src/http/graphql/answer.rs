//! What a client is answered: completed, with its errors described, in the shape of the specification (GraphQL §7.1).

use std::{collections::BTreeMap, time::Duration};

use async_graphql::{Response, ServerError, Value};
use axum::http::StatusCode;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::dear::Turn;
use crate::{
    document::is_refused,
    error::Error,
    gql,
    limit::{Limit, RateState},
};

/// An answer to one operation, or to one event of a stream.
pub(in crate::http) struct Answer {
    /// Nothing for a request that was not executed.
    data: Option<Value>,
    errors: Vec<ServerError>,
    extensions: BTreeMap<String, Value>,
    refused: Option<Refused>,
    /// Of an answer that took much to make. It ends with the answer.
    _turn: Option<Turn>,
}

/// A request that was not executed.
#[derive(Clone, Copy)]
struct Refused {
    status: StatusCode,
    /// Whether HTTP was at fault, so that clients of either media type get the status.
    is_transport: bool,
    retry_after: Option<Duration>,
    /// Where a caller stands who asks too often.
    rate_state: Option<RateState>,
}

impl Answer {
    /// Why a request is not executed.
    pub(in crate::http) fn refused(error: &Error, request_id: &str) -> Self {
        let mut response = Response::from_errors(gql::refusals(error));
        gql::finish(&mut response, request_id);
        gql::fewer(&mut response.errors);
        Self {
            data: None,
            errors: response.errors,
            extensions: BTreeMap::new(),
            refused: Some(Refused {
                status: status(error),
                is_transport: is_transport(error),
                retry_after: error.retry_after(),
                rate_state: error.rate_state(),
            }),
            _turn: None,
        }
    }

    /// What the executor answered, completed and described.
    pub(in crate::http) fn executed(mut response: Response) -> Self {
        gql::fewer(&mut response.errors);
        let refused = is_refused(&response).then_some(Refused {
            status: StatusCode::BAD_REQUEST,
            is_transport: false,
            retry_after: None,
            rate_state: None,
        });
        Self {
            data: refused.is_none().then_some(response.data),
            errors: response.errors,
            extensions: response.extensions,
            refused,
            _turn: None,
        }
    }

    /// Keeps the turn in which it was made for as long as it is in memory.
    pub(super) fn in_turn(self, turn: Option<Turn>) -> Self {
        Self { _turn: turn, ..self }
    }

    /// Adds what is told beside the data.
    pub(in crate::http) fn tell(&mut self, name: &str, value: Value) {
        self.extensions.insert(name.to_owned(), value);
    }

    /// The status for clients that understand it (`application/graphql-response+json`), or do not.
    pub(in crate::http) fn status(&self, legacy: bool) -> StatusCode {
        match self.refused {
            Some(refused) if refused.is_transport || !legacy => refused.status,
            _ => StatusCode::OK,
        }
    }

    /// Seconds after which to try again: what a refusal says, or the longest wait of the fields that failed.
    pub(in crate::http) fn retry_after(&self) -> Option<u64> {
        match self.refused {
            Some(refused) => Some(refused.retry_after?.as_secs().max(1)),
            None => self.errors.iter().filter_map(wait_of).max(),
        }
    }

    /// Where a caller stands who asks too often.
    pub(in crate::http) fn rate_state(&self) -> Option<RateState> {
        self.refused?.rate_state
    }

    /// Whether the request was not executed.
    pub(in crate::http) fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// Whether HTTP itself has to say no, before any GraphQL.
    pub(in crate::http) fn is_transport(&self) -> bool {
        self.refused.is_some_and(|refused| refused.is_transport)
    }

    /// The errors.
    pub(in crate::http) fn errors(&self) -> &[ServerError] {
        &self.errors
    }

    /// The data, if the operation was executed.
    pub(in crate::http) fn data(&self) -> Option<&Value> {
        self.data.as_ref()
    }

    /// The codes of its errors.
    pub(in crate::http) fn codes(&self) -> impl Iterator<Item = String> {
        let code = |error: &'_ ServerError| match error.extensions.as_ref()?.get("code")? {
            Value::String(code) => Some(code.clone()),
            _ => None,
        };
        self.errors.iter().filter_map(code)
    }

    /// Whether a stream ends with this: its source failed, not a field of an event.
    pub(in crate::http) fn ends_stream(&self) -> bool {
        self.refused.is_some()
            || (self.data == Some(Value::Null) && self.errors.iter().all(|error| error.path.len() <= 1))
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // First, so that whoever reads the answer cannot miss them.
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors)?;
        }
        if let Some(data) = &self.data {
            map.serialize_entry("data", data)?;
        }
        if !self.extensions.is_empty() {
            map.serialize_entry("extensions", &self.extensions)?;
        }
        map.end()
    }
}

/// When a field that failed may pass.
fn wait_of(error: &ServerError) -> Option<u64> {
    match error.extensions.as_ref()?.get("retryAfter")? {
        Value::Number(seconds) => seconds.as_u64(),
        _ => None,
    }
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
        Error::Validation { .. }
        | Error::Unreadable { .. }
        | Error::Invalid(_)
        | Error::Malformed { .. }
        | Error::UnknownDocument
        | Error::UnpublishedDocument => StatusCode::BAD_REQUEST,
        Error::Unacceptable { status, .. } => StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_REQUEST),
        Error::Exceeded { limit, .. } => match limit {
            Limit::Body => StatusCode::PAYLOAD_TOO_LARGE,
            Limit::BodyTime => StatusCode::REQUEST_TIMEOUT,
            Limit::Sockets | Limit::SocketsPerAddress => StatusCode::TOO_MANY_REQUESTS,
            Limit::Time => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        },
        Error::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Internal(_) | Error::Unsettled { has_key: false } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Whether HTTP is at fault rather than GraphQL: a well-formed request for `application/json` is answered 200 whatever
/// its document says (GraphQL over HTTP §6.4.1).
fn is_transport(error: &Error) -> bool {
    !matches!(
        error,
        Error::Validation { .. }
            | Error::Unreadable { .. }
            | Error::Invalid(_)
            | Error::UnknownDocument
            | Error::UnpublishedDocument
    ) && !matches!(error, Error::Exceeded { limit, .. } if limit.is_of_operation())
}
