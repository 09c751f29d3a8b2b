//! Winners: seen when their room is.

use entity::{
    UserId, WinnerId,
    room::{
        participant, prize, room,
        winner::{self, WinnerStatus},
    },
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Query};

use super::room::InRoom;
use crate::{
    error::Result,
    operation::{Subject, table},
    store::{Lock, Scope, Writing, any_of, any_row, any_row_for_change, seen_row, seen_row_for_change},
};

table! {
    winner: WinnerId, "winner", "winnerId";
    seen_with: room by RoomId, room_id; itself: winner::Column::AnnouncedAt.is_not_null();
    deleted: deleted_at;
    located: "locate_winner";
    listed: "winner.age", |filter: WinnerFilter| {
        Condition::all().add_option(any_of(winner::Column::Status, filter.statuses.as_deref()))
    };
}

/// Which winners are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WinnerFilter {
    /// Only these.
    pub statuses: Option<Vec<WinnerStatus>>,
}

/// A win that was announced and is a user's own, whether or not they are in the room still.
///
/// # Errors
/// When the database does not answer.
pub async fn winner_of(scope: &impl Scope, id: WinnerId, user: UserId) -> Result<Option<winner::Model>> {
    let theirs = Query::select()
        .column(participant::Column::Id)
        .from(participant::Entity)
        .and_where(participant::Column::UserId.eq(user))
        .take();
    let select = winner::Entity::find_by_id(id)
        .filter(winner::Column::AnnouncedAt.is_not_null())
        .filter(winner::Column::ParticipantId.in_subquery(theirs));
    Ok(select.one(scope).await?)
}

/// A winner whose row was just written, whoever asks.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub async fn winner_by_id(scope: &impl Scope, id: WinnerId) -> Result<winner::Model> {
    any_row::<winner::Entity>(scope, id).await
}

impl Subject for WinnerId {
    type Held = InRoom<winner::Model>;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<InRoom<winner::Model>> {
        let seen = seen_row::<winner::Entity>(tx, *self).await?;
        let room = seen_row_for_change::<room::Entity>(tx, seen.room_id, lock).await?;
        any_row_for_change::<prize::Entity>(tx, seen.prize_id, Lock::Exclusive).await?;
        // Read again: now that the prize is held, nobody else moves its winners.
        let row = seen_row::<winner::Entity>(tx, *self).await?;
        Ok(InRoom { room, row })
    }
}
