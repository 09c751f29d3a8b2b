//! Draws, their steps and their exclusions: seen when their room is.

use std::collections::HashSet;

use entity::{
    DrawExclusionId, DrawId, DrawStepId, PrizeId, RoomId,
    draw::{
        draw::{self, DrawStatus},
        draw_exclusion, draw_prize, draw_step,
    },
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, LockType, Query, SelectStatement},
};

use crate::{
    caller::Caller,
    error::{Error, Result},
    operation::{Subject, anew_by_id},
    room::{InRoom, of_visible, room_for_change},
    store::{ListOrdering, Listed, Located, Lock, Scope, Target, Visible, Writing},
};

impl Visible for draw::Entity {
    type Id = DrawId;

    const NAME: &'static str = "draw";
    const ID: draw::Column = draw::Column::Id;

    fn visible(caller: &Caller) -> Condition {
        of_visible(draw::Column::RoomId, caller)
    }

    fn id(row: &draw::Model) -> DrawId {
        row.id
    }
}

anew_by_id!(draw);

impl Listed for draw::Entity {
    type Filter = ();
    type Order = DrawOrder;

    fn matching((): &()) -> Condition {
        Condition::all()
    }
}

/// Draws in the order in which they were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DrawOrder;

impl ListOrdering<draw::Entity> for DrawOrder {
    fn column(self) -> Option<draw::Column> {
        None
    }

    fn tag(self) -> &'static str {
        "draw.age"
    }
}

impl Visible for draw_step::Entity {
    type Id = DrawStepId;

    const NAME: &'static str = "draw step";
    const ID: draw_step::Column = draw_step::Column::Id;

    fn visible(caller: &Caller) -> Condition {
        of_visible(draw_step::Column::RoomId, caller)
    }

    fn id(row: &draw_step::Model) -> DrawStepId {
        row.id
    }
}

impl Listed for draw_step::Entity {
    type Filter = ();
    type Order = DrawStepOrder;

    fn matching((): &()) -> Condition {
        Condition::all()
    }
}

/// Steps in the order in which they were taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DrawStepOrder;

impl ListOrdering<draw_step::Entity> for DrawStepOrder {
    fn column(self) -> Option<draw_step::Column> {
        Some(draw_step::Column::Position)
    }

    fn tag(self) -> &'static str {
        "step.position"
    }
}

impl Visible for draw_exclusion::Entity {
    type Id = DrawExclusionId;

    const NAME: &'static str = "exclusion";
    const ID: draw_exclusion::Column = draw_exclusion::Column::Id;

    fn visible(caller: &Caller) -> Condition {
        of_visible(draw_exclusion::Column::RoomId, caller)
    }

    fn id(row: &draw_exclusion::Model) -> DrawExclusionId {
        row.id
    }
}

anew_by_id!(draw_exclusion);

impl Listed for draw_exclusion::Entity {
    type Filter = ();
    type Order = DrawExclusionOrder;

    fn matching((): &()) -> Condition {
        Condition::all()
    }
}

/// Exclusions in the order in which they were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DrawExclusionOrder;

impl ListOrdering<draw_exclusion::Entity> for DrawExclusionOrder {
    fn column(self) -> Option<draw_exclusion::Column> {
        None
    }

    fn tag(self) -> &'static str {
        "exclusion.age"
    }
}

/// A draw that the caller sees.
///
/// # Errors
/// `NOT_FOUND` for any other.
pub async fn draw(scope: &impl Scope, id: DrawId) -> Result<draw::Model> {
    seen(scope, id, "drawId").await
}

/// The draw that another one names as the one which it replaces.
///
/// # Errors
/// `NOT_FOUND` for one that the caller does not see.
pub async fn superseded_draw(scope: &impl Scope, id: DrawId) -> Result<draw::Model> {
    seen(scope, id, "supersedes").await
}

async fn seen(scope: &impl Scope, id: DrawId, field: &'static str) -> Result<draw::Model> {
    let select = draw::Entity::seen(scope.caller()).filter(draw::Column::Id.eq(id));
    select.one(scope).await?.ok_or_else(|| Error::not_found("draw", field))
}

/// A draw, whoever asks: whether they may is settled otherwise.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub async fn draw_by_id(scope: &impl Scope, id: DrawId) -> Result<draw::Model> {
    let row = draw::Entity::find_by_id(id).one(scope).await?;
    row.ok_or_else(|| Error::not_found("draw", "drawId"))
}

/// A draw, held until the change is committed, whoever asks: whether they may is settled by then.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub async fn draw_for_change(scope: &impl Scope, id: DrawId) -> Result<draw::Model> {
    let select = draw::Entity::find_by_id(id).lock(LockType::Update);
    select
        .one(scope)
        .await?
        .ok_or_else(|| Error::not_found("draw", "drawId"))
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

impl Located for DrawId {
    fn target(&self) -> Target {
        Target::row("locate_draw", "draws", *self, Error::not_found("draw", "drawId"))
    }
}

impl Subject for DrawId {
    type Held = InRoom<draw::Model>;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<InRoom<draw::Model>> {
        let seen = draw(tx, *self).await?;
        let room = room_for_change(tx, seen.room_id, lock).await?;
        let draw = draw_for_change(tx, *self).await?;
        Ok(InRoom { room, row: draw })
    }
}
