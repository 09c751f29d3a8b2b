//! Scalars of our own.

use std::borrow::Cow;

use async_graphql::{
    InputType, InputValueError, InputValueResult, Number, Scalar, ScalarType, Value, registry::Registry,
};

use chrono::{DateTime, SecondsFormat, Utc};

use crate::{document::scalars, error::Error};

/// A whole number of up to 53 bits, as a JSON number: event sequences and tickets, which do not fit an Int.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Long(pub i64);

impl Long {
    /// The largest: what a JSON number holds exactly everywhere.
    pub const MAX: i64 = scalars::MAX_LONG;
}

/// A whole number from -9007199254740991 to 9007199254740991, as a JSON number.
#[Scalar(name = "Long")]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = scalars::long(&value).map(Self);
        number.ok_or_else(|| InputValueError::custom("A Long is a whole number of up to 53 bits."))
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }
}

/// A moment, as clients write and read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp(pub DateTime<Utc>);

impl Timestamp {
    /// The moment.
    pub fn time(self) -> DateTime<Utc> {
        self.0
    }
}

/// A moment in RFC 3339 form with its offset, such as 2026-12-31T20:00:00Z. Answers are in UTC, to the millisecond.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html"
)]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        let time = scalars::moment(&value).map(Self);
        time.ok_or_else(|| InputValueError::custom("A DateTime looks like 2026-12-31T20:00:00Z."))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// JSON that client programs keep.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub serde_json::Value);

/// Any JSON value; where one is set, an object of at most 16 KiB and 32 levels. It comes back in one form: names in the
/// order of their characters, each once; whole numbers of 64 bits exactly, in digits, and all others as the nearest
/// double-precision number, so that 1.0 comes back as 1. JavaScript reads whole numbers beyond ±9007199254740991 as the
/// nearest double: send larger ones as texts.
#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

impl From<&serde_json::Value> for Json {
    fn from(value: &serde_json::Value) -> Self {
        Self(value.clone())
    }
}

/// GraphQL's Int on its way in, before any bound is checked: a number that is too large is refused by the rule of its
/// field, which can say what is allowed, and not by the parser, which cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Int(pub i64);

impl Int {
    /// The number as the services take it; they know the bounds of each field.
    ///
    /// # Errors
    /// `VALIDATION` when it fits no field at all.
    pub fn narrow(self, field: &'static str) -> Result<i32, Error> {
        i32::try_from(self.0).map_err(|_| {
            let message = format!(
                "{field} is {}, which is out of every range. Its description says what is allowed.",
                self.0
            );
            Error::validation(field, message)
        })
    }
}

impl InputType for Int {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <i32 as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <i32 as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        match &value {
            Value::Number(number) => number
                .as_i64()
                .map(Self)
                .ok_or_else(|| InputValueError::custom("An Int is a whole number.")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}
