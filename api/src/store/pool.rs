//! The connections: how they are opened, and how a transaction begins on each database.

use std::{
    str::FromStr,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use chrono::{DateTime, Utc};
use entity::{OrganizationId, UserId};
use sea_orm::{ConnAcquireErr, DatabaseConnection, DbErr, RuntimeErr};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, PgPool, Row, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{health::Health, transaction::Transaction};
use crate::{
    clock::Clock,
    config::{DatabaseConfig, DatabaseKind},
    outage::Outage,
};

/// The open connections of one database.
#[derive(Clone)]
pub(super) enum Pool {
    Postgres {
        pool: PgPool,
        health: Health,
    },
    /// SQLite has one writer at a time; a pool of one connection queues the writers fairly.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
        health: Health,
    },
}

/// How many connections of a pool are open, and how many of them wait for work.
#[derive(Clone, Copy, Debug)]
pub struct PoolUsage {
    /// Which pool.
    pub name: &'static str,
    /// Connections.
    pub open: u32,
    /// Those that wait.
    pub idle: u32,
}

/// What row-level security needs to know of a transaction.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Settings {
    pub(super) user: Option<UserId>,
    pub(super) tenant: Option<OrganizationId>,
    /// Outcomes older than this are seen, to be forgotten.
    pub(super) forget_before: Option<DateTime<Utc>>,
    /// Its turn among the changes under one key.
    pub(super) turn: Option<AdvisoryLock>,
}

/// A turn that is waited for until the transaction begins, and that ends with it. SQLite's writers queue anyway.
#[derive(Clone, Copy, Debug)]
pub(super) struct AdvisoryLock {
    pub(super) lock: i64,
    pub(super) wait: Duration,
}

impl Pool {
    pub(super) async fn open(kind: DatabaseKind, config: &DatabaseConfig, clock: &Clock) -> Result<Self, sqlx::Error> {
        let health = Health::new(clock);
        match kind {
            DatabaseKind::Postgres => {
                let pool = open_postgres(config, health.clone()).await?;
                Ok(Self::Postgres { pool, health })
            }
            DatabaseKind::Sqlite => open_sqlite(config, health).await,
        }
    }

    /// What failures have told of the database.
    pub(super) fn health(&self) -> &Health {
        match self {
            Self::Postgres { health, .. } | Self::Sqlite { health, .. } => health,
        }
    }

    /// Runs a single statement that may run twice; again on another connection when its own turns out to be dead.
    pub(super) async fn single<T, F>(&self, run: impl Fn() -> F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let mut tries = 0;
        loop {
            let outcome = run().await;
            let outage = outcome.as_ref().err().and_then(Outage::of);
            self.health().note(outage);
            if outage != Some(Outage::Lost) || tries == RETRIES {
                return outcome;
            }
            tries += 1;
        }
    }

    /// The same connections for the migrations and the catalog check, which bring their own statements.
    pub(super) fn as_sea_orm(&self) -> DatabaseConnection {
        match self {
            Self::Postgres { pool, .. } => pool.clone().into(),
            Self::Sqlite { writer, .. } => writer.clone().into(),
        }
    }

    /// Where single statements of reading run.
    pub(super) fn reader(&self) -> DatabaseConnection {
        match self {
            Self::Postgres { pool, .. } => pool.clone().into(),
            Self::Sqlite { readers, .. } => readers.clone().into(),
        }
    }

    /// What the connections do now.
    pub(super) fn usage(&self) -> Vec<PoolUsage> {
        fn of<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> PoolUsage {
            PoolUsage {
                name,
                open: pool.size(),
                idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
            }
        }
        match self {
            Self::Postgres { pool, .. } => vec![of("all", pool)],
            Self::Sqlite { readers, writer, .. } => vec![of("readers", readers), of("writer", writer)],
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Postgres { pool, .. } => pool.close().await,
            Self::Sqlite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }

    /// One snapshot for everything that is read.
    pub(super) async fn begin_read(&self, settings: Settings, count: Arc<AtomicU64>) -> Result<Transaction, DbErr> {
        match self {
            Self::Postgres { pool, health } => {
                begin_postgres(
                    pool.clone(),
                    "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
                    settings,
                    health.clone(),
                    count,
                )
                .await
            }
            Self::Sqlite { readers, health, .. } => begin_sqlite(readers.clone(), "BEGIN", health.clone(), count).await,
        }
    }

    pub(super) async fn begin_write(&self, settings: Settings, count: Arc<AtomicU64>) -> Result<Transaction, DbErr> {
        match self {
            Self::Postgres { pool, health } => {
                begin_postgres(pool.clone(), "BEGIN", settings, health.clone(), count).await
            }
            Self::Sqlite { writer, health, .. } => {
                begin_sqlite(writer.clone(), "BEGIN IMMEDIATE", health.clone(), count).await
            }
        }
    }
}

/// Whether a transaction did not begin because its turn did not come: 55P03 lock, 57014 statement timeout.
pub(super) fn waited_in_vain(cause: &DbErr) -> bool {
    let DbErr::Conn(RuntimeErr::SqlxError(error)) = cause else {
        return false;
    };
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| matches!(code.as_ref(), "55P03" | "57014"))
}

