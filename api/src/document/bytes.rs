//! How many bytes the values of an answer may take.

use async_graphql::{Value, parser::types::Type};

use super::outline::{base_name, is_list};
use crate::validation::MAX_JSON;

/// Of a text for which nothing else is said: names, titles, hashes.
const TEXT: u64 = 256;
/// Of a description that people write.
const DESCRIPTION: u64 = 8 * 1024;
/// Of what a program wrote for programs: the policy of a draw, a receipt.
const DOCUMENT: u64 = 64 * 1024;
/// Of ids, numbers, times, enum values.
const SMALL: u64 = 32;
/// How many values a list has that has no fields of its own.
const VALUES: u64 = 10;

/// What a value of a field may take, as far as its type and name say. The schema's own descriptions are sentences.
pub(super) fn expected(parent: &str, field: &str, ty: &Type) -> u64 {
    let one = match (base_name(ty), field) {
        ("JSON", _) => MAX_JSON as u64,
        ("String", "description") if !parent.starts_with("__") => DESCRIPTION,
        ("String", "policyDocument" | "document") => DOCUMENT,
        ("String", _) => TEXT,
        _ => SMALL,
    };
    match is_list(ty) {
        true => one.saturating_mul(VALUES),
        false => one,
    }
}

/// What a value takes.
pub(super) fn taken(value: &Value) -> u64 {
    match value {
        Value::String(text) => text.len() as u64,
        Value::Enum(name) => name.len() as u64,
        Value::Binary(bytes) => bytes.len() as u64,
        Value::List(items) => items.iter().map(taken).fold(0, u64::saturating_add),
        Value::Object(entries) => entries
            .iter()
            .map(|(key, value)| taken(value).saturating_add(key.len() as u64))
            .fold(0, u64::saturating_add),
        Value::Null | Value::Number(_) | Value::Boolean(_) => SMALL,
    }
}
