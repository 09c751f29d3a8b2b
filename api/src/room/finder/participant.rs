//! Participants: seen when their room is.

use entity::{
    ParticipantId, RoomId, UserId,
    room::{
        participant::{self, ParticipantRole},
        room,
    },
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::room::InRoom;
use crate::{
    error::{Error, Result},
    operation::{Subject, table},
    store::{Located, Lock, Scope, Target, Visible, Writing, any_of, any_row, seen_row, seen_row_for_change},
};

table! {
    participant: ParticipantId, "participant", "participantId";
    seen_with: room by RoomId, room_id;
    deleted: deleted_at;
    located: "locate_participant";
    listed: "participant.age", |filter: ParticipantFilter| {
        Condition::all()
            .add(participant::Column::LeftAt.is_null())
            .add_option(any_of(participant::Column::Role, filter.roles.as_deref()))
    };
}

/// Which participants are asked for; only those who are in the room now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ParticipantFilter {
    /// Only these roles.
    pub roles: Option<Vec<ParticipantRole>>,
}

/// A participant whom the caller sees and who is in the room now.
///
/// # Errors
/// `NOT_FOUND` for any other.
pub async fn participant(scope: &impl Scope, id: ParticipantId) -> Result<participant::Model> {
    participant::Entity::seen(scope.caller())
        .filter(participant::Column::Id.eq(id))
        .filter(participant::Column::LeftAt.is_null())
        .one(scope)
        .await?
        .ok_or_else(|| Error::not_found("participant", "participantId"))
}

/// Whether a room keeps an organizer without this participant. Ask while the room is held exclusively.
///
/// # Errors
/// When the database does not answer.
pub async fn has_other_organizer(scope: &impl Scope, room: RoomId, but: ParticipantId) -> Result<bool> {
    let other = participant::Entity::find()
        .filter(participant::Column::RoomId.eq(room))
        .filter(participant::Column::Role.eq(ParticipantRole::Organizer))
        .filter(participant::Column::LeftAt.is_null())
        .filter(participant::Column::DeletedAt.is_null())
        .filter(participant::Column::Id.ne(but))
        .one(scope)
        .await?;
    Ok(other.is_some())
}

/// The row of a user in a room, whether they are in it or gone.
///
/// # Errors
/// When the database does not answer.
pub async fn participant_of(scope: &impl Scope, room: RoomId, user: UserId) -> Result<Option<participant::Model>> {
    let select = participant::Entity::find()
        .filter(participant::Column::RoomId.eq(room))
        .filter(participant::Column::UserId.eq(user));
    Ok(select.one(scope).await?)
}

/// A participant whose row was just written, whoever asks.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub async fn participant_by_id(scope: &impl Scope, id: ParticipantId) -> Result<participant::Model> {
    any_row::<participant::Entity>(scope, id).await
}

impl Subject for ParticipantId {
    type Held = InRoom<participant::Model>;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<InRoom<participant::Model>> {
        hold(tx, lock, *self, Gone::NotFound).await
    }
}

/// A participant who may be gone already: leaving first must not save anyone from being removed.
pub struct Removed(pub ParticipantId);

impl Located for Removed {
    fn target(&self) -> Target {
        self.0.target()
    }
}

impl Subject for Removed {
    type Held = InRoom<participant::Model>;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<InRoom<participant::Model>> {
        hold(tx, lock, self.0, Gone::Found).await
    }
}

/// Whether somebody who is gone by themselves is found.
#[derive(Clone, Copy)]
enum Gone {
    Found,
    NotFound,
}

/// Reads a participant, holds their room, and reads them again: from then on nobody else changes them.
async fn hold(tx: &Writing, lock: Lock, id: ParticipantId, gone: Gone) -> Result<InRoom<participant::Model>> {
    let seen = find(tx, id, gone).await?;
    let room = seen_row_for_change::<room::Entity>(tx, seen.room_id, lock).await?;
    let row = find(tx, id, gone).await?;
    Ok(InRoom { room, row })
}

async fn find(tx: &Writing, id: ParticipantId, gone: Gone) -> Result<participant::Model> {
    match gone {
        Gone::Found => seen_row::<participant::Entity>(tx, id).await,
        Gone::NotFound => participant(tx, id).await,
    }
}
