//! Start and stop: opens what the process needs, serves, and ends in order.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    background::Background,
    clock::Clock,
    config::{Config, DatabaseKind},
    credentials::{AccessTokens, KeyError, Passwords, SigningKey},
    draw::{self, DrawRules},
    events::Bus,
    http,
    identity::{OLD_REFRESH_TOKENS, OLD_SESSIONS},
    operation::{Parts, Services, Turns},
    outgoing::Outgoing,
    published::{PublishedDocuments, REMOVED_DOCUMENTS},
    rates::{self, Rates},
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
        outgoing: Outgoing::new(&config.outgoing),
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
        let background = Background::new(shutdown.clone(), work.clone(), services.metrics.clone());
        begin_work(&background, &services);
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

/// What the process does beside answering, by who knows how.
fn begin_work(background: &Background, services: &Arc<Services>) {
    services.sessions.begin_work(background, &services.config.events);
    let idle = services.clone();
    background.every("rates", rates::FORGETTING, move |_| {
        let idle = idle.clone();
        async move {
            idle.rates.forget_idle();
            Ok(())
        }
    });
    begin_forgetting(background, services);
    draw::begin_work(background, services);
    // Other processes on the same database wake this one's streams.
    let heard = services.clone();
    background.beside(|shutdown| async move { heard.store.listen(&heard.config.database, &shutdown).await });
}

/// How often what was over for long is forgotten.
const FORGETTING: Duration = Duration::from_secs(600);
/// How long sessions that are over and documents that were removed are kept, in days.
const KEPT_DAYS: i64 = 30;

/// What nobody can ask for again any more.
fn begin_forgetting(background: &Background, services: &Arc<Services>) {
    let hours = services.config.idempotency.keep_hours.into();
    let (outcomes, others) = (chrono::Duration::hours(hours), chrono::Duration::days(KEPT_DAYS));
    let old = [
        (Forgotten::OUTCOMES, outcomes),
        (OLD_REFRESH_TOKENS, others),
        (OLD_SESSIONS, others),
        (REMOVED_DOCUMENTS, others),
    ];
    let services = services.clone();
    background.every("forgetting", FORGETTING, move |_| {
        let services = services.clone();
        async move {
            let mut failure = None;
            for (what, kept) in old {
                // One kind that fails must not keep the others.
                match services.store.forget(what, services.clock.now() - kept).await {
                    Ok(0) => {}
                    Ok(rows) => tracing::info!(?what, rows, "what was over for long was forgotten"),
                    Err(error) => {
                        tracing::warn!(?what, %error, "old rows were not forgotten");
                        failure = Some(error);
                    }
                }
            }
            failure.map_or(Ok(()), Err)
        }
    });
}
