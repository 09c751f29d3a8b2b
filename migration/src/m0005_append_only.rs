//! Triggers that refuse to change or delete what was written once: `audit_logs`, `room_events`.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 2] = ["audit_logs", "room_events"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Sqlite => {
                for table in TABLES {
                    db.execute_unprepared(&sqlite(table, "update")).await?;
                    db.execute_unprepared(&sqlite(table, "delete")).await?;
                }
            }
            _ => {
                db.execute_unprepared(POSTGRES_FUNCTION).await?;
                for table in TABLES {
                    db.execute_unprepared(&postgres(table)).await?;
                }
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Sqlite => {
                for table in TABLES {
                    db.execute_unprepared(&format!("drop trigger {table}_no_update"))
                        .await?;
                    db.execute_unprepared(&format!("drop trigger {table}_no_delete"))
                        .await?;
                }
            }
            _ => {
                // Takes the triggers along.
                db.execute_unprepared("drop function tombola.refuse_change() cascade")
                    .await?;
            }
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Refuses one kind of change.
pub(crate) fn sqlite(table: &str, change: &str) -> String {
    format!(
        "create trigger {table}_no_{change} before {change} on {table} begin
           select raise(abort, '{table} is append-only: its rows are never changed or deleted. Add a new row instead.');
         end"
    )
}

const POSTGRES_FUNCTION: &str = "
    create function tombola.refuse_change() returns trigger language plpgsql set search_path = '' as $$
    begin
      raise exception '% is append-only: its rows are never changed or deleted. Add a new row instead.', tg_table_name
        using errcode = 'object_not_in_prerequisite_state';
    end $$;
    revoke all on function tombola.refuse_change() from public;";

/// For each statement, so that it is refused even when it would find no row; ALWAYS, so that it holds on a
/// replica's session too.
pub(crate) fn postgres(table: &str) -> String {
    format!(
        "create trigger append_only before update or delete or truncate on {table}
           for each statement execute function tombola.refuse_change();
         alter table {table} enable always trigger append_only;"
    )
}
