//! Reads JSON that a client sends. What it means must not depend on who reads it: a name stands in an object once, and
//! none has a meaning of its own, as some have to the usual reader.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value as Json};

use crate::error::{RequestError, RequestResult};

/// The JSON in some bytes. What nests deeper than 128 levels is refused.
///
/// # Errors
/// `VALIDATION` that says where it stops being JSON.
pub(crate) fn parse(bytes: &[u8]) -> RequestResult<Json> {
    if bytes.is_empty() {
        return Err(RequestError::malformed(
            "body",
            "The body is empty. Send a JSON object with a query.",
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|cause| {
        RequestError::malformed("body", format!("The body is no UTF-8 at byte {}.", cause.valid_up_to()))
    })?;
    read("The body", text).map_err(|message| RequestError::malformed("body", message))
}

/// The value that a text is. What nests deeper than 128 levels is refused.
///
/// # Errors
/// A sentence that begins with `what` and says where and why it is none.
pub(crate) fn read(what: &str, text: &str) -> Result<Json, String> {
    let read: serde_json::Result<Plain> = serde_json::from_str(text);
    read.map(|plain| plain.0).map_err(|cause| {
        let why = cause.to_string();
        match why.strip_prefix("number out of range") {
            Some(place) => format!("{what} has a number that is out of every range{place}. Write a smaller one."),
            None if cause.is_data() => format!("{what} {why}."),
            None => format!("{what} is no JSON: {why}."),
        }
    })
}

struct Plain(Json);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading).map(Self)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(Plain(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some((name, Plain(value))) = entries.next_entry::<String, _>()? {
            if object.contains_key(&name) {
                // Of a long name its beginning is enough.
                let name: String = name.chars().take(100).collect();
                let message = format!("has an object in which the name {name:?} stands twice");
                return Err(A::Error::custom(message));
            }
            object.insert(name, value);
        }
        Ok(Json::Object(object))
    }
}
