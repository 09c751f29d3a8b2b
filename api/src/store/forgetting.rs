//! What is deleted when its time is over: in steps, by whichever process comes first.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Store, pool::Settings};
use crate::error::Result;

/// Rows deleted in one change: a long list is worked off in steps, between which others write.
const FORGOTTEN_AT_ONCE: u64 = 1000;

/// What the server forgets, as the area of the table declares it.
#[derive(Clone, Copy, Debug)]
pub struct Forgotten {
    /// The table.
    pub table: &'static str,
    /// The columns of its key.
    pub key: &'static str,
    /// Selects the keys of what was over before `$1`, `$2` of them at most.
    pub due: &'static str,
    /// Rows `t` are locked, so that two processes do not wait for each other. That takes the privilege to change them.
    pub locked: bool,
}

impl Forgotten {
    /// What changes came to, kept for retries.
    pub const OUTCOMES: Self = Self {
        table: "idempotency_keys",
        key: "(principal_id, key, field)",
        due: "SELECT principal_id, key, field FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2",
        locked: false,
    };

    fn sql(self, backend: DbBackend) -> String {
        let Self { table, key, due, .. } = self;
        let apart = match (backend, self.locked) {
            (DbBackend::Postgres, true) => " FOR UPDATE OF t SKIP LOCKED",
            _ => "",
        };
        format!("DELETE FROM {table} WHERE {key} IN ({due}{apart})")
    }
}

impl Store {
    /// Forgets what was over before a time, whosever it is; answers how many rows.
    ///
    /// # Errors
    /// When the database does not answer. What was forgotten until then stays so.
    pub async fn forget(&self, what: Forgotten, before: DateTime<Utc>) -> Result<u64> {
        let mut forgotten = 0;
        loop {
            let settings = Settings {
                forget_before: Some(before),
                ..Settings::default()
            };
            // Not among the statements that are counted: nobody asked for it.
            let tx = self.pool.begin_write(settings, Arc::default()).await?;
            let backend = tx.get_database_backend();
            let values = [before.into(), FORGOTTEN_AT_ONCE.into()];
            let delete = Statement::from_sql_and_values(backend, what.sql(backend), values);
            let rows = tx.execute_raw(delete).await?.rows_affected();
            tx.commit().await?;
            forgotten += rows;
            if rows < FORGOTTEN_AT_ONCE {
                return Ok(forgotten);
            }
        }
    }
}
