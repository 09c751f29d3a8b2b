//! Winners: seen when their room is.

use chrono::{DateTime, Utc};
use entity::{
    UserId, WinnerId,
    room::{
        participant,
        winner::{self, WinnerStatus},
    },
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Query};

use super::{
    prize::prize_for_change,
    room::{InRoom, of_visible, room_for_change},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
    operation::{Subject, anew_by_id},
    store::{ListOrdering, Listed, Located, Lock, Scope, Target, Visible, Writing},
};

impl Visible for winner::Entity {
    type Id = WinnerId;

    const NAME: &'static str = "winner";
    const ID: winner::Column = winner::Column::Id;
    const DELETED_AT: Option<winner::Column> = Some(winner::Column::DeletedAt);

    fn visible(caller: &Caller) -> Condition {
        of_visible(winner::Column::RoomId, caller).add(winner::Column::AnnouncedAt.is_not_null())
    }

    fn id(row: &winner::Model) -> WinnerId {
        row.id
    }

    fn deleted_at(row: &winner::Model) -> Option<DateTime<Utc>> {
        row.deleted_at
    }
}

anew_by_id!(winner);

/// Which winners are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WinnerFilter {
    /// Only these.
    pub statuses: Option<Vec<WinnerStatus>>,
}

impl Listed for winner::Entity {
    type Filter = WinnerFilter;
    type Order = WinnerOrder;

    fn matching(filter: &WinnerFilter) -> Condition {
        let statuses = filter
            .statuses
            .as_ref()
            .map(|statuses| winner::Column::Status.is_in(statuses.iter().copied()));
        Condition::all().add_option(statuses)
    }
}

/// Winners in the order in which they were announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WinnerOrder;

impl ListOrdering<winner::Entity> for WinnerOrder {
    fn column(self) -> Option<winner::Column> {
        None
    }

    fn tag(self) -> &'static str {
        "winner.age"
    }
}

/// A winner whom the caller sees.
///
/// # Errors
/// `NOT_FOUND` for any other.
pub async fn winner(scope: &impl Scope, id: WinnerId) -> Result<winner::Model> {
    let select = winner::Entity::seen(scope.caller()).filter(winner::Column::Id.eq(id));
    select
        .one(scope)
        .await?
        .ok_or_else(|| Error::not_found("winner", "winnerId"))
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
    let row = winner::Entity::find_by_id(id).one(scope).await?;
    row.ok_or_else(|| Error::not_found("winner", "winnerId"))
}

impl Located for WinnerId {
    fn target(&self) -> Target {
        Target::row(
            "locate_winner",
            "winners",
            *self,
            Error::not_found("winner", "winnerId"),
        )
    }
}

impl Subject for WinnerId {
    type Held = InRoom<winner::Model>;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<InRoom<winner::Model>> {
        let seen = winner(tx, *self).await?;
        let room = room_for_change(tx, seen.room_id, lock).await?;
        prize_for_change(tx, seen.prize_id).await?;
        // Read again: now that the prize is held, nobody else moves its winners.
        let winner = winner(tx, *self).await?;
        Ok(InRoom { room, row: winner })
    }
}
