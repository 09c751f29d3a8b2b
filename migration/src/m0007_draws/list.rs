//! The frozen list, 4,096 entrants a row: what is published of it, and, apart, who is who.

use sea_orm_migration::{prelude::*, schema::*};

use super::draw::part_of_draw;
use crate::{m0003_room::place_in_room, table::*};

pub(super) async fn draw_chunks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let root = bytes(manager.get_database_backend(), "root", 32);
    let table = chunk("draw_chunks")
        .col(blob("entries"))
        .col(blob("root"))
        .check(check("draw_chunks", "root", root))
        .take();
    manager.create_table(table).await?;
    create_indexes(manager, [index("draw_chunks", &["room_id", "draw_id"])]).await
}

pub(super) async fn draw_entrants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = chunk("draw_entrants").col(blob("participants")).take();
    manager.create_table(table).await?;
    create_indexes(manager, [index("draw_entrants", &["room_id", "draw_id"])]).await
}

fn chunk(name: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name)
        .col(uuid("draw_id"))
        .col(integer("number"))
        .col(uuid("organization_id"))
        .col(uuid("room_id"))
        .col(moment("created_at"))
        .primary_key(
            Index::create()
                .name(format!("{name}_pkey"))
                .col("draw_id")
                .col("number"),
        )
        .check(check(name, "number", Expr::col("number").gte(0)))
        .foreign_key(&mut place_in_room(name, ForeignKeyAction::Restrict))
        .foreign_key(&mut part_of_draw(name))
        .take()
}
