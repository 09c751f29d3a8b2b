//! Start and stop: opens what the process needs, serves, and ends in order.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    clock::Clock,
    config::{Config, DatabaseKind},
    credentials::{AccessTokens, KeyError, Passwords, SigningKey},
    draw::{DrawRules, look_after_draws},
    events::Bus,
    http,
    identity::{OLD_REFRESH_TOKENS, OLD_SESSIONS},
    operation::{Parts, Services, Turns},
    published::{PublishedDocuments, REMOVED_DOCUMENTS},
    rates::Rates,
    room::RoomRules,
    sessions::Sessions,
    store::{Forgotten, Store},
    telemetry::Metrics,
};

/// Why the server does not start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings name no database that Tombola knows.
    #[error("database.url names neither SQLite nor PostgreSQL")]
    UnknownDatabase,
    /// The database does not answer.
    #[error(
        "database.url: the database cannot be opened: {0}. Is it running, and are address, user and password right?"
    )]
    Database(sqlx::Error),
    /// A statement of the start failed.
    #[error("the database refused a statement of the start: {0}")]
    Statement(#[from] sea_orm::DbErr),
    /// Isolation or append-only protection does not hold.
    #[error("the database's catalog is not as it must be:\n{0}\nRun `tombola check` after mending it.")]
    Catalog(String),
    /// The signing key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The address cannot be listened on.
    #[error("listen: {address} cannot be listened on: {cause}. Stop what uses it, or set another with TOMBOLA_LISTEN.")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Something that no setting can mend.
    #[error("{0}")]
    Other(String),
}

impl From<crate::error::Error> for StartError {
    fn from(error: crate::error::Error) -> Self {
        match error {
            crate::error::Error::Internal(cause) => Self::Other(format!("{cause:#}")),
            other => Self::Other(other.to_string()),
        }
    }
}

/// Opens the database, migrates an embedded one, checks the catalog, and reads or makes the signing key.
///
/// # Errors
/// Whatever keeps the server from serving, in words that say what to do.
pub async fn prepare(config: Config, clock: Clock) -> Result<Arc<Services>, StartError> {
    let kind = config.database_kind().ok_or(StartError::UnknownDatabase)?;
    let bus = Bus::default();
    let store = Store::open(kind, &config.database, &config.quotas, clock.clone(), bus.clone())
        .await
        .map_err(StartError::Database)?;
    let connection = store.maintenance();
    if kind == DatabaseKind::Sqlite {
        // The embedded database belongs to this process alone; PostgreSQL's is migrated by its owner.
        migration::up(&connection).await?;
    }
    let problems = migration::catalog::check(&connection).await?;
    if !problems.is_empty() {
        let lines: Vec<_> = problems.iter().map(|problem| format!("  - {problem}")).collect();
        return Err(StartError::Catalog(lines.join("\n")));
    }
    let key = SigningKey::load_or_create(Path::new(&config.auth.signing_key_file))?;
    let lifetime = chrono::Duration::seconds(i64::try_from(config.auth.access_token_seconds).unwrap_or(600));
    let metrics = Metrics::default();
    Ok(Arc::new(Services {
        rates: Rates::new(&config.rates, &clock, metrics.clone()),
        metrics,
        tokens: AccessTokens::new(&key, &config.auth.issuer, lifetime, clock.clone()),
        passwords: Passwords::new(config.auth.parallel_hashes)?,
        sessions: Sessions::new(store.clone(), clock.clone()),
        turns: Turns::default(),
        parts: Parts::default().with::<Arc<dyn RoomRules>>(Arc::new(DrawRules)),
        published: PublishedDocuments::new(store.clone()),
        store,
        clock,
        bus,
        config,
        key,
    }))
}

/// How long the connections of the database may take to close.
const CLOSING: Duration = Duration::from_secs(2);

/// How often the rates of callers that have gone are forgotten.
const FORGETTING: Duration = Duration::from_secs(10);

