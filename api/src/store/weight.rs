//! How much a statement writes: the bytes of the values that it stores. Indexes and what a database adds to each row are
//! not counted.

use std::io::{self, Write};

use sea_orm::{Statement, Value};

/// What a statement stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Nothing: it reads or deletes.
    Nothing,
    /// So many bytes: its values are those of all its rows.
    Whole(u64),
    /// So many bytes in each row that it finds.
    EachRow(u64),
}

impl Weight {
    /// What a statement stores, before it is sent. Statements are our own: texts of others are values, never in the SQL.
    pub(super) fn of(statement: &Statement) -> Self {
        let values = statement.values.as_ref().map_or(&[][..], |values| &values.0);
        let first = statement.sql.trim_start().as_bytes().get(..6).unwrap_or_default();
        if first.eq_ignore_ascii_case(b"insert") {
            return Self::Whole(values.iter().map(bytes).sum());
        }
        if first.eq_ignore_ascii_case(b"update") {
            // What follows says in which rows.
            let set = statement.sql.split(" WHERE ").next().unwrap_or_default();
            let stored = set.matches(['$', '?']).count();
            return Self::EachRow(values.iter().take(stored).map(bytes).sum());
        }
        Self::Nothing
    }

    /// Bytes that were stored, when so many rows were changed.
    pub(super) fn in_rows(self, rows: u64) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Whole(bytes) => bytes,
            Self::EachRow(bytes) => bytes.saturating_mul(rows),
        }
    }
}

fn bytes(value: &Value) -> u64 {
    match value {
        Value::String(text) => text.as_ref().map_or(0, |text| text.len() as u64),
        Value::Bytes(bytes) => bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
        Value::Json(json) => json.as_ref().map_or(0, |json| length(json)),
        Value::Uuid(_) => 16,
        _ => 8,
    }
}

/// Bytes of JSON as text, which is written nowhere.
fn length(json: &serde_json::Value) -> u64 {
    let mut counter = Counter(0);
    match serde_json::to_writer(&mut counter, json) {
        Ok(()) => counter.0,
        // It takes everything.
        Err(_) => 0,
    }
}

struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
