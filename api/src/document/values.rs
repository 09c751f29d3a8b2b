//! How many values the variables of an operation hold.

use serde_json::{Map, Value as Json};

use crate::{
    config::Limits,
    error::{RequestError, RequestResult},
    limit::Limit,
};

/// Holds variables to the limit: each is checked against its type and against the schema, which takes longer than to read
/// it.
///
/// # Errors
/// `TOO_MANY_VALUES`.
pub fn check_values(variables: &Map<String, Json>, limits: &Limits) -> RequestResult<()> {
    let found = variables.values().map(count).fold(0, usize::saturating_add);
    if found <= limits.values {
        return Ok(());
    }
    let message = format!(
        "The variables hold {found} values; {} are allowed. Send shorter lists, or several requests.",
        limits.values
    );
    Err(RequestError::exceeded(Limit::Values, message))
}

/// A value and all within it. JSON is read to a bounded depth.
fn count(value: &Json) -> usize {
    let inner = match value {
        Json::Array(items) => items.iter().map(count).fold(0, usize::saturating_add),
        Json::Object(entries) => entries.values().map(count).fold(0, usize::saturating_add),
        _ => 0,
    };
    inner.saturating_add(1)
}
