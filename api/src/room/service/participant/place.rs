//! Someone's place in a room, one row for ever: taken, left, taken again.

use entity::{
    identity::user,
    room::{
        participant::{self, ParticipantRole},
        room,
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use crate::{
    clock::random_bytes,
    error::{Error, Result},
    identity,
    room::{
        event::{Event, ParticipantFacts},
        finder,
    },
    store::{Count, Writing, conflict_if_taken},
};

/// Writes someone's first row in a room. A room that is full fails the commit.
pub(in crate::room::service) async fn enter(
    tx: &Writing,
    room: &room::Model,
    user: &user::Model,
    role: ParticipantRole,
    tickets: i64,
) -> Result<participant::Model> {
    let now = tx.now();
    let nonce: [u8; 16] = random_bytes()?;
    let row = participant::Model {
        id: tx.new_id(),
        organization_id: room.organization_id,
        room_id: room.id,
        user_id: Some(user.id),
        agent_id: None,
        role,
        tickets,
        entry_nonce: nonce.to_vec(),
        metadata: json!({}),
        joined_at: now,
        left_at: None,
        deleted_at: None,
        created_at: now,
        updated_at: now,
    };
    let insert = participant::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx)
        .await;
    conflict_if_taken(insert, is_in_already)?;
    joined(tx, room, &row, user)?;
    Ok(row)
}

/// The same row again: whoever comes back keeps their nonce.
pub(super) async fn come_back(
    tx: &Writing,
    room: &room::Model,
    row: participant::Model,
    user: &user::Model,
    role: ParticipantRole,
    tickets: Option<i64>,
) -> Result<participant::Model> {
    let (id, now) = (row.id, tx.now());
    let mut change = participant::ActiveModel {
        role: Set(role),
        joined_at: Set(now),
        left_at: Set(None),
        deleted_at: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    tickets.into_iter().for_each(|tickets| change.tickets = Set(tickets));
    // Of many at once, exactly one finds them gone.
    let moved = participant::Entity::update_many()
        .set(change)
        .filter(participant::Column::Id.eq(id))
        .filter(participant::Column::LeftAt.is_not_null())
        .exec(tx)
        .await?;
    if moved.rows_affected != 1 {
        return Err(is_in_already());
    }
    let row = finder::participant_by_id(tx, id).await?;
    joined(tx, room, &row, user)?;
    Ok(row)
}

fn joined(tx: &Writing, room: &room::Model, row: &participant::Model, user: &user::Model) -> Result<()> {
    tx.count(room.id, people(1, room.max_participants));
    let event = Event::ParticipantJoined {
        participant: ParticipantFacts::new(row, Some(&user.display_name)),
        participant_count: None,
    };
    tx.announce(room.id, event.into_new()?);
    Ok(())
}

/// Takes someone out, for good when they were removed.
pub(super) async fn go(tx: &Writing, row: participant::Model, removed: bool) -> Result<participant::Model> {
    let mut change = row.into_active_model();
    change.left_at = Set(Some(tx.now()));
    change.updated_at = Set(tx.now());
    if removed {
        change.deleted_at = Set(Some(tx.now()));
    }
    let row = change.update(tx).await?;
    let participant = participant_facts(tx, &row).await?;
    tx.count(row.room_id, people(-1, None));
    let event = Event::ParticipantLeft {
        participant,
        removed,
        participant_count: None,
    };
    tx.announce(row.room_id, event.into_new()?);
    Ok(row)
}

/// What an event says of a participant, with the name of their account.
pub(in crate::room::service) async fn participant_facts(
    tx: &Writing,
    row: &participant::Model,
) -> Result<ParticipantFacts> {
    let user = match row.user_id {
        Some(id) => Some(identity::account(tx, id).await?),
        None => None,
    };
    let name = user.as_ref().map(|user| user.display_name.as_str());
    Ok(ParticipantFacts::new(row, name))
}

/// Keeps out someone who is gone already.
pub(super) async fn bar(tx: &Writing, row: participant::Model) -> Result<participant::Model> {
    let mut change = row.into_active_model();
    change.deleted_at = Set(Some(tx.now()));
    change.updated_at = Set(tx.now());
    Ok(change.update(tx).await?)
}

/// Why nobody comes twice.
pub(super) fn is_in_already() -> Error {
    Error::conflict("They are in this room already.")
}

/// Counts people into or out of a room.
fn people(by: i32, at_most: Option<i32>) -> Count {
    Count {
        column: "participant_count",
        by,
        at_most,
        beyond: || Error::conflict("The room is full. Ask an organizer for a place, or wait until someone leaves."),
    }
}
