//! Wakes from other processes: PostgreSQL tells everybody of a commit, with the commit itself.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{config::DatabaseConfig, events::Bus};

/// The channel's name.
const CHANNEL: &str = "tombola_logs";
/// How long to wait before the connection is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells other processes that a log has grown, when and only when the transaction commits.
pub(super) async fn notify(transaction: &impl ConnectionTrait, bus: &Bus, log: Uuid) -> Result<(), DbErr> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let values = [CHANNEL.into(), format!("{log} {}", bus.process()).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)", values);
    transaction.execute_raw(statement).await.map(drop)
}

/// Wakes this process's streams for what other processes commit, until `shutdown`.
pub(super) async fn listen(config: &DatabaseConfig, bus: &Bus, shutdown: &CancellationToken) {
    loop {
        tokio::select! {
            outcome = follow(config, bus) => {
                bus.set_hears_others(false);
                if let Err(error) = outcome {
                    tracing::warn!(%error, "the database's announcements are not heard; streams look by themselves until they are");
                }
            }
            () = shutdown.cancelled() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = shutdown.cancelled() => return,
        }
    }
}

async fn follow(config: &DatabaseConfig, bus: &Bus) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(&config.url).await?;
    listener.listen(CHANNEL).await?;
    bus.set_hears_others(true);
    loop {
        // Whatever was told while nobody listened: everybody looks once.
        bus.wake_all();
        while let Some(notification) = listener.try_recv().await? {
            if let Some(log) = told_by_others(notification.payload(), bus) {
                bus.wake(log);
            }
        }
    }
}

/// The log that a notification names. What this process commits has woken its streams already: twice would make each
/// of them look for nothing.
fn told_by_others(payload: &str, bus: &Bus) -> Option<Uuid> {
    let (log, process) = payload.split_once(' ')?;
    let log = log.parse().ok()?;
    (process != bus.process().to_string()).then_some(log)
}
