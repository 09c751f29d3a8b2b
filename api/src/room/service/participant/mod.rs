//! Participants: they come, go, and are looked after.

use entity::{
    ParticipantId, RoomId, UserId,
    draw::draw,
    room::{
        participant::{self, ParticipantRole},
        room::{self, RoomStatus},
    },
};
use sea_orm::{ActiveEnum, ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde::{Deserialize, Serialize};
use serde_json::json;

mod place;

use place::{bar, come_back, go, is_in_already};
pub(super) use place::{enter, participant_facts};

use super::{OPEN, join_code, require_status};
use crate::{
    error::{Error, Result},
    identity,
    operation::{Anew, Change, Operation, Subject},
    patch::set,
    policy::Action,
    room::{
        audit::RoomAction,
        event::Event,
        finder::{self, InRoom},
        rules::{PeopleChange, PeopleRules, rules},
    },
    store::{AuditRecord, Writing},
    validation,
};

/// Changes of a participant; what is `None` stays.
#[derive(Default)]
pub struct ParticipantPatch {
    /// What they may do.
    pub role: Option<ParticipantRole>,
    /// Their weight in a draw.
    pub tickets: Option<i64>,
}

/// Someone who has come into a room.
#[derive(Serialize, Deserialize)]
pub struct Entered {
    /// Their place.
    pub participant: participant::Model,
    /// Draws whose list was closed by then.
    pub closed_draws: Vec<draw::Model>,
}

impl Anew for Entered {
    async fn anew(self, operation: &Operation) -> Result<Self> {
        let (participant, closed_draws) = (self.participant, self.closed_draws).anew(operation).await?;
        Ok(Self {
            participant,
            closed_draws,
        })
    }
}

/// Brings the caller into a room: a public one by its id, any by its join code.
///
/// # Errors
/// `NOT_FOUND`; `FORBIDDEN` for a private room without its code, or after being removed; `CONFLICT` when the
/// room is not open, has ended or is full, or the caller is in it; `RATE_LIMITED` when too many codes were wrong.
pub async fn join_room(operation: &Operation, id: Option<RoomId>, code: Option<&str>) -> Result<Entered> {
    let me = operation.signed_in()?.user;
    let Change { tx, held: room, .. } = match (id, code) {
        (Some(id), None) => operation.change_beside_others(id, Action::JoinRoom).await?,
        (None, Some(typed)) => {
            let code = join_code::locate(operation, typed).await?.code;
            operation.change_beside_others(code, Action::JoinRoom).await?
        }
        _ => return Err(Error::validation("roomId", "Give either roomId or joinCode.")),
    };
    tx.takes_part();
    if code.is_none() && !room.is_public {
        return Err(Error::Forbidden(
            "This room is private. Join it with its join code.".into(),
        ));
    }
    require_status(&room, &[RoomStatus::Active], "it can be joined")?;
    require_not_ended(&tx, &room)?;
    let user = identity::account(&tx, me).await?;
    let participant = match finder::participant_of(&tx, room.id, me).await? {
        None => enter(&tx, &room, &user, ParticipantRole::Participant, 1).await?,
        Some(row) if row.deleted_at.is_some() => {
            return Err(Error::Forbidden(
                "You were removed from this room. Ask an organizer to add you.".into(),
            ));
        }
        Some(row) if row.left_at.is_none() => return Err(Error::conflict("You are in this room already.")),
        Some(row) => {
            // Whoever was a VIEWER comes back as one; staff comes back without their powers.
            let role = match row.role {
                ParticipantRole::Viewer => ParticipantRole::Viewer,
                _ => ParticipantRole::Participant,
            };
            come_back(&tx, &room, row, &user, role, None).await?
        }
    };
    let audit = AuditRecord::new(RoomAction::ParticipantJoined, participant.id);
    let closed_draws = rules(operation)?.missed_draws(&tx, &participant).await?;
    tx.commit(
        audit,
        Entered {
            participant,
            closed_draws,
        },
    )
    .await
}

/// Takes the caller out of a room.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when they are not in it, or are its last organizer.
pub async fn leave_room(operation: &Operation, id: RoomId) -> Result<participant::Model> {
    let me = operation.signed_in()?.user;
    let Change { tx, held: room, .. } = operation.change(id, Action::LeaveRoom).await?;
    tx.takes_part();
    let row = finder::participant_of(&tx, id, me)
        .await?
        .filter(|row| row.left_at.is_none() && row.deleted_at.is_none());
    let row = row.ok_or_else(|| Error::conflict("You are not in this room."))?;
    keep_an_organizer(&tx, &room, &row).await?;
    let participant = go(&tx, row, false).await?;
    let audit = AuditRecord::new(RoomAction::ParticipantLeft, participant.id);
    tx.commit(audit, participant).await
}

/// Brings someone into a room.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND` for a room or user, `FORBIDDEN`; `CONFLICT` when they are in it, or it is full or over, and for
/// another role or other tickets than they left with while a list is closed and not drawn.
pub async fn add_participant(
    operation: &Operation,
    room: RoomId,
    user: UserId,
    role: ParticipantRole,
    tickets: i64,
) -> Result<Entered> {
    let tickets = check_tickets(tickets)?;
    let change = operation.change_beside_others(room, manage(role)).await?;
    let Change {
        tx,
        held: room,
        relations,
    } = change;
    require_status(&room, &OPEN, "people can be added")?;
    let people = rules(operation)?.people(&tx, room.id).await?;
    people.allow(&relations)?;
    let user = identity::live_account(&tx, user).await?;
    let user = user.ok_or_else(|| Error::not_found("user", "userId"))?;
    let participant = match finder::participant_of(&tx, room.id, user.id).await? {
        None => enter(&tx, &room, &user, role, tickets).await?,
        Some(row) if row.left_at.is_none() && row.deleted_at.is_none() => return Err(is_in_already()),
        Some(row) => {
            if (row.role, row.tickets) != (role, tickets) {
                people.may_change(&tx)?;
            }
            come_back(&tx, &room, row, &user, role, Some(tickets)).await?
        }
    };
    people.record(&tx, PeopleChange::Added(&participant)).await?;
    let audit =
        AuditRecord::new(RoomAction::ParticipantAdded, participant.id).changed(json!(null), audited(&participant));
    let closed_draws = rules(operation)?.missed_draws(&tx, &participant).await?;
    tx.commit(
        audit,
        Entered {
            participant,
            closed_draws,
        },
    )
    .await
}

/// Changes a participant's role or tickets.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when the room is over or would lose its last organizer, and while a list
/// is closed and not drawn.
pub async fn update_participant(
    operation: &Operation,
    id: ParticipantId,
    patch: ParticipantPatch,
) -> Result<participant::Model> {
    let ParticipantPatch { role, tickets } = patch;
    let tickets = tickets.map(check_tickets).transpose()?;
    let Managed {
        tx,
        room,
        row: before,
        people,
    } = managed(operation, id, role).await?;
    people.may_change(&tx)?;
    let mut row = before.clone().into_active_model();
    if let Some(role) = role {
        if role != ParticipantRole::Organizer {
            keep_an_organizer(&tx, &room, &before).await?;
        }
        row.role = Set(role);
    }
    set(tickets, &mut row.tickets);
    row.updated_at = Set(tx.now());
    let participant = row.update(&tx).await?;
    let facts = participant_facts(&tx, &participant).await?;
    tx.announce(room.id, Event::ParticipantChanged(facts).into_new()?);
    if audited(&before) != audited(&participant) {
        let (before, after) = (&before, &participant);
        people.record(&tx, PeopleChange::Changed { before, after }).await?;
    }
    let audit = AuditRecord::new(RoomAction::ParticipantUpdated, id).changed(audited(&before), audited(&participant));
    tx.commit(audit, participant).await
}

/// Takes someone out of a room; they cannot come back by themselves.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when the room is over or would lose its last organizer, and while a list is closed by
/// its policy and not frozen.
pub async fn remove_participant(operation: &Operation, id: ParticipantId) -> Result<participant::Model> {
    let Managed { tx, room, row, people } = managed(operation, finder::Removed(id), None).await?;
    tx.finishes();
    people.may_remove(&tx)?;
    keep_an_organizer(&tx, &room, &row).await?;
    people.record(&tx, PeopleChange::Removed(&row)).await?;
    let participant = match row.left_at {
        None => go(&tx, row, true).await?,
        // Leaving first must not save anyone from being removed.
        Some(_) => bar(&tx, row).await?,
    };
    let audit = AuditRecord::new(RoomAction::ParticipantRemoved, id);
    tx.commit(audit, participant).await
}

/// A change of a participant that has begun.
struct Managed {
    tx: Writing,
    room: room::Model,
    row: participant::Model,
    people: Box<dyn PeopleRules>,
}

/// Begins a change of a participant whom the caller may manage, also in the role that they shall have.
async fn managed(
    operation: &Operation,
    subject: impl Subject<Held = InRoom<participant::Model>>,
    new_role: Option<ParticipantRole>,
) -> Result<Managed> {
    let takes = |held: &InRoom<participant::Model>| manage(held.row.role);
    let Change { tx, held, relations } = operation.change(subject, takes).await?;
    let InRoom { room, row } = held;
    new_role.map_or(Ok(()), |role| relations.allow(manage(role)))?;
    require_status(&room, &OPEN, "its people can be changed")?;
    let people = rules(operation)?.people(&tx, room.id).await?;
    people.allow(&relations)?;
    Ok(Managed { tx, room, row, people })
}

/// A room always keeps one organizer. The room must be held exclusively.
async fn keep_an_organizer(tx: &Writing, room: &room::Model, row: &participant::Model) -> Result<()> {
    if row.role != ParticipantRole::Organizer
        || row.left_at.is_some()
        || finder::has_other_organizer(tx, room.id, row.id).await?
    {
        return Ok(());
    }
    Err(Error::conflict(
        "This is the room's last organizer. Make someone else ORGANIZER first.",
    ))
}

/// Nobody comes by themselves from a room's end on.
fn require_not_ended(tx: &Writing, room: &room::Model) -> Result<()> {
    match room.ends_at.filter(|ends| *ends <= tx.now()) {
        None => Ok(()),
        Some(ends) => Err(Error::conflict(format!(
            "The room ended at {}; nobody can join it any more. Ask an organizer to add you.",
            ends.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
        ))),
    }
}

/// Organizers and moderators are managed by organizers only.
fn manage(role: ParticipantRole) -> Action {
    match role {
        ParticipantRole::Organizer | ParticipantRole::Moderator => Action::ManageStaff,
        ParticipantRole::Participant | ParticipantRole::Viewer => Action::ManageParticipants,
    }
}

fn check_tickets(tickets: i64) -> Result<i64> {
    validation::number("tickets", tickets, 0, u32::MAX.into())
}

fn audited(row: &participant::Model) -> serde_json::Value {
    json!({ "role": row.role.to_value(), "tickets": row.tickets })
}
