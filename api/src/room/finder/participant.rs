//! Participants: seen when their room is.

use chrono::{DateTime, Utc};
use entity::{
    ParticipantId, RoomId, UserId,
    room::participant::{self, ParticipantRole},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::room::{InRoom, of_visible, room_for_change};
use crate::{
    caller::Caller,
    error::{Error, Result},
    operation::{Subject, anew_by_id},
    store::{ListOrdering, Listed, Located, Lock, Scope, Target, Visible, Writing},
};

impl Visible for participant::Entity {
    type Id = ParticipantId;

    const NAME: &'static str = "participant";
    const ID: participant::Column = participant::Column::Id;
    const DELETED_AT: Option<participant::Column> = Some(participant::Column::DeletedAt);

    fn visible(caller: &Caller) -> Condition {
        of_visible(participant::Column::RoomId, caller)
    }

    fn id(row: &participant::Model) -> ParticipantId {
        row.id
    }

    fn deleted_at(row: &participant::Model) -> Option<DateTime<Utc>> {
        row.deleted_at
    }
}

anew_by_id!(participant);

/// Which participants are asked for; only those who are in the room now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ParticipantFilter {
    /// Only these roles.
    pub roles: Option<Vec<ParticipantRole>>,
}

impl Listed for participant::Entity {
    type Filter = ParticipantFilter;
    type Order = ParticipantOrder;

    fn matching(filter: &ParticipantFilter) -> Condition {
        let roles = filter
            .roles
            .as_ref()
            .map(|roles| participant::Column::Role.is_in(roles.iter().copied()));
        Condition::all()
            .add(participant::Column::LeftAt.is_null())
            .add_option(roles)
    }
}

/// Participants in the order in which they first came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ParticipantOrder;

impl ListOrdering<participant::Entity> for ParticipantOrder {
    fn column(self) -> Option<participant::Column> {
        None
    }

    fn tag(self) -> &'static str {
        "participant.age"
    }
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

/// A participant whom the caller sees, in the room now or gone by themselves.
///
/// # Errors
/// `NOT_FOUND` for any other.
pub async fn participant_for_removal(scope: &impl Scope, id: ParticipantId) -> Result<participant::Model> {
    let select = participant::Entity::seen(scope.caller()).filter(participant::Column::Id.eq(id));
    select
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
    let row = participant::Entity::find_by_id(id).one(scope).await?;
    row.ok_or_else(|| Error::not_found("participant", "participantId"))
}

impl Located for ParticipantId {
    fn target(&self) -> Target {
        let missing = Error::not_found("participant", "participantId");
        Target::row("locate_participant", "participants", *self, missing)
    }
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
    let room = room_for_change(tx, seen.room_id, lock).await?;
    let row = find(tx, id, gone).await?;
    Ok(InRoom { room, row })
}

async fn find(tx: &Writing, id: ParticipantId, gone: Gone) -> Result<participant::Model> {
    match gone {
        Gone::Found => participant_for_removal(tx, id).await,
        Gone::NotFound => participant(tx, id).await,
    }
}