impl AdvisoryLock {
    fn sql(self) -> String {
        let Self { lock, wait } = self;
        let wait = wait.as_millis();
        format!(
            "SET LOCAL lock_timeout = {wait}; SELECT pg_advisory_xact_lock({lock}); SET LOCAL lock_timeout TO DEFAULT"
        )
    }
}

impl Settings {
    /// Sent along with BEGIN: one round trip. Ids are UUIDs, the rest numbers and times, so nothing needs quoting.
    fn sql(self) -> String {
        let mut sql = String::new();
        if let Some(user) = self.user {
            sql += &format!("; SET LOCAL app.current_user_id = '{}'", user.0);
        }
        if let Some(tenant) = self.tenant {
            sql += &format!("; SET LOCAL app.current_tenant_id = '{}'", tenant.0);
        }
        if let Some(before) = self.forget_before {
            sql += &format!("; SET LOCAL app.forget_before = '{}'", before.to_rfc3339());
        }
        sql
    }
}

// A `begin` that is dropped half-way can return a connection with an open transaction to the pool, so it
// runs on a task of its own, to its end.
async fn begin_postgres(
    pool: PgPool,
    begin: &'static str,
    settings: Settings,
    health: Health,
    count: Arc<AtomicU64>,
) -> Result<Transaction, DbErr> {
    let sql = format!("{begin}{}", settings.sql());
    let noted = health.clone();
    let begun = tokio::spawn(async move {
        let mut tries = 0;
        let mut transaction = loop {
            let outcome = pool.begin_with(AssertSqlSafe(sql.clone())).await;
            let outage = outcome.as_ref().err().and_then(Outage::of_driver);
            noted.note(outage);
            if outcome.as_ref().is_err_and(may_have_begun) {
                noted.suspect();
            }
            let is_worth_a_try = outage == Some(Outage::Lost) || outcome.as_ref().is_err_and(is_left_over);
            if !is_worth_a_try || tries == RETRIES {
                break outcome?;
            }
            tries += 1;
        };
        // Within the transaction: when it fails, sqlx rolls back, which it would not after a BEGIN that failed.
        if let Some(turn) = settings.turn {
            let taken = transaction.execute(AssertSqlSafe(turn.sql())).await;
            taken.inspect_err(|error| noted.note(Outage::of_driver(error)))?;
        }
        Ok(transaction)
    });
    Ok(Transaction::postgres(joined(begun.await)?, health, count))
}

/// Whether a BEGIN that failed may have left half of a transaction on its connection, which sqlx does not roll back.
fn may_have_begun(error: &sqlx::Error) -> bool {
    !matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)
}

/// Whether a connection was given out with half of a transaction on it (25P02, `in_failed_sql_transaction`).
fn is_left_over(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == "25P02")
}

async fn begin_sqlite(
    pool: SqlitePool,
    sql: &'static str,
    health: Health,
    count: Arc<AtomicU64>,
) -> Result<Transaction, DbErr> {
    let begun = tokio::spawn(async move { pool.begin_with(sql).await });
    let begun = joined(begun.await);
    health.note(begun.as_ref().err().and_then(Outage::of));
    Ok(Transaction::sqlite(begun?, health, count))
}

/// A connection of the pool may have died with a restart of the database. BEGIN changes nothing, so that another
/// connection may try. The first failure makes the pool look at those that idle, so that few tries are enough.
const RETRIES: usize = 3;

