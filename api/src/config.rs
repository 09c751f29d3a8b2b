//! Settings: built-in defaults, then a TOML file, then `TOMBOLA_…` variables.
//!
//! A key is written `database.url` in the file and `TOMBOLA_DATABASE__URL` in the environment (two
//! underscores between the parts). An unknown key, a bad value or an unsafe combination is an error that
//! names the key, what was found and what is allowed.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use figment::{
    Figment,
    error::Kind,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

/// Everything that can be set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address under which clients reach this server, when a proxy stands in front of it.
    pub public_url: Option<String>,
    /// How long running operations may go on after SIGTERM, in seconds.
    pub shutdown_seconds: u64,
    /// How long one operation may take, in seconds.
    pub operation_seconds: u64,
    /// The database.
    pub database: DatabaseConfig,
    /// Sign-in and tokens.
    pub auth: AuthConfig,
    /// The live log.
    pub events: EventsConfig,
    /// Draws.
    pub draws: DrawsConfig,
    /// Changes that are asked for again.
    pub idempotency: IdempotencyConfig,
    /// Log output.
    pub log: LogConfig,
}

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

/// Sign-in and tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    /// File with the Ed25519 key that signs access tokens; made at the first start.
    pub signing_key_file: PathBuf,
    /// `iss` and `aud` of access tokens.
    pub issuer: String,
    /// Lifetime of an access token, in seconds.
    pub access_token_seconds: u64,
    /// Lifetime of a session, in days.
    pub session_days: u64,
    /// Password hashes computed at once; each takes 19 MiB.
    pub parallel_hashes: usize,
}

/// The live log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsConfig {
    /// How often an open stream looks whether its caller may still listen, and for what no wake told, in milliseconds.
    pub poll_milliseconds: u64,
}

/// Draws.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawsConfig {
    /// How often the server looks for winners to announce and claims that ran out, in milliseconds.
    pub tick_milliseconds: u64,
    /// Where the server asks for rounds of drand, such as `https://api.drand.sh`; without an address it asks nobody, and
    /// rounds are pasted.
    pub drand_url: Option<String>,
}

/// Changes that are asked for again, under the same `Idempotency-Key`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdempotencyConfig {
    /// How long a request waits for one with the same key that is still running, in seconds; never longer than half of
    /// what an operation may take.
    pub wait_seconds: u64,
    /// How long the outcome of a change can be had again, in hours.
    pub keep_hours: u32,
}

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

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 4000)),
            public_url: None,
            shutdown_seconds: 10,
            operation_seconds: 10,
            database: DatabaseConfig {
                url: "sqlite:tombola.sqlite".into(),
                max_connections: 16,
                acquire_seconds: 5,
                statement_seconds: 10,
            },
            auth: AuthConfig {
                signing_key_file: "tombola.key".into(),
                issuer: "tombola".into(),
                access_token_seconds: 600,
                session_days: 30,
                parallel_hashes: 2,
            },
            events: EventsConfig {
                poll_milliseconds: 15_000,
            },
            draws: DrawsConfig {
                tick_milliseconds: 500,
                drand_url: None,
            },
            idempotency: IdempotencyConfig {
                wait_seconds: 5,
                keep_hours: 24,
            },
            log: LogConfig {
                filter: "info,sea_orm_migration=warn,sqlx=warn,sqlx::postgres::notice=error".into(),
                format: LogFormat::Auto,
            },
        }
    }
}

