//! Which draws have work whose time has come: over all tenants, and nothing but their ids.

use chrono::{DateTime, Utc};
use entity::DrawId;
use sea_orm::{DbBackend, Statement};
use uuid::Uuid;

use crate::{config::DatabaseKind, error::Result, store::Store};

const SQLITE: &str = "SELECT id FROM draws WHERE announce_at <= ?1 UNION SELECT draw_id FROM winners \
     WHERE status = 'PENDING' AND claim_by IS NOT NULL AND claim_by <= ?1 AND draw_id IS NOT NULL";

/// Draws with a winner to announce or a claim that ran out, at a time.
///
/// # Errors
/// When the database does not answer.
pub async fn due_draws(store: &Store, now: DateTime<Utc>) -> Result<Vec<DrawId>> {
    let ids: Vec<Uuid> = match store.kind() {
        // Row-level security hides every tenant from a caller without one, so a definer function looks for us.
        DatabaseKind::Postgres => {
            let sql = "SELECT tombola.due_draws($1)";
            let row = store
                .query_one(Statement::from_sql_and_values(DbBackend::Postgres, sql, [now.into()]))
                .await?;
            row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default()
        }
        DatabaseKind::Sqlite => {
            let statement = Statement::from_sql_and_values(DbBackend::Sqlite, SQLITE, [now.into()]);
            let rows = store.query_all(statement).await?;
            let ids: Result<_, _> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
            ids?
        }
    };
    Ok(ids.into_iter().map(DrawId).collect())
}
