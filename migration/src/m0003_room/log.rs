//! `room_counters` and `room_events`.

use sea_orm_migration::{prelude::*, schema::*};

use super::place::place_in_room;
use crate::table::*;

pub(super) async fn room_counters(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("room_counters")
        .col(pk_uuid("room_id"))
        .col(uuid("organization_id"))
        .col(big_integer("next_sequence").default(1))
        .col(integer("participant_count").default(0))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check(
            "room_counters",
            "next_sequence",
            Expr::col("next_sequence").gte(1),
        ))
        .check(check(
            "room_counters",
            "participant_count",
            Expr::col("participant_count").gte(0),
        ))
        .foreign_key(&mut place_in_room("room_counters", ForeignKeyAction::Cascade))
        .take();
    manager.create_table(table).await
}

pub(super) async fn room_events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("room_events")
        .col(uuid("room_id"))
        .col(big_integer("sequence"))
        .col(uuid("organization_id"))
        .col(text("kind"))
        .col(json_object("payload"))
        .col(moment("created_at"))
        .primary_key(Index::create().name("room_events_pkey").col("room_id").col("sequence"))
        .check(check("room_events", "sequence", Expr::col("sequence").gte(1)))
        .foreign_key(&mut place_in_room("room_events", ForeignKeyAction::Restrict))
        .take();
    manager.create_table(table).await
}
