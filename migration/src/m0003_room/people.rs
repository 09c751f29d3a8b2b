//! `participants`.

use sea_orm_migration::{prelude::*, schema::*};

use super::place::place_in_room;
use crate::table::*;

pub(super) async fn participants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let roles = ["ORGANIZER", "MODERATOR", "PARTICIPANT", "VIEWER"];
    let one_of_two = Expr::cust("(user_id IS NULL) <> (agent_id IS NULL)");
    let entry_nonce = bytes(manager.get_database_backend(), "entry_nonce", 16);
    let table = Table::create()
        .table("participants")
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("room_id"))
        .col(uuid_null("user_id"))
        .col(uuid_null("agent_id"))
        .col(text("role"))
        .col(big_integer("tickets"))
        .col(blob("entry_nonce"))
        .col(json_object("metadata"))
        .col(moment("joined_at"))
        .col(moment_null("left_at"))
        .col(moment_null("deleted_at"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check("participants", "user_or_agent", one_of_two))
        .check(check("participants", "role", one_of("role", &roles)))
        .check(check(
            "participants",
            "tickets",
            Expr::col("tickets").between(0_i64, 4_294_967_295_i64),
        ))
        .check(check("participants", "entry_nonce", entry_nonce))
        .foreign_key(&mut place_in_room("participants", ForeignKeyAction::Cascade))
        .foreign_key(&mut foreign_key(
            "participants",
            &["user_id"],
            "users",
            &["id"],
            ForeignKeyAction::Restrict,
        ))
        .take();
    manager.create_table(table).await?;
    let indexes = [
        unique("participants", &["room_id", "id"]),
        unique("participants", &["room_id", "user_id"]),
        unique("participants", &["room_id", "agent_id"]),
        index("participants", &["room_id", "role"]),
        index("participants", &["user_id", "room_id"]),
    ];
    create_indexes(manager, indexes).await
}
