//! `prizes` and `winners`.

use sea_orm_migration::{prelude::*, schema::*};

use super::place::place_in_room;
use crate::table::*;

pub(super) async fn prizes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let remaining = Expr::col("quantity_remaining").between(0, Expr::col("quantity"));
    let table = Table::create()
        .table("prizes")
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("room_id"))
        .col(text("name"))
        .col(text_null("description"))
        .col(text_null("image_url"))
        .col(integer("position"))
        .col(integer("quantity"))
        .col(integer("quantity_remaining"))
        .col(json_object("metadata"))
        .col(moment_null("deleted_at"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check("prizes", "position", Expr::col("position").gte(0)))
        .check(check("prizes", "quantity", Expr::col("quantity").gte(1)))
        .check(check("prizes", "quantity_remaining", remaining))
        .foreign_key(&mut place_in_room("prizes", ForeignKeyAction::Cascade))
        .take();
    manager.create_table(table).await?;
    let indexes = [
        unique("prizes", &["room_id", "id"]),
        index("prizes", &["room_id", "position", "id"]),
    ];
    create_indexes(manager, indexes).await
}

pub(super) async fn winners(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager.create_table(winners_table("winners")).await?;
    create_indexes(manager, winners_indexes()).await
}

/// The table as this migration leaves it, under any name: SQLite can add a key only to a table that it makes anew.
pub(crate) fn winners_table(name: &'static str) -> TableCreateStatement {
    let statuses = ["PENDING", "CLAIMED", "DECLINED", "EXPIRED", "REVOKED"];
    Table::create()
        .table(name)
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("room_id"))
        .col(uuid("prize_id"))
        .col(uuid("participant_id"))
        .col(uuid_null("draw_id"))
        .col(integer_null("rank"))
        .col(text("source"))
        .col(text("status"))
        .col(moment_null("claim_by"))
        .col(moment_null("revoked_at"))
        .col(text_null("revoke_reason"))
        .col(json_object("metadata"))
        .col(moment_null("deleted_at"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check("winners", "rank", Expr::col("rank").gte(0)))
        .check(check("winners", "source", one_of("source", &["DRAW", "AWARD"])))
        .check(check("winners", "status", one_of("status", &statuses)))
        .foreign_key(&mut place_in_room("winners", ForeignKeyAction::Restrict))
        .foreign_key(&mut foreign_key(
            "winners",
            &["room_id", "prize_id"],
            "prizes",
            &["room_id", "id"],
            ForeignKeyAction::Restrict,
        ))
        .foreign_key(&mut foreign_key(
            "winners",
            &["room_id", "participant_id"],
            "participants",
            &["room_id", "id"],
            ForeignKeyAction::Restrict,
        ))
        .take()
}

/// Its indexes.
pub(crate) fn winners_indexes() -> [IndexCreateStatement; 6] {
    let once_per_rank = unique("winners", &["draw_id", "prize_id", "rank"])
        .and_where(Expr::col("draw_id").is_not_null())
        .take();
    let once_while_live = live(unique("winners", &["prize_id", "participant_id"]))
        .and_where(one_of("status", &["PENDING", "CLAIMED"]))
        .take();
    [
        once_per_rank,
        once_while_live,
        unique("winners", &["room_id", "id"]),
        index("winners", &["room_id", "prize_id"]),
        index("winners", &["prize_id", "id"]),
        index("winners", &["participant_id", "id"]),
    ]
}
