//! Documents that were published for apps: `documents`.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::{
    m0004_functions::definer,
    roles::{LOCATE, SERVER},
    table::*,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "documents";

const BY_CLIENT: &str =
    "select organization_id from public.apps where client_id = wanted and is_active and deleted_at is null";

const BY_HASH: &str = "select d.organization_id from public.documents d join public.apps a on a.id = d.app_id \
     where d.hash = wanted and d.deleted_at is null and a.is_active and a.deleted_at is null limit 1";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(TABLE)
            .col(pk_uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("app_id"))
            .col(text("key"))
            .col(text("hash"))
            .col(text("name"))
            .col(text("text"))
            .col(moment_null("deleted_at"))
            .col(moment("created_at"))
            .col(moment("updated_at"))
            .check(check(TABLE, "key", Expr::cust("length(key) BETWEEN 1 AND 255")))
            .check(check(TABLE, "hash", Expr::cust("length(hash) = 64")))
            .foreign_key(&mut foreign_key(
                TABLE,
                &["organization_id", "app_id"],
                "apps",
                &["organization_id", "id"],
                ForeignKeyAction::Cascade,
            ))
            .take();
        manager.create_table(table).await?;
        create_indexes(manager, [unique(TABLE, &["app_id", "key"]), index(TABLE, &["hash"])]).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(&walls()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            let sql = format!(
                "drop function tombola.locate_document(text); drop function tombola.locate_client(text);
                 revoke select (client_id, is_active) on apps from {LOCATE};"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        drop_tables(manager, &[TABLE]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn walls() -> String {
    let mut sql = format!(
        "alter table {TABLE} enable row level security;
         alter table {TABLE} force row level security;
         create policy own on {TABLE} to {SERVER} using (organization_id = (select tombola.tenant()))
           with check (organization_id = (select tombola.tenant()));
         create policy seen on {TABLE} for select to {SERVER}
           using (organization_id = any ((select tombola.my_organizations())::uuid[]));
         create policy locate on {TABLE} for select to {LOCATE} using (true);
         grant create on schema tombola to {LOCATE};"
    );
    sql += &definer("locate_client(wanted text)", "uuid", BY_CLIENT);
    sql += &definer("locate_document(wanted text)", "uuid", BY_HASH);
    sql += &format!(
        "revoke create on schema tombola from {LOCATE};
         grant select (client_id, is_active) on apps to {LOCATE};
         grant select (organization_id, app_id, hash, deleted_at) on {TABLE} to {LOCATE};
         grant select, insert, update on {TABLE} to {SERVER};"
    );
    sql
}
