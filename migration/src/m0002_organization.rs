//! Tenants, their members and the audit log: `organizations`, `memberships`, `audit_logs`.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::table::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        organizations(manager).await?;
        memberships(manager).await?;
        audit_logs(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["audit_logs", "memberships", "organizations"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn organizations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let statuses = ["PROVISIONING", "ACTIVE", "SUSPENDED", "FAILED"];
    let plans = ["STARTER", "GROWTH", "ENTERPRISE"];
    let table = Table::create()
        .table("organizations")
        .col(pk_uuid("id"))
        .col(text("slug"))
        .col(text("name"))
        .col(text_null("company_name"))
        .col(text("admin_email"))
        .col(text("status"))
        .col(text("plan"))
        .col(text_null("industry"))
        .col(integer_null("expected_agent_count"))
        .col(json_object("model_defaults"))
        .col(json_object("resource_limits"))
        .col(moment_null("deleted_at"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check("organizations", "status", one_of("status", &statuses)))
        .check(check("organizations", "plan", one_of("plan", &plans)))
        .check(check(
            "organizations",
            "expected_agent_count",
            Expr::col("expected_agent_count").gte(0),
        ))
        .take();
    manager.create_table(table).await?;
    let indexes = [
        live(unique("organizations", &["slug"])),
        live(unique("organizations", &["company_name"])),
    ];
    create_indexes(manager, indexes).await
}

async fn memberships(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let roles = ["ADMIN", "REVIEWER", "CREATOR", "VIEWER"];
    let table = Table::create()
        .table("memberships")
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("user_id"))
        .col(text("role").default("CREATOR"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check("memberships", "role", one_of("role", &roles)))
        .foreign_key(&mut foreign_key(
            "memberships",
            &["organization_id"],
            "organizations",
            &["id"],
            ForeignKeyAction::Cascade,
        ))
        .foreign_key(&mut foreign_key(
            "memberships",
            &["user_id"],
            "users",
            &["id"],
            ForeignKeyAction::Cascade,
        ))
        .take();
    manager.create_table(table).await?;
    let indexes = [
        unique("memberships", &["organization_id", "user_id"]),
        index("memberships", &["organization_id", "id"]),
        index("memberships", &["user_id", "organization_id"]),
    ];
    create_indexes(manager, indexes).await
}

async fn audit_logs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let mut table = Table::create();
    table.table("audit_logs");
    match backend {
        // SQLite numbers only its primary key, and without AUTOINCREMENT it would use a number again.
        DbBackend::Sqlite => {
            table.col(
                ColumnDef::new("sequence")
                    .big_integer()
                    .not_null()
                    .primary_key()
                    .auto_increment(),
            );
            table.col(uuid("id"));
        }
        _ => {
            table.col(big_integer("sequence").extra("GENERATED ALWAYS AS IDENTITY"));
            table.col(pk_uuid("id"));
        }
    }
    table
        .col(uuid("organization_id"))
        .col(uuid_null("actor_id"))
        .col(text_null("actor_address"))
        .col(text("action"))
        .col(text("resource_type"))
        .col(uuid("resource_id"))
        .col(json_object("changes"))
        .col(json_object("metadata"))
        .col(blob("hash"))
        .col(moment("created_at"))
        .check(check("audit_logs", "hash", bytes(backend, "hash", 32)))
        .foreign_key(&mut foreign_key(
            "audit_logs",
            &["organization_id"],
            "organizations",
            &["id"],
            ForeignKeyAction::Restrict,
        ))
        .foreign_key(&mut foreign_key(
            "audit_logs",
            &["actor_id"],
            "users",
            &["id"],
            ForeignKeyAction::Restrict,
        ));
    manager.create_table(table).await?;
    let other_key = match backend {
        DbBackend::Sqlite => unique("audit_logs", &["id"]),
        _ => unique("audit_logs", &["sequence"]),
    };
    let indexes = [
        other_key,
        index("audit_logs", &["organization_id", "created_at", "id"]),
        index("audit_logs", &["actor_id", "created_at", "id"]),
    ];
    create_indexes(manager, indexes).await
}
