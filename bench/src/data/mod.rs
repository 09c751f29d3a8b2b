//! The data set.

mod dialect;
pub mod scale;
mod tables;

use std::time::Instant;

use anyhow::{Context, Result};
use api::config::DatabaseKind;
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::say::say;
use dialect::Dialect;
use scale::Scale;

/// Fills an empty, migrated database and tells of each table. `db` stands above row-level security.
///
/// # Errors
/// When the database refuses a statement; it then names the table.
pub async fn fill(db: &DatabaseConnection, kind: DatabaseKind, scale: Scale) -> Result<()> {
    for filling in tables::fillings(scale, Dialect(kind)) {
        let start = Instant::now();
        let done = db
            .execute_unprepared(&filling.sql)
            .await
            .with_context(|| format!("filling {}", filling.table))?;
        say(&format!(
            "  {:<14} {:>9} rows  {:>5.1} s",
            filling.table,
            done.rows_affected(),
            start.elapsed().as_secs_f64()
        ));
    }
    let tidy = match kind {
        DatabaseKind::Postgres => "VACUUM (ANALYZE)",
        DatabaseKind::Sqlite => "ANALYZE",
    };
    db.execute_unprepared(tidy)
        .await
        .context("collecting the statistics of the tables")?;
    Ok(())
}
