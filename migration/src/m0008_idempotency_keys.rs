//! What came of changes that their clients may ask for again: `idempotency_keys`.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::{roles::SERVER, table::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "idempotency_keys";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let table = Table::create()
            .table(TABLE)
            .col(uuid("user_id"))
            .col(text("key"))
            .col(text("field"))
            .col(blob("fingerprint"))
            .col(json_binary("outcome"))
            .col(moment("created_at"))
            .primary_key(
                Index::create()
                    .name("idempotency_keys_pkey")
                    .col("user_id")
                    .col("key")
                    .col("field"),
            )
            .foreign_key(&mut foreign_key(
                TABLE,
                &["user_id"],
                "users",
                &["id"],
                ForeignKeyAction::Cascade,
            ))
            .check(check(TABLE, "key", Expr::cust("length(key) BETWEEN 1 AND 255")))
            .check(check(TABLE, "field", Expr::cust("length(field) BETWEEN 1 AND 255")))
            .check(check(TABLE, "fingerprint", bytes(backend, "fingerprint", 32)))
            .take();
        manager.create_table(table).await?;
        create_indexes(manager, [index(TABLE, &["created_at"])]).await?;
        if backend == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(&walls()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The table takes its policies and privileges along.
        drop_tables(manager, &[TABLE]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// A user's own rows; and what is old enough to be forgotten, in a transaction that was opened for that. Rows are never
/// changed.
fn walls() -> String {
    format!(
        "alter table {TABLE} enable row level security;
         alter table {TABLE} force row level security;
         create policy own on {TABLE} to {SERVER}
           using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
           with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
         create policy forgotten on {TABLE} to {SERVER}
           using (created_at < nullif(current_setting('app.forget_before', true), '')::timestamptz) with check (false);
         grant select, insert, delete on {TABLE} to {SERVER};"
    )
}
