//! Draws, their steps and their exclusions: seen when their room is.

use std::collections::HashSet;

use entity::{
    DrawExclusionId, DrawId, DrawStepId, PrizeId, RoomId,
    draw::{
        draw::{self, DrawStatus},
        draw_exclusion, draw_prize, draw_step,
    },
    room::room,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use crate::{
    error::{Error, Result},
    operation::{Subject, table},
    room::InRoom,
    store::{Lock, Scope, Visible, Writing, any_row, any_row_for_change, seen_row, seen_row_for_change},
};

table! {
    draw: DrawId, "draw", "drawId";
    seen_with: room by RoomId, room_id;
    deleted: never;
    located: "locate_draw";
    listed: "draw.age", |(): ()| Condition::all();
}

table! {
    draw_step: DrawStepId, "draw step", "drawStepId";
    seen_with: room by RoomId, room_id;
    deleted: never;
    listed: "step.position" by Position, |(): ()| Condition::all();
}

table! {
    draw_exclusion: DrawExclusionId, "exclusion", "exclusionId";
    seen_with: room by RoomId, room_id;
    deleted: never;
    listed: "exclusion.age", |(): ()| Condition::all();
}

/// The draw that another one names as the one which it replaces.
///
/// # Errors
/// `NOT_FOUND` for one that the caller does not see.
pub async fn superseded_draw(scope: &impl Scope, id: DrawId) -> Result<draw::Model> {
    let select = draw::Entity::seen(scope.caller()).filter(draw::Column::Id.eq(id));
    select
        .one(scope)
        .await?
        .ok_or_else(|| Error::not_found("draw", "supersedes"))
}

/// A draw, whoever asks: whether they may is settled otherwise.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub async fn draw_by_id(scope: &impl Scope, id: DrawId) -> Result<draw::Model> {
    any_row::<draw::Entity>(scope, id).await
}

/// The same, held until the change is committed.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub async fn draw_for_change(scope: &impl Scope, id: DrawId) -> Result<draw::Model> {
    any_row_for_change::<draw::Entity>(scope, id, Lock::Exclusive).await
}

/// What a draw draws, in its order.
///
/// # Errors
/// When the database does not answer.
pub async fn draw_prizes(scope: &impl Scope, draw: DrawId) -> Result<Vec<draw_prize::Model>> {
    let select = draw_prize::Entity::find()
        .filter(draw_prize::Column::DrawId.eq(draw))
        .order_by_asc(draw_prize::Column::Position);
    Ok(select.all(scope).await?)
}

/// The draws that these prizes are in and that are not void.
///
/// # Errors
/// When the database does not answer.
pub async fn live_draws_of(scope: &impl Scope, prizes: &[PrizeId]) -> Result<Vec<draw::Model>> {
    let status = Expr::col(draw::Column::Status);
    draws(scope, &draws_with(prizes), status.ne(DrawStatus::Void)).await
}

/// The void draws that a new draw of these prizes takes the place of: those that no other void draw of them has replaced,
/// directly or through others.
///
/// # Errors
/// When the database does not answer.
pub async fn void_draws_of(scope: &impl Scope, prizes: &[PrizeId]) -> Result<Vec<draw::Model>> {
    let status = Expr::col(draw::Column::Status);
    let mut void = draws(scope, &draws_with(prizes), status.eq(DrawStatus::Void)).await?;
    let mut replaced = HashSet::new();
    for draw in &void {
        let mut next = draw.supersedes;
        while let Some(before) = next.filter(|before| replaced.insert(*before)) {
            next = supersedes(scope, before).await?;
        }
    }
    void.retain(|draw| !replaced.contains(&draw.id));
    Ok(void)
}

async fn supersedes(scope: &impl Scope, id: DrawId) -> Result<Option<DrawId>> {
    let row = draw::Entity::find_by_id(id).one(scope).await?;
    Ok(row.and_then(|row| row.supersedes))
}

fn draws_with(prizes: &[PrizeId]) -> SelectStatement {
    Query::select()
        .column((draw_prize::Entity, draw_prize::Column::DrawId))
        .from(draw_prize::Entity)
        .and_where(draw_prize::Column::PrizeId.is_in(prizes.iter().copied()))
        .take()
}

async fn draws(scope: &impl Scope, ids: &SelectStatement, condition: Expr) -> Result<Vec<draw::Model>> {
    let select = draw::Entity::find()
        .filter(draw::Column::Id.in_subquery(ids.clone()))
        .filter(condition)
        .order_by_asc(draw::Column::Id);
    Ok(select.all(scope).await?)
}

/// A room's draws that are under way: committed, frozen, or not yet shown to the end.
///
/// # Errors
/// When the database does not answer.
pub async fn draws_under_way(scope: &impl Scope, room: RoomId) -> Result<Vec<draw::Model>> {
    let open = [DrawStatus::Committed, DrawStatus::Frozen];
    let under_way = Condition::any()
        .add(draw::Column::Status.is_in(open))
        .add(draw::Column::AnnounceAt.is_not_null());
    let select = draw::Entity::find()
        .filter(draw::Column::RoomId.eq(room))
        .filter(under_way)
        .order_by_asc(draw::Column::Id);
    Ok(select.all(scope).await?)
}

/// A room's draws that are not void.
///
/// # Errors
/// When the database does not answer.
pub async fn standing_draws(scope: &impl Scope, room: RoomId) -> Result<Vec<draw::Model>> {
    Ok(standing(room).order_by_asc(draw::Column::Id).all(scope).await?)
}

/// How many draws of a room are not void.
///
/// # Errors
/// When the database does not answer.
pub async fn count_of_standing_draws(scope: &impl Scope, room: RoomId) -> Result<u64> {
    Ok(standing(room).count(scope).await?)
}

fn standing(room: RoomId) -> Select<draw::Entity> {
    draw::Entity::find()
        .filter(draw::Column::RoomId.eq(room))
        .filter(draw::Column::Status.ne(DrawStatus::Void))
}

/// Whether a room has any draw at all.
///
/// # Errors
/// When the database does not answer.
pub async fn has_draws(scope: &impl Scope, room: RoomId) -> Result<bool> {
    let select = draw::Entity::find().filter(draw::Column::RoomId.eq(room)).limit(1);
    Ok(select.one(scope).await?.is_some())
}

impl Subject for DrawId {
    type Held = InRoom<draw::Model>;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<InRoom<draw::Model>> {
        let seen = seen_row::<draw::Entity>(tx, *self).await?;
        let room = seen_row_for_change::<room::Entity>(tx, seen.room_id, lock).await?;
        let row = draw_for_change(tx, *self).await?;
        Ok(InRoom { room, row })
    }
}
