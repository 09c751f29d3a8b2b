//! Accounts and sessions: `users`, `sessions`, `refresh_tokens`.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        users(manager).await?;
        sessions(manager).await?;
        refresh_tokens(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["refresh_tokens", "sessions", "users"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn users(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("users")
        .col(pk_uuid("id"))
        .col(text("email"))
        .col(moment_null("email_verified_at"))
        .col(text_null("first_name"))
        .col(text_null("last_name"))
        .col(text("display_name"))
        .col(text_null("avatar_url"))
        .col(text("timezone").default("UTC"))
        .col(json_object("preferences"))
        .col(text_null("password_hash"))
        .col(text("platform_role").default("NONE"))
        .col(integer("level").default(1))
        .col(big_integer("xp").default(0))
        .col(moment_null("last_login_at"))
        .col(moment_null("disabled_at"))
        .col(moment_null("deleted_at"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check("users", "email", Expr::cust("lower(email) = email")))
        .check(check(
            "users",
            "platform_role",
            one_of("platform_role", &["NONE", "PLATFORM_ADMIN"]),
        ))
        .check(check("users", "level", Expr::col("level").gte(1)))
        .check(check("users", "xp", Expr::col("xp").gte(0)))
        .take();
    manager.create_table(table).await?;
    create_indexes(manager, [live(unique("users", &["email"]))]).await
}

async fn sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sessions")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(text_null("user_agent"))
        .col(text_null("ip_address"))
        .col(text("assurance_level"))
        .col(moment("authenticated_at"))
        .col(moment("last_seen_at"))
        .col(moment("expires_at"))
        .col(moment_null("revoked_at"))
        .col(text_null("revoke_reason"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check(
            "sessions",
            "assurance_level",
            one_of("assurance_level", &["PASSWORD", "MFA"]),
        ))
        // A check that answers NULL passes, so that no reason is fine.
        .check(check(
            "sessions",
            "revoke_reason",
            one_of("revoke_reason", &["SIGNED_OUT", "REFRESH_TOKEN_REUSED"]),
        ))
        .foreign_key(&mut foreign_key(
            "sessions",
            &["user_id"],
            "users",
            &["id"],
            ForeignKeyAction::Cascade,
        ))
        .take();
    manager.create_table(table).await?;
    create_indexes(manager, [index("sessions", &["user_id", "id"])]).await
}

async fn refresh_tokens(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let hash = bytes(manager.get_database_backend(), "token_hash", 32);
    let table = Table::create()
        .table("refresh_tokens")
        .col(pk_uuid("id"))
        .col(uuid("session_id"))
        .col(blob("token_hash"))
        .col(integer("generation"))
        .col(moment("expires_at"))
        .col(moment_null("used_at"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check("refresh_tokens", "token_hash", hash))
        .check(check("refresh_tokens", "generation", Expr::col("generation").gte(0)))
        .foreign_key(&mut foreign_key(
            "refresh_tokens",
            &["session_id"],
            "sessions",
            &["id"],
            ForeignKeyAction::Cascade,
        ))
        .take();
    manager.create_table(table).await?;
    let indexes = [
        unique("refresh_tokens", &["token_hash"]),
        unique("refresh_tokens", &["session_id", "generation"]),
    ];
    create_indexes(manager, indexes).await
}
