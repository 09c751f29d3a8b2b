//! Scalars of our own.

use async_graphql::{InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};

/// A whole number of up to 53 bits, as a JSON number: event sequences and tickets, which do not fit an Int.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Long(pub i64);

const LARGEST: i64 = (1 << 53) - 1;

/// A whole number from -9007199254740991 to 9007199254740991, as a JSON number.
#[Scalar(name = "Long")]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => match number.as_i64() {
                Some(number) if number.abs() <= LARGEST => Ok(Self(number)),
                _ => Err(InputValueError::custom("A Long is a whole number of up to 53 bits.")),
            },
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::Number(number) if number.as_i64().is_some_and(|number| number.abs() <= LARGEST))
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }
}
