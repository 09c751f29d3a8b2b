//! Prizes: seen when their room is.

use chrono::{DateTime, Utc};
use entity::{PrizeId, RoomId, room::prize};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::LockType,
};

use super::room::{InRoom, of_visible, room_for_change};
use crate::{
    caller::Caller,
    error::{Error, Result},
    operation::{Subject, anew_by_id},
    store::{ListOrdering, Listed, Located, Lock, Scope, Target, Visible, Writing},
};

impl Visible for prize::Entity {
    type Id = PrizeId;

    const NAME: &'static str = "prize";
    const ID: prize::Column = prize::Column::Id;
    const DELETED_AT: Option<prize::Column> = Some(prize::Column::DeletedAt);

    fn visible(caller: &Caller) -> Condition {
        of_visible(prize::Column::RoomId, caller)
    }

    fn id(row: &prize::Model) -> PrizeId {
        row.id
    }

    fn deleted_at(row: &prize::Model) -> Option<DateTime<Utc>> {
        row.deleted_at
    }
}

anew_by_id!(prize);

impl Listed for prize::Entity {
    type Filter = ();
    type Order = PrizeOrder;

    fn matching((): &()) -> Condition {
        Condition::all()
    }
}

/// Prizes in the order in which they are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PrizeOrder;

impl ListOrdering<prize::Entity> for PrizeOrder {
    fn column(self) -> Option<prize::Column> {
        Some(prize::Column::Position)
    }

    fn tag(self) -> &'static str {
        "prize.position"
    }
}

/// A prize that the caller sees.
///
/// # Errors
/// `NOT_FOUND` for any other.
pub async fn prize(scope: &impl Scope, id: PrizeId) -> Result<prize::Model> {
    let select = prize::Entity::seen(scope.caller()).filter(prize::Column::Id.eq(id));
    select
        .one(scope)
        .await?
        .ok_or_else(|| Error::not_found("prize", "prizeId"))
}

/// All prizes of a room, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn prizes(scope: &impl Scope, room: RoomId) -> Result<Vec<prize::Model>> {
    let select = prize::Entity::seen(scope.caller()).filter(prize::Column::RoomId.eq(room));
    Ok(select
        .order_by_asc(prize::Column::Position)
        .order_by_asc(prize::Column::Id)
        .all(scope)
        .await?)
}

/// How many prizes a room has, and the position behind the last. Ask while the room is held exclusively.
///
/// # Errors
/// When the database does not answer.
pub async fn count_and_next_position(scope: &impl Scope, room: RoomId) -> Result<(i64, i32)> {
    let select = prize::Entity::seen(scope.caller())
        .filter(prize::Column::RoomId.eq(room))
        .select_only()
        .column_as(prize::Column::Id.count(), "count")
        .column_as(prize::Column::Position.max(), "last")
        .into_query();
    let row = scope.query_one(&select).await?;
    let row = row.ok_or_else(|| Error::internal(anyhow::anyhow!("an aggregate without a row")))?;
    let last: Option<i32> = row.try_get("", "last")?;
    Ok((row.try_get("", "count")?, last.map_or(0, |last| last + 1)))
}

/// A prize that the caller sees, held until the change is committed. Whoever moves a prize's quantity and a winner
/// holds the prize first: two orders would deadlock.
///
/// # Errors
/// `NOT_FOUND` for any other.
pub async fn prize_for_change(scope: &impl Scope, id: PrizeId) -> Result<prize::Model> {
    let select = prize::Entity::find()
        .filter(prize::Entity::visible(scope.caller()))
        .filter(prize::Column::Id.eq(id));
    let prize = select.lock(LockType::Update).one(scope).await?;
    prize.ok_or_else(|| Error::not_found("prize", "prizeId"))
}

/// A prize, held until the change is committed, whoever asks: winners claim in rooms that they left.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub async fn prize_held(scope: &impl Scope, id: PrizeId) -> Result<prize::Model> {
    let prize = prize::Entity::find_by_id(id).lock(LockType::Update).one(scope).await?;
    prize.ok_or_else(|| Error::not_found("prize", "prizeId"))
}

impl Located for PrizeId {
    fn target(&self) -> Target {
        Target::row("locate_prize", "prizes", *self, Error::not_found("prize", "prizeId"))
    }
}

impl Subject for PrizeId {
    type Held = InRoom<prize::Model>;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<InRoom<prize::Model>> {
        let seen = prize(tx, *self).await?;
        let room = room_for_change(tx, seen.room_id, lock).await?;
        // Read again: it may have changed until the room was held.
        let prize = match lock {
            Lock::Exclusive => prize(tx, *self).await?,
            Lock::Shared => prize_for_change(tx, *self).await?,
        };
        match prize.deleted_at {
            None => Ok(InRoom { room, row: prize }),
            Some(_) => Err(self.target().not_found()),
        }
    }
}
