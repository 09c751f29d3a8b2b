//! Answers as responses: status, headers, and the room that their bodies take.

use axum::{
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};

use super::{
    compression::NotCompressed,
    connection::{BudgetPermit, Connection},
    negotiation::{Form, accepted},
    rate_headers::standing,
    status::status_of,
};
use crate::{error::Error, front::Answer};

/// The answer to a request that is not answered, in the form that its headers ask for.
pub(super) fn refuse(headers: &HeaderMap, request_id: &str, error: &Error) -> Response {
    let form = accepted(headers).form.unwrap_or(Form::Json);
    respond(&Answer::refused(error, request_id), form, &Connection::default())
}

/// The error body of a request for a file that is not answered.
pub(super) fn refusal(error: &Error, request_id: &str) -> Response {
    respond(&Answer::refused(error, request_id), Form::Json, &Connection::default())
}

pub(super) fn respond(answer: &Answer, form: Form, connection: &Connection) -> Response {
    respond_in(answer, form, connection, BudgetPermit::default())
}

/// Responds in the room that was taken for it.
pub(super) fn respond_in(answer: &Answer, form: Form, connection: &Connection, taken: BudgetPermit) -> Response {
    let status = status_of(answer, form == Form::Json);
    let mut response = json(status, form, serde_json::to_vec(answer), connection, taken);
    let headers = response.headers_mut();
    match status {
        // RFC 9110 §11.6.1: who is to show credentials learns which.
        StatusCode::UNAUTHORIZED => drop(headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        // What is left of the body is not read (RFC 9112 §9.6).
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        // RFC 9110 §15.5.6.
        StatusCode::METHOD_NOT_ALLOWED => drop(headers.insert(ALLOW, HeaderValue::from_static("GET, POST, OPTIONS"))),
        _ => {}
    }
    if let Some(seconds) = answer.retry_after() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if answer.is_refused() {
        response.extensions_mut().insert(NotCompressed);
    }
    match answer.rate_state() {
        Some(rate) => standing(response, rate),
        None => response,
    }
}

/// A body that is kept on its connection until it is sent.
pub(super) fn json(
    status: StatusCode,
    form: Form,
    body: serde_json::Result<Vec<u8>>,
    connection: &Connection,
    taken: BudgetPermit,
) -> Response {
    let body = match body {
        Ok(body) => connection.keep(body, taken),
        Err(cause) => {
            tracing::error!(%cause, "an answer could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let headers = [
        (CONTENT_TYPE, form.content_type()),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (VARY, HeaderValue::from_static("accept, authorization")),
    ];
    (status, headers, body).into_response()
}
