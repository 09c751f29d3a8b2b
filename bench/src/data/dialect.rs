//! The few words that PostgreSQL and SQLite spell differently.

use api::config::DatabaseKind;

use super::scale::{BEGINNING, Table};

/// How one database spells what the data set needs.
#[derive(Clone, Copy)]
pub struct Dialect(pub DatabaseKind);

impl Dialect {
    /// A row's UUIDv7, of an expression that is its number.
    pub fn id(self, table: Table, number: &str) -> String {
        let tag = table as u8;
        match self.0 {
            DatabaseKind::Postgres => format!(
                "(lpad(to_hex({BEGINNING} + ({number}) * 1000), 12, '0') || '7{tag:03x}8000' \
                 || lpad(to_hex(({number})::bigint), 12, '0'))::uuid"
            ),
            DatabaseKind::Sqlite => {
                format!("unhex(printf('%012x7{tag:03x}8000%012x', {BEGINNING} + ({number}) * 1000, {number}))")
            }
        }
    }

    /// A moment, of an expression that counts seconds from the beginning.
    pub fn moment(self, seconds: &str) -> String {
        let beginning = BEGINNING / 1000;
        match self.0 {
            DatabaseKind::Postgres => format!("to_timestamp({beginning} + ({seconds}))"),
            DatabaseKind::Sqlite => {
                format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', {beginning} + ({seconds}), 'unixepoch')")
            }
        }
    }

    /// A table `s` with one column `i`: 0 to `count`, without its end.
    pub fn series(self, count: u64) -> String {
        match self.0 {
            DatabaseKind::Postgres => format!("(SELECT generate_series(0::bigint, {count} - 1) AS i) AS s"),
            DatabaseKind::Sqlite => format!(
                "(WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i + 1 < {count}) \
                 SELECT i FROM c) AS s"
            ),
        }
    }

    /// Sixteen bytes that differ from row to row.
    pub fn nonce(self, number: &str) -> String {
        match self.0 {
            DatabaseKind::Postgres => format!("decode(md5(({number})::text), 'hex')"),
            DatabaseKind::Sqlite => "randomblob(16)".to_owned(),
        }
    }

    /// A number in decimal, with zeros before it.
    pub fn digits(self, number: &str, width: u8) -> String {
        match self.0 {
            DatabaseKind::Postgres => format!("lpad(({number})::text, {width}, '0')"),
            DatabaseKind::Sqlite => format!("printf('%0{width}d', {number})"),
        }
    }

    /// A UUID as text, for JSON.
    pub fn uuid_text(self, id: &str) -> String {
        match self.0 {
            DatabaseKind::Postgres => format!("({id})::text"),
            DatabaseKind::Sqlite => format!(
                "(SELECT lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-' || substr(h, 13, 4) || '-' \
                 || substr(h, 17, 4) || '-' || substr(h, 21)) FROM (SELECT hex({id}) AS h))"
            ),
        }
    }

    /// A JSON column's value, of an expression that is its text.
    pub fn json(self, text: &str) -> String {
        match self.0 {
            DatabaseKind::Postgres => format!("({text})::jsonb"),
            DatabaseKind::Sqlite => text.to_owned(),
        }
    }
}
