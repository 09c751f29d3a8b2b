//! How errors leave: one place gives them their code and masks what is internal.

use std::{any::Any, borrow::Cow};

use async_graphql::{ErrorExtensionValues, Pos, Response, ServerError, Value};

use super::brevity::shortened;
use crate::error::{Error, RequestError};

/// Stands for a name that is not told.
const MASK: &str = "…";
/// Names that the specification has, and the one that an advice is about.
const PUBLIC: [&str; 9] = [
    "Query",
    "Mutation",
    "Subscription",
    "Boolean",
    "Float",
    "ID",
    "Int",
    "String",
    "DateTime",
];

/// Gives every error of an answer its `code`, `field` and, for internal ones, the request id.
pub fn finish(response: &mut Response, request_id: &str) {
    for error in &mut response.errors {
        finish_one(error, request_id);
    }
}

/// The errors of a request that is not executed: one, or each fault of its document.
pub fn refusals(error: &Error) -> Vec<ServerError> {
    let Error::Request(RequestError::Invalid(faults)) = error else {
        return vec![refusal(error)];
    };
    let told = faults.iter().map(|fault| {
        let place = fault.place.map(|(line, column)| Pos { line, column });
        let mut error = ServerError::new(fault.message.clone(), place);
        if let Some(field) = &fault.field {
            error.extensions.get_or_insert_default().set("field", field.as_str());
        }
        error
    });
    told.collect()
}

/// The error of a request that is not executed: it belongs to no field of the answer.
pub fn refusal(error: &Error) -> ServerError {
    let place = match error {
        Error::Request(RequestError::Unreadable { place, .. }) => place.map(|(line, column)| Pos { line, column }),
        _ => None,
    };
    ServerError {
        locations: place.into_iter().collect(),
        ..async_graphql::Error::from(error.clone()).into_server_error(Default::default())
    }
}

/// Why nothing of an answer was executed, when a rate refused each of its fields: HTTP has a status for that. To be asked
/// before an answer is finished.
pub fn refused_by_rate(response: &Response) -> Option<&Error> {
    let is_empty = match &response.data {
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        data => *data == Value::Null,
    };
    let known = response.errors.iter().map(|error| known(error.source.as_deref()));
    let refusals =
        known.map(|error| error.filter(|error| matches!(error, Error::Request(RequestError::TooOften { .. }))));
    let refusals: Option<Vec<_>> = refusals.collect();
    refusals?.pop().filter(|_| is_empty)
}

/// Masks the names in errors of the GraphQL layer that neither a client wrote, nor everybody knows. To be done before an
/// answer is finished.
pub fn mask(response: &mut Response, is_written: impl Fn(&str) -> bool) {
    for error in &mut response.errors {
        if known(error.source.as_deref()).is_none() {
            error.message = masked(&error.message, &is_written);
        }
    }
}

/// What names are made of (GraphQL specification §2.1.9).
pub fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// What an error of the GraphQL layer says, without the names that a client did not write. The layer quotes whatever it
/// names.
pub fn masked(message: &str, is_written: impl Fn(&str) -> bool) -> String {
    let pieces = message.split('"').enumerate();
    let pieces: Vec<_> = pieces
        .map(|(place, piece)| match place % 2 {
            0 => Cow::Borrowed(piece),
            _ => Cow::Owned(masked_names(piece, &is_written)),
        })
        .collect();
    pieces.join("\"")
}

fn masked_names(piece: &str, is_written: &impl Fn(&str) -> bool) -> String {
    let mut text = String::with_capacity(piece.len());
    for part in piece.split_inclusive(|letter: char| !is_of_name(letter)) {
        let name = part.trim_end_matches(|letter: char| !is_of_name(letter));
        let is_name = name.starts_with(|first: char| !first.is_ascii_digit());
        text += match is_name && !PUBLIC.contains(&name) && !is_written(name) {
            true => MASK,
            false => name,
        };
        text += &part[name.len()..];
    }
    text
}

fn known(source: Option<&(dyn Any + Send + Sync)>) -> Option<&Error> {
    source?.downcast_ref()
}

fn finish_one(error: &mut ServerError, request_id: &str) {
    let mut extensions = error.extensions.take().unwrap_or_default();
    match known(error.source.take().as_deref()) {
        Some(known) => {
            error.message = known.to_string();
            describe(known, &mut extensions, request_id);
        }
        // Without a source it comes from the GraphQL layer itself: a document or value that does not fit.
        None => extensions.set("code", "VALIDATION"),
    }
    if let Some(Value::String(field)) = extensions.get("field") {
        let field = shortened(field).into_owned();
        extensions.set("field", field);
    }
    error.message = shortened(&error.message).into_owned();
    error.extensions = Some(extensions);
}

fn describe(error: &Error, extensions: &mut ErrorExtensionValues, request_id: &str) {
    extensions.set("code", error.code());
    if let Some(field) = error.field() {
        extensions.set("field", field);
    }
    if let Error::Request(RequestError::Exceeded { limit, .. }) = error {
        extensions.set("limit", limit.key());
    }
    if let Some(wait) = error.retry_after() {
        extensions.set("retryAfter", wait.as_secs());
    }
    if let Error::Internal(cause) = error {
        tracing::error!(request_id, error = format!("{cause:#}"), "internal error");
    }
    if error.code() == "INTERNAL" {
        extensions.set("requestId", request_id);
    }
}
