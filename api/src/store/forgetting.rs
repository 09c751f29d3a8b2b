//! What is deleted when its time is over: in steps, by whichever process comes first.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Store, pool::Settings};
use crate::error::Result;

/// Rows deleted in one change: a long list is worked off in steps, between which others write.
const FORGOTTEN_AT_ONCE: u64 = 1000;

/// What the server forgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgotten {
    /// What changes came to, kept for retries.
    Outcomes,
    /// Refresh tokens of sessions that are over.
    RefreshTokens,
    /// Sessions that are over and have no refresh token any more.
    Sessions,
    /// Documents that were removed.
    Documents,
}

impl Forgotten {
    /// What is due before `$1`, `$2` of it at most.
    fn due(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Outcomes => (
                "idempotency_keys",
                "(user_id, key, field)",
                "SELECT user_id, key, field FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2",
            ),
            Self::RefreshTokens => (
                "refresh_tokens",
                "id",
                "SELECT t.id FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id \
                 WHERE s.expires_at < $1 OR s.revoked_at < $1 LIMIT $2",
            ),
            // One that goes would take its tokens along, and they may be thousands.
            Self::Sessions => (
                "sessions",
                "id",
                "SELECT t.id FROM sessions t WHERE (t.expires_at < $1 OR t.revoked_at < $1) \
                 AND NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.session_id = t.id) LIMIT $2",
            ),
            Self::Documents => (
                "documents",
                "id",
                "SELECT t.id FROM documents t WHERE t.deleted_at < $1 LIMIT $2",
            ),
        }
    }

    fn sql(self, backend: DbBackend) -> String {
        let (table, key, due) = self.due();
        // Two processes do not wait for each other. A lock takes the privilege to change, which outcomes have not.
        let apart = match (backend, self) {
            (DbBackend::Postgres, Self::RefreshTokens | Self::Sessions | Self::Documents) => {
                " FOR UPDATE OF t SKIP LOCKED"
            }
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
