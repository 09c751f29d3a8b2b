//! How errors leave: one place gives them their code and masks what is internal.

use async_graphql::{ErrorExtensionValues, Pos, Response, ServerError};

use crate::error::Error;

/// Gives every error of an answer its `code`, `field` and, for internal ones, the request id.
pub fn finish(response: &mut Response, request_id: &str) {
    for error in &mut response.errors {
        finish_one(error, request_id);
    }
}

/// The errors of a request that is not executed: one, or each fault of its document.
pub fn refusals(error: &Error) -> Vec<ServerError> {
    let Error::Invalid(faults) = error else {
        return vec![refusal(error)];
    };
    let told = faults.iter().map(|fault| {
        let place = fault.place.map(|(line, column)| Pos { line, column });
        ServerError::new(fault.message.clone(), place)
    });
    told.collect()
}

/// The error of a request that is not executed: it belongs to no field of the answer.
pub fn refusal(error: &Error) -> ServerError {
    let place = match error {
        Error::Unreadable { place, .. } => place.map(|(line, column)| Pos { line, column }),
        _ => None,
    };
    ServerError {
        locations: place.into_iter().collect(),
        ..async_graphql::Error::from(error.clone()).into_server_error(Default::default())
    }
}

fn finish_one(error: &mut ServerError, request_id: &str) {
    let mut extensions = error.extensions.take().unwrap_or_default();
    match error
        .source
        .take()
        .as_deref()
        .and_then(|source| source.downcast_ref::<Error>())
    {
        Some(known) => {
            error.message = known.to_string();
            describe(known, &mut extensions, request_id);
        }
        // Without a source it comes from the GraphQL layer itself: a document or value that does not fit.
        None => {
            extensions.set("code", "VALIDATION");
            if let Some(field) = argument_at_fault(&error.message) {
                extensions.set("field", field);
            }
            if let Some(advice) = advice(&error.message) {
                error.message = format!("{}. {advice}", error.message);
            }
        }
    }
    error.extensions = Some(extensions);
}

fn describe(error: &Error, extensions: &mut ErrorExtensionValues, request_id: &str) {
    extensions.set("code", error.code());
    if let Some(field) = error.field() {
        extensions.set("field", field);
    }
    if let Error::Exceeded { limit, .. } = error {
        extensions.set("limit", limit.key());
    }
    if let Some(wait) = error.retry_after() {
        extensions.set("retryAfter", wait.as_secs());
    }
    if let Error::Internal(cause) = error {
        tracing::error!(request_id, error = format!("{cause:#}"), "internal error");
        extensions.set("requestId", request_id);
    }
}

/// The validator names an argument as `Invalid value for argument "input.quantity", …`, and a field that is missing or
/// unknown behind it.
fn argument_at_fault(message: &str) -> Option<&str> {
    let (path, reason) = message
        .strip_prefix("Invalid value for argument \"")?
        .split_once("\", ")?;
    let named = reason
        .strip_prefix("field \"")
        .or_else(|| reason.strip_prefix("unknown field \""));
    match named {
        Some(named) => named.split('"').next(),
        // The items of a list are numbered.
        None => path.rsplit('.').find(|part| part.parse::<usize>().is_err()),
    }
}

/// What the validator does not say of a scalar of ours.
fn advice(message: &str) -> Option<&'static str> {
    let example = "A DateTime looks like 2026-12-31T20:00:00Z.";
    message.ends_with("expected type \"DateTime\"").then_some(example)
}
