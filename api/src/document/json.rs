//! How many bytes a value takes as JSON, without writing it.

use std::fmt::{self, Write};

use async_graphql::{Number, Value};

/// The bytes of a value's compact text.
pub(super) fn json_bytes(value: &Value) -> u64 {
    match value {
        Value::Null => 4,
        Value::Boolean(truth) => 5 - u64::from(*truth),
        Value::Number(number) => number_bytes(number),
        Value::String(text) => text_bytes(text),
        Value::Enum(name) => text_bytes(name),
        Value::Binary(bytes) => bytes.len() as u64,
        Value::List(items) => around(items.len()) + items.iter().map(json_bytes).sum::<u64>(),
        Value::Object(entries) => {
            let entry = |(key, value): (&async_graphql::Name, &Value)| text_bytes(key) + 1 + json_bytes(value);
            around(entries.len()) + entries.iter().map(entry).sum::<u64>()
        }
    }
}

/// Brackets, and commas between so many.
fn around(count: usize) -> u64 {
    2 + count.saturating_sub(1) as u64
}

/// A text with its quotes (RFC 8259 §7): quotes, backslashes and the usual control characters take two bytes, others of
/// these six.
fn text_bytes(text: &str) -> u64 {
    let more = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
        0..0x20 => 5,
        _ => 0,
    });
    text.len() as u64 + 2 + more.sum::<u64>()
}

fn number_bytes(number: &Number) -> u64 {
    let mut length = Length(0);
    // Counting does not fail.
    let _ = write!(length, "{number}");
    length.0
}

/// Counts what is written.
struct Length(u64);

impl Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len() as u64;
        Ok(())
    }
}
