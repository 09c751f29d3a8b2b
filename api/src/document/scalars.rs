//! What the scalars of our own take, wherever a value of theirs comes from.

use async_graphql::{Number, Value};
use chrono::{DateTime, Utc};

/// The largest Long: what a JSON number holds exactly everywhere.
pub const MAX_LONG: i64 = (1 << 53) - 1;

/// The number that a Long is: a whole one of up to 53 bits.
pub fn long(value: &Value) -> Option<i64> {
    whole(value).filter(|number| (-MAX_LONG..=MAX_LONG).contains(number))
}

/// The moment that a `DateTime` is, in RFC 3339 form.
pub fn moment(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()),
        _ => None,
    }
}

/// A whole number, however it is written: 2.0 is 2.
pub(super) fn whole(value: &Value) -> Option<i64> {
    let Value::Number(number) = value else { return None };
    number.as_i64().or_else(|| {
        let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
        let is_exact = number.abs() <= MAX_LONG as f64;
        #[allow(clippy::cast_possible_truncation, reason = "it is whole, and has 53 bits")]
        is_exact.then_some(number as i64)
    })
}

/// The value of a scalar in the form in which the executor takes it; nothing for what the scalar does not take.
pub(super) fn coerced(scalar: &str, value: Value) -> Option<Value> {
    match (scalar, value) {
        ("Int", value) => i32::try_from(whole(&value)?)
            .ok()
            .map(|number| Value::Number(number.into())),
        ("Float", value @ Value::Number(_)) | ("String", value @ Value::String(_)) => Some(value),
        ("Boolean", value @ Value::Boolean(_)) | ("ID", value @ Value::String(_)) => Some(value),
        ("ID", Value::Number(number)) => id(&number).map(Value::String),
        ("Float" | "String" | "Boolean" | "ID", _) => None,
        ("Long", value) => long(&value).map(|number| Value::Number(number.into())),
        ("DateTime", value) => moment(&value).is_some().then_some(value),
        (_, value) => Some(value),
    }
}

fn id(number: &Number) -> Option<String> {
    let whole = whole(&Value::Number(number.clone())).map(|number| number.to_string());
    whole.or_else(|| number.as_u64().map(|number| number.to_string()))
}

/// Whether a text or a name in a value holds U+0000, which a database may not take.
pub(super) fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::List(items) => items.iter().any(holds_nul),
        Value::Object(entries) => entries
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

/// What a scalar takes, in words.
pub(super) fn described(scalar: &str) -> &'static str {
    match scalar {
        "Int" => "a whole number of 32 bits",
        "Float" => "a number",
        "String" => "a text",
        "Boolean" => "true or false",
        "ID" => "a text or a whole number",
        "Long" => "a whole number of up to 53 bits",
        "DateTime" => "a moment that looks like 2026-12-31T20:00:00Z",
        _ => "a value",
    }
}
