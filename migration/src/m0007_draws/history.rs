//! Who was kept out and why, and every step that a draw took.

use sea_orm_migration::{prelude::*, schema::*};

use super::draw::part_of_draw;
use crate::{m0003_room::place_in_room, table::*};

pub(super) async fn draw_exclusions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("draw_exclusions")
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("room_id"))
        .col(uuid("draw_id"))
        .col(uuid("participant_id"))
        .col(uuid("excluded_by"))
        .col(text("reason"))
        .col(moment("created_at"))
        .foreign_key(&mut place_in_room("draw_exclusions", ForeignKeyAction::Restrict))
        .foreign_key(&mut part_of_draw("draw_exclusions"))
        .foreign_key(&mut foreign_key(
            "draw_exclusions",
            &["room_id", "participant_id"],
            "participants",
            &["room_id", "id"],
            ForeignKeyAction::Restrict,
        ))
        .foreign_key(&mut foreign_key(
            "draw_exclusions",
            &["excluded_by"],
            "users",
            &["id"],
            ForeignKeyAction::Restrict,
        ))
        .take();
    manager.create_table(table).await?;
    let indexes = [
        unique("draw_exclusions", &["draw_id", "participant_id"]),
        index("draw_exclusions", &["draw_id", "id"]),
        index("draw_exclusions", &["room_id", "draw_id"]),
        index("draw_exclusions", &["room_id", "participant_id"]),
        index("draw_exclusions", &["excluded_by"]),
    ];
    create_indexes(manager, indexes).await
}

/// What could happen to a draw.
pub(crate) const KINDS: [&str; 15] = [
    "COMMITTED",
    "EXCLUDED",
    "FREEZE_REQUESTED",
    "FREEZE_APPROVED",
    "FROZEN",
    "ENTROPY_PROVIDED",
    "DRAWN",
    "PRESENTED",
    "CLAIMED",
    "DECLINED",
    "EXPIRED",
    "DISQUALIFIED",
    "PROMOTED",
    "SKIPPED",
    "VOIDED",
];

pub(super) async fn draw_steps(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(steps_table("draw_steps", one_of("kind", &KINDS)))
        .await?;
    create_indexes(manager, steps_indexes()).await
}

/// The table under a name, with the kinds of steps that it takes.
pub(crate) fn steps_table(name: &'static str, kinds: Expr) -> TableCreateStatement {
    Table::create()
        .table(name)
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("room_id"))
        .col(uuid("draw_id"))
        .col(big_integer("position"))
        .col(text("kind"))
        .col(uuid_null("prize_id"))
        .col(integer_null("rank"))
        .col(text_null("reason"))
        .col(uuid_null("actor_id"))
        .col(moment("created_at"))
        .check(check("draw_steps", "position", Expr::col("position").gte(1)))
        .check(check("draw_steps", "kind", kinds))
        .check(check(
            "draw_steps",
            "rank",
            Expr::cust("(prize_id IS NULL) = (rank IS NULL)"),
        ))
        .foreign_key(&mut place_in_room("draw_steps", ForeignKeyAction::Restrict))
        .foreign_key(&mut part_of_draw("draw_steps"))
        .foreign_key(&mut foreign_key(
            "draw_steps",
            &["draw_id", "prize_id"],
            "draw_prizes",
            &["draw_id", "prize_id"],
            ForeignKeyAction::Restrict,
        ))
        .foreign_key(&mut foreign_key(
            "draw_steps",
            &["actor_id"],
            "users",
            &["id"],
            ForeignKeyAction::Restrict,
        ))
        .take()
}

/// Its indexes.
pub(crate) fn steps_indexes() -> [IndexCreateStatement; 4] {
    [
        unique("draw_steps", &["draw_id", "position"]),
        index("draw_steps", &["draw_id", "prize_id"]),
        index("draw_steps", &["room_id", "draw_id"]),
        index("draw_steps", &["actor_id"]),
    ]
}
