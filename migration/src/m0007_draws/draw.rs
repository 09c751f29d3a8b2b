//! `draws`, what they draw, and in which order it came out; and the key of what is part of a draw.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::{m0003_room::place_in_room, table::*};

pub(super) async fn draws(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let sized = |column: &str, length| bytes(backend, column, length);
    let sized_if_there =
        |column: &str, length| Expr::cust(format!("{column} IS NULL")).or(bytes(backend, column, length));
    let statuses = ["COMMITTED", "FROZEN", "DRAWN", "VOID"];
    let frozen = "status IN ('COMMITTED', 'VOID') OR (list_root IS NOT NULL AND entrant_count IS NOT NULL \
                  AND total_weight IS NOT NULL AND frozen_at IS NOT NULL AND freeze_signature IS NOT NULL)";
    let drawn = "status <> 'DRAWN' OR (drawn_at IS NOT NULL AND entropy IS NOT NULL \
                 AND (seed IS NULL) = (presented_at IS NULL))";
    let void = "(status = 'VOID') = (voided_at IS NOT NULL) AND (status = 'VOID') = (void_reason IS NOT NULL)";
    let mut table = Table::create()
        .table("draws")
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("room_id"))
        .col(uuid("created_by"))
        .col(text("status"))
        .col(text("level"))
        .col(text("policy"))
        .col(blob("policy_hash"))
        .col(blob("seed_commit"))
        .col(blob("sealed_seed"))
        .col(blob_null("seed"))
        .col(text("key_id"))
        .col(blob("public_key"))
        .col(blob("signature"))
        .col(uuid_null("supersedes"))
        .col(uuid_null("freeze_requested_by"))
        .col(blob_null("list_root"))
        .col(big_integer_null("entrant_count"))
        .col(big_integer_null("total_weight"))
        .col(moment_null("frozen_at"))
        .col(blob_null("freeze_signature"))
        .col(text_null("entropy"))
        .col(moment_null("drawn_at"))
        .col(integer_null("pace_seconds"))
        .col(moment_null("announce_at"))
        .col(moment_null("presented_at"))
        .col(text_null("void_reason"))
        .col(moment_null("voided_at"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .check(check("draws", "status", one_of("status", &statuses)))
        .check(check("draws", "level", one_of("level", &["L0", "L1", "L2"])))
        .check(check("draws", "policy_hash", sized("policy_hash", 32)))
        .check(check("draws", "seed_commit", sized("seed_commit", 32)))
        .check(check("draws", "seed", sized_if_there("seed", 32)))
        .check(check("draws", "list_root", sized_if_there("list_root", 32)))
        .check(check("draws", "frozen", Expr::cust(frozen)))
        .check(check("draws", "drawn", Expr::cust(drawn)))
        .check(check("draws", "void", Expr::cust(void)))
        .foreign_key(&mut place_in_room("draws", ForeignKeyAction::Restrict))
        .foreign_key(&mut foreign_key(
            "draws",
            &["created_by"],
            "users",
            &["id"],
            ForeignKeyAction::Restrict,
        ))
        .foreign_key(&mut foreign_key(
            "draws",
            &["freeze_requested_by"],
            "users",
            &["id"],
            ForeignKeyAction::Restrict,
        ))
        .take();
    if backend == DbBackend::Sqlite {
        table.foreign_key(&mut replaced_in_room());
    }
    manager.create_table(table).await?;
    let presenting = index("draws", &["announce_at"])
        .and_where(Expr::col("announce_at").is_not_null())
        .take();
    let indexes = [
        unique("draws", &["room_id", "id"]),
        index("draws", &["supersedes"]),
        index("draws", &["created_by", "id"]),
        index("draws", &["freeze_requested_by"]),
        presenting,
    ];
    create_indexes(manager, indexes).await?;
    if backend != DbBackend::Sqlite {
        // PostgreSQL wants the unique key first; SQLite takes a key only with its table.
        manager.create_foreign_key(replaced_in_room()).await?;
    }
    Ok(())
}

/// The key that keeps a draw in the room of the one which it replaces.
fn replaced_in_room() -> ForeignKeyCreateStatement {
    foreign_key(
        "draws",
        &["room_id", "supersedes"],
        "draws",
        &["room_id", "id"],
        ForeignKeyAction::Restrict,
    )
}

pub(super) async fn draw_prizes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("draw_prizes")
        .col(uuid("draw_id"))
        .col(uuid("prize_id"))
        .col(uuid("organization_id"))
        .col(uuid("room_id"))
        .col(integer("position"))
        .col(integer("quantity"))
        .col(integer("alternates"))
        .col(boolean("live"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .primary_key(Index::create().name("draw_prizes_pkey").col("draw_id").col("prize_id"))
        .check(check("draw_prizes", "quantity", Expr::col("quantity").gte(1)))
        .check(check("draw_prizes", "alternates", Expr::col("alternates").gte(0)))
        .foreign_key(&mut place_in_room("draw_prizes", ForeignKeyAction::Restrict))
        .foreign_key(&mut part_of_draw("draw_prizes"))
        .foreign_key(&mut foreign_key(
            "draw_prizes",
            &["room_id", "prize_id"],
            "prizes",
            &["room_id", "id"],
            ForeignKeyAction::Restrict,
        ))
        .take();
    manager.create_table(table).await?;
    let one_live_draw = unique("draw_prizes", &["prize_id"])
        .and_where(Expr::col("live").eq(true))
        .take();
    let indexes = [
        one_live_draw,
        index("draw_prizes", &["room_id", "draw_id"]),
        index("draw_prizes", &["room_id", "prize_id"]),
    ];
    create_indexes(manager, indexes).await
}

pub(super) async fn draw_rankings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("draw_rankings")
        .col(uuid("draw_id"))
        .col(uuid("prize_id"))
        .col(uuid("organization_id"))
        .col(uuid("room_id"))
        .col(blob("ranking"))
        .col(boolean("presented"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .primary_key(
            Index::create()
                .name("draw_rankings_pkey")
                .col("draw_id")
                .col("prize_id"),
        )
        .foreign_key(&mut place_in_room("draw_rankings", ForeignKeyAction::Restrict))
        .foreign_key(&mut part_of_draw("draw_rankings"))
        .foreign_key(&mut foreign_key(
            "draw_rankings",
            &["draw_id", "prize_id"],
            "draw_prizes",
            &["draw_id", "prize_id"],
            ForeignKeyAction::Restrict,
        ))
        .take();
    manager.create_table(table).await?;
    create_indexes(manager, [index("draw_rankings", &["room_id", "draw_id"])]).await
}

/// The key that keeps a row inside its draw's room.
pub(super) fn part_of_draw(table: &'static str) -> ForeignKeyCreateStatement {
    foreign_key(
        table,
        &["room_id", "draw_id"],
        "draws",
        &["room_id", "id"],
        ForeignKeyAction::Restrict,
    )
}
