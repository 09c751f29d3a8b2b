//! Settings: built-in defaults, then a TOML file, then `TOMBOLA_…` variables.
//!
//! A key is written `database.url` in the file and `TOMBOLA_DATABASE__URL` in the environment (two
//! underscores between the parts). An unknown key, a bad value or an unsafe combination is an error that
//! names the key, what was found and what is allowed. Each section has a file of its own.

mod auth;
mod browser;
mod connections;
mod database;
mod draws;
mod events;
mod faults;
mod graphql;
mod idempotency;
mod limits;
mod log;
mod outgoing;
mod quotas;
mod rates;
mod telemetry;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

use faults::{Faults, describe};

pub use auth::AuthConfig;
pub use browser::{BrowserConfig, WebOrigin};
pub use connections::{ConnectionsConfig, ForwardedHeader, Network};
pub use database::{DatabaseConfig, DatabaseKind};
pub use draws::DrawsConfig;
pub use events::EventsConfig;
pub use faults::ConfigError;
pub use graphql::{GraphqlConfig, Mode};
pub use idempotency::IdempotencyConfig;
pub use limits::Limits;
pub use log::{LogConfig, LogFormat};
pub use outgoing::OutgoingConfig;
pub use quotas::QuotasConfig;
pub use rates::RatesConfig;
pub use telemetry::{MetricsToken, TelemetryConfig};

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
    /// Connections of clients and proxies.
    pub connections: ConnectionsConfig,
    /// How often somebody may ask.
    pub rates: RatesConfig,
    /// How much organizations may store.
    pub quotas: QuotasConfig,
    /// Pages of other sites.
    pub browser: BrowserConfig,
    /// The database.
    pub database: DatabaseConfig,
    /// Sign-in and tokens.
    pub auth: AuthConfig,
    /// The live log.
    pub events: EventsConfig,
    /// Draws.
    pub draws: DrawsConfig,
    /// What the server asks of others.
    pub outgoing: OutgoingConfig,
    /// Changes that are asked for again.
    pub idempotency: IdempotencyConfig,
    /// What the API tells of itself and which documents it takes.
    pub graphql: GraphqlConfig,
    /// What one request may ask for.
    pub limits: Limits,
    /// Metrics and traces.
    pub telemetry: TelemetryConfig,
    /// Log output.
    pub log: LogConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 4000)),
            public_url: None,
            shutdown_seconds: 10,
            operation_seconds: 10,
            connections: ConnectionsConfig::default(),
            rates: RatesConfig::default(),
            quotas: QuotasConfig::default(),
            browser: BrowserConfig::default(),
            database: DatabaseConfig::default(),
            auth: AuthConfig::default(),
            events: EventsConfig::default(),
            draws: DrawsConfig::default(),
            outgoing: OutgoingConfig::default(),
            idempotency: IdempotencyConfig::default(),
            graphql: GraphqlConfig::default(),
            limits: Limits::default(),
            telemetry: TelemetryConfig::default(),
            log: LogConfig::default(),
        }
    }
}

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
        let mut faults = Faults::default();
        faults.range("shutdown_seconds", self.shutdown_seconds, 0, 600);
        faults.range("operation_seconds", self.operation_seconds, 1, 600);
        self.connections.check(&mut faults);
        self.rates.check(&mut faults);
        self.quotas.check(&mut faults);
        self.database.check(&mut faults);
        self.auth.check(&mut faults);
        self.events.check(&mut faults);
        self.draws.check(&mut faults);
        self.idempotency.check(&mut faults);
        self.limits.check(&mut faults);
        self.telemetry.check(&mut faults);
        self.log.check(&mut faults);
        if let Some(fault) = self.unsafe_address() {
            faults.add(fault);
        }
        faults.finish()
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

    /// Whether this server is for people who develop: it then tells names that were meant, and its schema.
    pub fn is_development(&self) -> bool {
        match self.graphql.mode {
            Mode::Development => true,
            Mode::Production => false,
            Mode::Auto => !self
                .public_url
                .as_deref()
                .is_some_and(|url| url.starts_with("https://")),
        }
    }

    /// Whether clients may ask for the schema.
    pub fn introspection(&self) -> bool {
        self.graphql.introspection.unwrap_or_else(|| self.is_development())
    }

    /// Whether ADMINs may have answers explained.
    pub fn explains(&self) -> bool {
        self.graphql.explain.unwrap_or_else(|| self.is_development())
    }

    /// Which database the URL names.
    pub fn database_kind(&self) -> Option<DatabaseKind> {
        self.database.kind()
    }

    /// The file of an embedded database.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.database.sqlite_file()
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

/// Variables that commands and tests read by themselves.
const NOT_SETTINGS: [&str; 6] = [
    "config",
    "owner_password",
    "server_password",
    "test_folder",
    "test_postgres",
    "update_snapshots",
];