/// Why the settings cannot be used: one sentence a fault.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n{}", .0.iter().map(|fault| format!("  - {fault}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Reads defaults, file and environment, and refuses what cannot work or is not safe.
    ///
    /// # Errors
    /// Every fault found, each naming its key, what was found and what is allowed.
    pub fn load(file: Option<&std::path::Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(path) = file {
            if !path.is_file() {
                return Err(ConfigError(vec![format!(
                    "--config: found no file {}; give the path of a TOML file",
                    path.display()
                )]));
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        let environment = Env::prefixed("TOMBOLA_").ignore(&NOT_SETTINGS).split("__");
        let figment = figment.merge(environment);
        let faults =
            |errors: figment::Error| ConfigError(errors.into_iter().map(|error| describe(&figment, &error)).collect());
        let config: Self = figment.extract().map_err(faults)?;
        config.check()?;
        Ok(config)
    }

    /// Refuses values out of range and combinations that are not safe.
    ///
    /// # Errors
    /// Every fault found.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut faults = Vec::new();
        let mut range = |key: &str, found: u64, least: u64, most: u64| {
            if !(least..=most).contains(&found) {
                faults.push(format!("{key}: found {found}, allowed are {least} to {most}"));
            }
        };
        range("shutdown_seconds", self.shutdown_seconds, 0, 600);
        range("operation_seconds", self.operation_seconds, 1, 600);
        range(
            "database.max_connections",
            self.database.max_connections.into(),
            1,
            1000,
        );
        range("database.acquire_seconds", self.database.acquire_seconds, 1, 120);
        range("database.statement_seconds", self.database.statement_seconds, 1, 600);
        range("auth.access_token_seconds", self.auth.access_token_seconds, 30, 3600);
        range("auth.session_days", self.auth.session_days, 1, 365);
        range("auth.parallel_hashes", self.auth.parallel_hashes as u64, 1, 64);
        range("events.poll_milliseconds", self.events.poll_milliseconds, 50, 60_000);
        range("draws.tick_milliseconds", self.draws.tick_milliseconds, 10, 60_000);
        range("idempotency.wait_seconds", self.idempotency.wait_seconds, 1, 60);
        range("idempotency.keep_hours", self.idempotency.keep_hours.into(), 1, 8760);
        if let Some(url) = &self.draws.drand_url
            && !matches!(url::Url::parse(url), Ok(url) if ["http", "https"].contains(&url.scheme()))
        {
            faults.push(format!(
                "draws.drand_url: found “{url}”, allowed is an address that starts with https:// or http://"
            ));
        }
        if self.auth.issuer.trim().is_empty() {
            faults.push("auth.issuer: found an empty text, allowed is a name of this installation".into());
        }
        if self.database_kind().is_none() {
            let scheme = self.database.url.split(':').next().unwrap_or_default();
            faults.push(format!(
                "database.url: found the scheme “{scheme}”, allowed are sqlite:PATH and postgres://USER:PASSWORD@HOST:PORT/DATABASE"
            ));
        }
        if let Some(fault) = self.unsafe_address() {
            faults.push(fault);
        }
        if tracing_subscriber::EnvFilter::try_new(&self.log.filter).is_err() {
            faults.push(format!(
                "log.filter: found “{}”, allowed are directives such as “info” or “api=debug,info”",
                self.log.filter
            ));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ConfigError(faults))
        }
    }

    /// Access tokens and passwords must not cross a network in the clear.
    fn unsafe_address(&self) -> Option<String> {
        let https = match &self.public_url {
            Some(url) if url.starts_with("https://") => true,
            Some(url) if url.starts_with("http://") => false,
            Some(url) => {
                return Some(format!(
                    "public_url: found “{url}”, allowed is an address that starts with https://"
                ));
            }
            None => false,
        };
        let open = !self.listen.ip().is_loopback();
        (open && !https).then(|| {
            format!(
                "listen, public_url: found {} without an https:// public_url, so passwords would cross the network in the clear; \
                 allowed are a loopback address, or a proxy that ends TLS and its https:// address as public_url",
                self.listen
            )
        })
    }

    /// Which database the URL names.
    pub fn database_kind(&self) -> Option<DatabaseKind> {
        match self.database.url.split_once(':')?.0 {
            "sqlite" => Some(DatabaseKind::Sqlite),
            "postgres" | "postgresql" => Some(DatabaseKind::Postgres),
            _ => None,
        }
    }

    /// The file of an embedded database.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.database.url.strip_prefix("sqlite:")?;
        let path = path
            .strip_prefix("//")
            .unwrap_or(path)
            .split('?')
            .next()
            .unwrap_or_default();
        (!path.is_empty() && path != ":memory:").then(|| path.into())
    }

    /// How long one operation may take.
    pub fn operation_limit(&self) -> Duration {
        Duration::from_secs(self.operation_seconds)
    }

    /// How long an operation waits for another with the same `Idempotency-Key`: whoever waits in vain must get to know it
    /// before their own time is over.
    pub fn idempotency_wait(&self) -> Duration {
        Duration::from_secs(self.idempotency.wait_seconds).min(self.operation_limit() / 2)
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

/// Variables that commands and tests read by themselves.
const NOT_SETTINGS: [&str; 5] = [
    "config",
    "owner_password",
    "server_password",
    "test_postgres",
    "update_snapshots",
];

fn describe(figment: &Figment, error: &figment::Error) -> String {
    let place = error.metadata.as_ref().map(|found| match &found.source {
        Some(source) => format!(" (in {source})"),
        None if found.name.contains("environment") => " (in an environment variable)".to_owned(),
        None => String::new(),
    });
    let key = match (&error.kind, error.path.is_empty()) {
        (Kind::UnknownField(name, _), true) => name.clone(),
        (Kind::UnknownField(name, _), false) if !error.path.ends_with(std::slice::from_ref(name)) => {
            format!("{}.{name}", error.path.join("."))
        }
        (_, true) => "configuration file".to_owned(),
        _ => error.path.join("."),
    };
    let fault = match &error.kind {
        Kind::UnknownField(_, allowed) => format!("there is no such key, allowed are {}", allowed.join(", ")),
        Kind::UnknownVariant(found, allowed) => format!("found “{found}”, allowed are {}", allowed.join(", ")),
        Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted) => {
            format!("found {found}, allowed is {wanted}")
        }
        // An address may hold a password, so what was found there is not repeated.
        other => match figment.find_value(&key) {
            Ok(found) if !key.ends_with("url") => match found.into_string() {
                Some(found) => format!("found “{found}”: {other}"),
                None => other.to_string(),
            },
            _ => other.to_string(),
        },
    };
    format!("{key}: {fault}{}", place.unwrap_or_default())
}