fn joined<T>(outcome: Result<Result<T, sqlx::Error>, tokio::task::JoinError>) -> Result<T, DbErr> {
    match outcome {
        Ok(Ok(transaction)) => Ok(transaction),
        Ok(Err(sqlx::Error::PoolTimedOut)) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
        Ok(Err(sqlx::Error::PoolClosed)) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)),
        Ok(Err(error)) => Err(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))),
        Err(error) => Err(DbErr::Custom(format!("beginning a transaction: {error}"))),
    }
}

async fn open_postgres(config: &DatabaseConfig, health: Health) -> Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(&config.url)?
        .application_name("tombola")
        .options([
            // Compiling a query costs more than running ours.
            ("jit", "off".to_owned()),
            ("statement_timeout", format!("{}s", config.statement_seconds)),
            // A row by its key costs little more than the next row: without this, the planner reads all rooms to
            // check the policies of a hundred children.
            ("random_page_cost", "1.1".to_owned()),
            (
                "idle_in_transaction_session_timeout",
                format!("{}s", config.statement_seconds * 2),
            ),
        ])
        .disable_statement_logging();
    // The pool would try again until its patience ends, and then not say why.
    PgConnection::connect_with(&options).await?.close().await?;
    PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(Duration::from_secs(config.acquire_seconds))
        .test_before_acquire(false)
        .before_acquire(move |connection, meta| {
            // A look for each request would double its round trips; an idle connection may be dead.
            let is_suspect = meta.idle_for >= Duration::from_secs(30) || health.suspects(meta.age, meta.idle_for);
            Box::pin(async move {
                // One that only reads may lead to a server that was the primary once: a new one finds out.
                Ok(!is_suspect || !is_read_only(connection).await?)
            })
        })
        .connect_with(options)
        .await
}

/// Whether transactions on a connection cannot write: its server is a standby, or was told to.
async fn is_read_only(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let row = sqlx::raw_sql(READ_ONLY).fetch_one(connection).await?;
    Ok(row.try_get::<&str, _>(0)? == "on")
}

/// Answers `on` or `off`; always `on` while the server recovers (PostgreSQL §27.4).
pub(super) const READ_ONLY: &str = "SELECT current_setting('transaction_read_only')";

async fn open_sqlite(config: &DatabaseConfig, health: Health) -> Result<Pool, sqlx::Error> {
    let options = SqliteConnectOptions::from_str(&config.url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // With WAL, NORMAL never corrupts, but a power cut may lose the last commits: an announced winner
        // must not be forgotten, so every commit reaches the disk.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(config.acquire_seconds))
        .foreign_keys(true)
        .optimize_on_close(true, None)
        .disable_statement_logging();
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(Duration::from_secs(config.acquire_seconds))
            .test_before_acquire(false)
            // SQLite ends a transaction by itself when the disk is full, and then its ROLLBACK fails and sqlx believes
            // it open: such a connection is of no more use. The ping waits for a rollback that is under way.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let writer = pool().max_connections(1).connect_with(options.clone()).await?;
    let readers = pool()
        .max_connections(config.max_connections)
        .connect_with(options.pragma("query_only", "on"))
        .await?;
    Ok(Pool::Sqlite {
        readers,
        writer,
        health,
    })
}

#[cfg(test)]
#[expect(non_snake_case, reason = "tests that need PostgreSQL are left out by its name")]
mod Postgres {
    use sea_orm::{ConnectionTrait, DbBackend, Statement};

    use super::*;

    #[tokio::test]
    async fn a_connection_with_half_of_a_transaction_is_never_used() {
        let config = DatabaseConfig {
            url: std::env::var("TOMBOLA_TEST_POSTGRES").expect("scripts/with-postgres names a server"),
            max_connections: 1,
            ..DatabaseConfig::default()
        };
        let health = Health::new(&Clock::system());
        let pool = open_postgres(&config, health.clone()).await.unwrap();
        let begin = |sql| begin_postgres(pool.clone(), sql, Settings::default(), health.clone(), Arc::default());
        for _ in 0..5 {
            assert!(begin("BEGIN; SELECT 1 / 0").await.is_err());
            let transaction = begin("BEGIN").await.unwrap();
            let one = Statement::from_string(DbBackend::Postgres, "SELECT 1");
            assert!(transaction.query_one_raw(one).await.unwrap().is_some());
        }
    }
}
