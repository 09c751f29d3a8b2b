//! Whoever acts is a principal: a kind and an id in `audit_logs`, `rooms`, `draws`, `draw_exclusions`, `draw_steps` and
//! `idempotency_keys`, where only users could be named. And the organization of the platform itself, in which is audited what
//! happens to no tenant.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

mod actors;
mod postgres;
mod sqlite;

use actors::{ACTORS, PLATFORM};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The row of the platform, with a slug that nobody can choose.
const PLATFORM_ROW: [(&str, &str); 9] = [
    ("slug", "PLATFORM"),
    ("name", "Platform"),
    ("admin_email", ""),
    ("status", "ACTIVE"),
    ("plan", "ENTERPRISE"),
    ("model_defaults", "{}"),
    ("resource_limits", "{}"),
    ("created_at", "1970-01-01T00:00:00+00:00"),
    ("updated_at", "1970-01-01T00:00:00+00:00"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Sqlite => {
                for actor in &ACTORS {
                    sqlite::extend(db, actor).await?;
                }
                let blob = format!("x'{}'", PLATFORM.replace('-', ""));
                db.execute_unprepared(&platform(&blob)).await?;
            }
            _ => {
                for actor in &ACTORS {
                    db.execute_unprepared(&postgres::extend(actor)).await?;
                }
                db.execute_unprepared(&postgres::walls()).await?;
                // Under FORCE even the owner adds no row.
                let row = platform(&format!("'{PLATFORM}'"));
                let sql = format!(
                    "alter table organizations no force row level security; {row};
                     alter table organizations force row level security;"
                );
                db.execute_unprepared(&sql).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Sqlite => {
                sqlite::forget_platform(db).await?;
                for actor in ACTORS.iter().rev() {
                    sqlite::reduce(db, actor).await?;
                }
            }
            _ => {
                db.execute_unprepared(&postgres::forget_platform()).await?;
                for actor in ACTORS.iter().rev() {
                    db.execute_unprepared(&postgres::reduce(actor)).await?;
                }
                db.execute_unprepared(&postgres::walls_before()).await?;
            }
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn platform(id: &str) -> String {
    let columns: Vec<_> = PLATFORM_ROW.iter().map(|(column, _)| *column).collect();
    let values: Vec<_> = PLATFORM_ROW.iter().map(|(_, value)| format!("'{value}'")).collect();
    format!(
        "insert into organizations (id, {}) values ({id}, {})",
        columns.join(", "),
        values.join(", ")
    )
}
