//! Prizes: seen when their room is.

use entity::{
    PrizeId, RoomId,
    room::{prize, room},
};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::room::InRoom;
use crate::{
    error::{Error, Result},
    operation::{Subject, table},
    store::{Lock, Scope, Visible, Writing, seen_row, seen_row_for_change},
};

table! {
    prize: PrizeId, "prize", "prizeId";
    seen_with: room by RoomId, room_id;
    deleted: deleted_at;
    located: "locate_prize";
    listed: "prize.position" by Position, |(): ()| Condition::all();
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

impl Subject for PrizeId {
    type Held = InRoom<prize::Model>;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<InRoom<prize::Model>> {
        let seen = seen_row::<prize::Entity>(tx, *self).await?;
        let room = seen_row_for_change::<room::Entity>(tx, seen.room_id, lock).await?;
        // Read again: it may have changed until the room was held.
        let row = match lock {
            Lock::Exclusive => seen_row::<prize::Entity>(tx, *self).await?,
            // The prize before its winners: two orders would deadlock.
            Lock::Shared => seen_row_for_change::<prize::Entity>(tx, *self, Lock::Exclusive).await?,
        };
        Ok(InRoom { room, row })
    }
}
