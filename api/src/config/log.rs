//! `[log]`.

use serde::{Deserialize, Serialize};

use super::Faults;

/// Log output.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// Directives of `tracing`'s filter: `info`, `api=debug,info`, ….
    pub filter: String,
    /// Form of a line.
    pub format: LogFormat,
}

/// Form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            filter: "info,sea_orm_migration=warn,sqlx=warn,sqlx::postgres::notice=error".into(),
            format: LogFormat::Auto,
        }
    }
}

impl LogConfig {
    pub(super) fn check(&self, faults: &mut Faults) {
        if tracing_subscriber::EnvFilter::try_new(&self.filter).is_err() {
            faults.add(format!(
                "log.filter: found “{}”, allowed are directives such as “info” or “api=debug,info”",
                self.filter
            ));
        }
    }
}
