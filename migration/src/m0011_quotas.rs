//! How much each tenant has stored: `storage_counters`. And what the server may forget: sessions, refresh tokens and
//! documents whose time is over.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::{roles::SERVER, table::*};

mod measure;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "storage_counters";

/// What was removed before the time that the transaction was opened for.
const FORGOTTEN: &str = "deleted_at < nullif(current_setting('app.forget_before', true), '')::timestamptz";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(TABLE)
            .col(pk_uuid("organization_id"))
            .col(big_integer("bytes"))
            .col(moment("created_at"))
            .col(moment("updated_at"))
            .check(check(TABLE, "bytes", Expr::col("bytes").gte(0)))
            .foreign_key(&mut foreign_key(
                TABLE,
                &["organization_id"],
                "organizations",
                &["id"],
                ForeignKeyAction::Cascade,
            ))
            .take();
        manager.create_table(table).await?;
        measure::fill(manager).await?;
        create_indexes(manager, indexes()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(&walls()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            let sql = format!(
                "drop policy only_forgotten on documents; drop policy forgotten on documents;
                 revoke delete on sessions, refresh_tokens, documents from {SERVER};"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        for name in [
            "sessions_expires_at_idx",
            "sessions_revoked_at_idx",
            "documents_deleted_at_idx",
        ] {
            manager.drop_index(Index::drop().name(name).to_owned()).await?;
        }
        drop_tables(manager, &[TABLE]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn indexes() -> [IndexCreateStatement; 3] {
    let some = |table, column: &'static str| {
        let mut index = index(table, &[column]);
        index.and_where(Expr::col(column).is_not_null()).take()
    };
    [
        index("sessions", &["expires_at"]),
        some("sessions", "revoked_at"),
        some("documents", "deleted_at"),
    ]
}

/// The counter is for the own tenant's transactions alone. Of documents the server deletes what was removed long enough ago,
/// in a transaction that was opened for that, and nothing else, of whatever tenant.
fn walls() -> String {
    format!(
        "alter table {TABLE} enable row level security;
         alter table {TABLE} force row level security;
         create policy own on {TABLE} to {SERVER} using (organization_id = (select tombola.tenant()))
           with check (organization_id = (select tombola.tenant()));
         create policy forgotten on documents to {SERVER} using ({FORGOTTEN}) with check (false);
         create policy only_forgotten on documents as restrictive for delete to {SERVER} using ({FORGOTTEN});
         grant select, insert, update on {TABLE} to {SERVER};
         grant delete on sessions, refresh_tokens, documents to {SERVER};"
    )
}
