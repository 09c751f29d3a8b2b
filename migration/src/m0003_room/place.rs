//! `apps` and `rooms`, and the key of what is in a room.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::table::*;

pub(super) async fn apps(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let secret_hash = bytes(manager.get_database_backend(), "secret_hash", 32);
    let table = Table::create()
        .table("apps")
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(text("slug"))
        .col(text("name"))
        .col(json_object("manifest"))
        .col(json_list("permissions"))
        .col(text("client_id"))
        .col(blob("secret_hash"))
        .col(boolean("is_active").default(true))
        .col(moment_null("deleted_at"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check("apps", "secret_hash", secret_hash))
        .foreign_key(&mut foreign_key(
            "apps",
            &["organization_id"],
            "organizations",
            &["id"],
            ForeignKeyAction::Restrict,
        ))
        .take();
    manager.create_table(table).await?;
    let indexes = [
        live(unique("apps", &["organization_id", "slug"])),
        unique("apps", &["client_id"]),
        unique("apps", &["organization_id", "id"]),
    ];
    create_indexes(manager, indexes).await
}

pub(super) async fn rooms(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let statuses = ["DRAFT", "ACTIVE", "COMPLETED", "CANCELLED"];
    let table = Table::create()
        .table("rooms")
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid_null("app_id"))
        .col(uuid("created_by"))
        .col(text("title"))
        .col(text_null("description"))
        .col(text("status"))
        .col(boolean("is_public"))
        .col(text("join_code"))
        .col(moment_null("starts_at"))
        .col(moment_null("ends_at"))
        .col(integer_null("max_participants"))
        .col(json_object("settings"))
        .col(text("search_text"))
        .col(moment_null("deleted_at"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check("rooms", "status", one_of("status", &statuses)))
        // Checks that answer NULL pass: only what is there is compared.
        .check(check(
            "rooms",
            "times",
            Expr::col("ends_at").gte(Expr::col("starts_at")),
        ))
        .check(check("rooms", "max_participants", Expr::col("max_participants").gte(1)))
        .foreign_key(&mut foreign_key(
            "rooms",
            &["organization_id"],
            "organizations",
            &["id"],
            ForeignKeyAction::Restrict,
        ))
        .foreign_key(&mut foreign_key(
            "rooms",
            &["organization_id", "app_id"],
            "apps",
            &["organization_id", "id"],
            ForeignKeyAction::Restrict,
        ))
        .foreign_key(&mut foreign_key(
            "rooms",
            &["created_by"],
            "users",
            &["id"],
            ForeignKeyAction::Restrict,
        ))
        .take();
    manager.create_table(table).await?;
    let indexes = [
        live(unique("rooms", &["join_code"])),
        unique("rooms", &["organization_id", "id"]),
        index("rooms", &["status", "is_public", "app_id"]),
        index("rooms", &["app_id", "id"]),
        index("rooms", &["created_by", "id"]),
        index("rooms", &["starts_at", "id"]),
        index("rooms", &["title", "id"]),
    ];
    create_indexes(manager, indexes).await?;
    if manager.get_database_backend() == DbBackend::Postgres {
        // SQLite reads one index both ways; PostgreSQL, read backwards, would put rooms without a start first.
        let latest_first = "CREATE INDEX rooms_starts_at_desc_id_idx ON rooms (starts_at DESC NULLS LAST, id DESC)";
        manager.get_connection().execute_unprepared(latest_first).await?;
    }
    Ok(())
}

/// The key that keeps a row inside its room's tenant.
pub(crate) fn place_in_room(table: &'static str, on_delete: ForeignKeyAction) -> ForeignKeyCreateStatement {
    foreign_key(
        table,
        &["organization_id", "room_id"],
        "rooms",
        &["organization_id", "id"],
        on_delete,
    )
}
