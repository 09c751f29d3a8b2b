//! `[database]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Faults;

/// The database.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
    pub url: String,
    /// Connections at most: PostgreSQL's, or SQLite's readers.
    pub max_connections: u32,
    /// How long an operation waits for a free connection, in seconds.
    pub acquire_seconds: u64,
    /// How long one statement may run, in seconds (PostgreSQL).
    pub statement_seconds: u64,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: "sqlite:tombola.sqlite".into(),
            max_connections: 16,
            acquire_seconds: 5,
            statement_seconds: 10,
        }
    }
}

impl DatabaseConfig {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.range("database.max_connections", self.max_connections.into(), 1, 1000);
        faults.range("database.acquire_seconds", self.acquire_seconds, 1, 120);
        faults.range("database.statement_seconds", self.statement_seconds, 1, 600);
        if self.kind().is_none() {
            let scheme = self.url.split(':').next().unwrap_or_default();
            faults.add(format!(
                "database.url: found the scheme “{scheme}”, allowed are sqlite:PATH and postgres://USER:PASSWORD@HOST:PORT/DATABASE"
            ));
        }
    }

    /// Which database the URL names.
    pub fn kind(&self) -> Option<DatabaseKind> {
        match self.url.split_once(':')?.0 {
            "sqlite" => Some(DatabaseKind::Sqlite),
            "postgres" | "postgresql" => Some(DatabaseKind::Postgres),
            _ => None,
        }
    }

    /// The file of an embedded database.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.url.strip_prefix("sqlite:")?;
        let path = path
            .strip_prefix("//")
            .unwrap_or(path)
            .split('?')
            .next()
            .unwrap_or_default();
        (!path.is_empty() && path != ":memory:").then(|| path.into())
    }
}

/// The two databases that Tombola runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file beside the server.
    Sqlite,
    /// A server of its own, with row-level security.
    Postgres,
}