/// A server that serves.
pub struct Server {
    address: SocketAddr,
    services: Arc<Services>,
    shutdown: CancellationToken,
    work: TaskTracker,
    serving: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Listens and serves.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(services: Arc<Services>) -> Result<Self, StartError> {
        let wanted = services.config.listen;
        let listening = async {
            let listener = TcpListener::bind(wanted).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) = listening
            .await
            .map_err(|cause| StartError::Listen { address: wanted, cause })?;
        let shutdown = CancellationToken::new();
        let work = TaskTracker::new();
        let router = http::router(services.clone(), shutdown.clone(), work.clone())
            .await
            .map_err(|cause| StartError::Other(format!("the schema cannot be read: {cause}")))?;
        let serving = {
            let (services, shutdown) = (services.clone(), shutdown.clone());
            async move { http::listen::serve(listener, router, &services.config, services.metrics.clone(), shutdown).await }
        };
        let serving = tokio::spawn(serving);
        work.spawn(write_last_seen(services.clone(), shutdown.clone()));
        work.spawn(look_after_streams(services.clone(), shutdown.clone()));
        work.spawn(forget_idle_rates(services.clone(), shutdown.clone()));
        work.spawn(forget_old(services.clone(), shutdown.clone()));
        work.spawn(look_after_draws(services.clone(), shutdown.clone()));
        work.spawn(hear_other_processes(services.clone(), shutdown.clone()));
        Ok(Self {
            address,
            services,
            shutdown,
            work,
            serving,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it works with.
    pub fn services(&self) -> &Arc<Services> {
        &self.services
    }

    /// Takes no more requests, lets running operations finish within the limit, closes sockets with 1001 and the
    /// database's connections last.
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.work.close();
        let limit = Duration::from_secs(self.services.config.shutdown_seconds);
        let drained = async {
            self.work.wait().await;
            self.serving.await
        };
        if tokio::time::timeout(limit, drained).await.is_err() {
            tracing::warn!(
                seconds = limit.as_secs(),
                "some operations did not finish in time and were cut off"
            );
        }
        let close = async {
            if let Err(error) = self.services.sessions.write_last_seen().await {
                tracing::warn!(%error, "the last-seen times of sessions were not written");
            }
            self.services.store.close().await;
        };
        // What was cut off may still hold its connection; that ends with the process.
        if tokio::time::timeout(CLOSING, close).await.is_err() {
            tracing::warn!("some connections of the database were not closed in order");
        }
    }
}

/// Other processes on the same database wake this one's streams.
async fn hear_other_processes(services: Arc<Services>, shutdown: CancellationToken) {
    services.store.listen(&services.config.database, &shutdown).await;
}

/// Ends the sockets and streams of sessions that end.
async fn look_after_streams(services: Arc<Services>, shutdown: CancellationToken) {
    let every = Duration::from_millis(services.config.events.session_milliseconds);
    while shutdown.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
        if let Err(error) = services.sessions.look_after_watched().await {
            tracing::warn!(%error, "the sessions of open streams were not looked after; trying again");
        }
    }
}

/// Callers come and go: what is kept of them must not grow without end.
async fn forget_idle_rates(services: Arc<Services>, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(FORGETTING);
    loop {
        tokio::select! {
            _ = ticks.tick() => services.rates.forget_idle(),
            () = shutdown.cancelled() => return,
        }
    }
}

/// Once a minute, and not within any request.
async fn write_last_seen(services: Arc<Services>, shutdown: CancellationToken) {
    let mut minutes = tokio::time::interval(Duration::from_secs(60));
    loop {
        tokio::select! {
            _ = minutes.tick() => {}
            () = shutdown.cancelled() => return,
        }
        if let Err(error) = services.sessions.write_last_seen().await {
            tracing::warn!(%error, "the last-seen times of sessions were not written; trying again in a minute");
        }
    }
}

/// How long sessions that are over and documents that were removed are kept, in days.
const KEPT_DAYS: i64 = 30;

/// When the process starts and every ten minutes: what nobody can ask for again any more.
async fn forget_old(services: Arc<Services>, shutdown: CancellationToken) {
    let hours = services.config.idempotency.keep_hours.into();
    let (outcomes, others) = (chrono::Duration::hours(hours), chrono::Duration::days(KEPT_DAYS));
    let mut times = tokio::time::interval(Duration::from_secs(600));
    loop {
        tokio::select! {
            _ = times.tick() => {}
            () = shutdown.cancelled() => return,
        }
        for (what, kept) in [
            (Forgotten::OUTCOMES, outcomes),
            (OLD_REFRESH_TOKENS, others),
            (OLD_SESSIONS, others),
            (REMOVED_DOCUMENTS, others),
        ] {
            let forgotten = services.store.forget(what, services.clock.now() - kept).await;
            match forgotten {
                Ok(0) => {}
                Ok(rows) => tracing::info!(?what, rows, "what was over for long was forgotten"),
                Err(error) => tracing::warn!(?what, %error, "old rows were not forgotten; trying again in ten minutes"),
            }
        }
    }
}
