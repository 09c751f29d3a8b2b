//! Rooms: made, changed, moved through their statuses, deleted.

use chrono::{DateTime, Utc};
use entity::{
    AppId, OrganizationId, RoomId,
    room::{
        participant,
        room::{self, RoomStatus},
        room_counter,
    },
};
use sea_orm::{ActiveEnum, ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value as Json, json};

use super::{OPEN, join_code::new_join_code, participant::enter, require_status};
use crate::{
    error::{Error, Result},
    identity,
    operation::{Change, Operation},
    patch::Field,
    policy::Action,
    room::{
        audit::RoomAction,
        event::{Event, RoomFacts, Stored},
        finder,
        rules::rules,
    },
    store::{AuditRecord, Writing},
    validation,
};

/// A new room, or changes of one: what is left out stays, or takes its default.
#[derive(Default)]
pub struct RoomPatch {
    /// What it is called.
    pub title: Option<String>,
    /// What it is about.
    pub description: Field<String>,
    /// Whether everybody sees it.
    pub is_public: Option<bool>,
    /// The program that runs it.
    pub app: Field<AppId>,
    /// When it starts.
    pub starts_at: Field<DateTime<Utc>>,
    /// When it ends.
    pub ends_at: Field<DateTime<Utc>>,
    /// How many can be in it.
    pub max_participants: Field<i32>,
    /// For client programs.
    pub settings: Option<Json>,
}

impl RoomPatch {
    fn check(self) -> Result<Self> {
        Ok(Self {
            title: self
                .title
                .map(|title| validation::text("title", &title, validation::MAX_TITLE))
                .transpose()?,
            description: self.description.check(|text| {
                validation::optional_long_text(
                    "description",
                    text.map(String::as_str),
                    validation::MAX_ROOM_DESCRIPTION,
                )
            })?,
            max_participants: self.max_participants.check(|number| {
                number
                    .map(|number| validation::integer("maxParticipants", *number, 1, 1_000_000))
                    .transpose()
            })?,
            settings: self
                .settings
                .map(|settings| validation::json_object("settings", settings))
                .transpose()?,
            // Any value is good, or is checked where more is known.
            is_public: self.is_public,
            app: self.app,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        })
    }
}

/// Makes a draft room with the caller as its organizer.
///
/// # Errors
/// `VALIDATION` for bad input, `NOT_FOUND` for an organization or app that is not the caller's, `FORBIDDEN`
/// for members who may not create rooms.
pub async fn create_room(operation: &Operation, organization: OrganizationId, patch: RoomPatch) -> Result<room::Model> {
    let me = operation.signed_in()?.user;
    let creator = operation.caller().identified()?;
    let RoomPatch {
        title,
        description,
        is_public,
        app,
        starts_at,
        ends_at,
        max_participants,
        settings,
    } = patch.check()?;
    let title = title.ok_or_else(|| Error::validation("title", "title is missing; give 1 to 200 characters."))?;
    let (starts_at, ends_at) = validation::period(starts_at.after(None), ends_at.after(None))?;
    let Change {
        tx, held: organization, ..
    } = operation.change(organization, Action::CreateRoom).await?;
    let app_id = app.after(None);
    check_app(&tx, app_id, organization.id).await?;
    let now = tx.now();
    let description = description.after(None);
    let room = room::Model {
        id: tx.new_id(),
        organization_id: organization.id,
        app_id,
        created_by_kind: creator.kind(),
        created_by_id: creator.id(),
        search_text: room::search_text(&title, description.as_deref()),
        title_key: room::title_key(&title),
        title,
        description,
        status: RoomStatus::Draft,
        is_public: is_public.unwrap_or(false),
        join_code: new_join_code()?,
        starts_at,
        ends_at,
        max_participants: max_participants.after(None),
        settings: settings.unwrap_or_else(|| json!({})),
        deleted_at: None,
        created_at: now,
        updated_at: now,
    };
    room::Entity::insert(room.clone().into_active_model())
        .exec_without_returning(&tx)
        .await?;
    let counter = room_counter::ActiveModel {
        room_id: Set(room.id),
        organization_id: Set(organization.id),
        next_sequence: Set(1),
        participant_count: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
    };
    room_counter::Entity::insert(counter)
        .exec_without_returning(&tx)
        .await?;
    let user = identity::account(&tx, me).await?;
    enter(&tx, &room, &user, participant::ParticipantRole::Organizer, 1).await?;
    let audit = AuditRecord::new(RoomAction::RoomCreated, room.id).changed(json!(null), audited(&room));
    tx.commit(audit, room).await
}

/// Changes a room that is no history yet.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when the room is over, holds more people than it should, or would
/// hide a draw.
pub async fn update_room(operation: &Operation, id: RoomId, patch: RoomPatch) -> Result<room::Model> {
    let RoomPatch {
        title,
        description,
        is_public,
        app,
        starts_at,
        ends_at,
        max_participants,
        settings,
    } = patch.check()?;
    let Change { tx, held: before, .. } = operation.change(id, Action::RunRoom).await?;
    require_status(&before, &OPEN, "it can be changed")?;
    let period = validation::period(starts_at.after(before.starts_at), ends_at.after(before.ends_at))?;
    // An app that stays may have been deactivated since.
    check_app(&tx, app.clone().after(None), before.organization_id).await?;

    let mut room = before.clone();
    room.title = title.unwrap_or(room.title);
    room.description = description.after(room.description);
    room.is_public = is_public.unwrap_or(room.is_public);
    room.app_id = app.after(room.app_id);
    room.settings = settings.unwrap_or(room.settings);
    room.max_participants = max_participants.after(room.max_participants);
    (room.starts_at, room.ends_at) = period;
    check_capacity(&tx, id, room.max_participants).await?;
    room.search_text = room::search_text(&room.title, room.description.as_deref());
    room.title_key = room::title_key(&room.title);
    room.updated_at = tx.now();
    rules(operation)?.may_update_room(&tx, &before, &room).await?;
    room.clone().into_active_model().reset_all().update(&tx).await?;
    tx.announce(id, Event::RoomChanged(RoomFacts::new(&room)).into_new()?);
    let audit = AuditRecord::new(RoomAction::RoomUpdated, id).changed(audited(&before), audited(&room));
    tx.commit(audit, room).await
}

/// A step of a room's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// DRAFT → ACTIVE.
    Open,
    /// ACTIVE → COMPLETED.
    Complete,
    /// DRAFT or ACTIVE → CANCELLED.
    Cancel,
}

impl Transition {
    fn parts(self) -> (&'static [RoomStatus], RoomStatus, RoomAction) {
        match self {
            Self::Open => (&[RoomStatus::Draft], RoomStatus::Active, RoomAction::RoomOpened),
            Self::Complete => (&[RoomStatus::Active], RoomStatus::Completed, RoomAction::RoomCompleted),
            Self::Cancel => (&OPEN, RoomStatus::Cancelled, RoomAction::RoomCancelled),
        }
    }
}

/// Moves a room to its next status.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` that names both statuses when there is no such step.
pub async fn move_room(operation: &Operation, id: RoomId, transition: Transition) -> Result<room::Model> {
    let (from, to, action) = transition.parts();
    let Change { tx, held: before, .. } = operation.change(id, Action::RunRoom).await?;
    if !from.contains(&before.status) {
        let (now, wanted) = (before.status.to_value(), to.to_value());
        return Err(Error::conflict(format!(
            "The room is {now}; it cannot become {wanted}."
        )));
    }
    if !matches!(transition, Transition::Open) {
        tx.finishes();
    }
    match transition {
        Transition::Open => {}
        Transition::Complete => rules(operation)?.may_complete_room(&tx, id).await?,
        Transition::Cancel => rules(operation)?.may_cancel_room(&tx, id).await?,
    }
    let mut row = before.clone().into_active_model();
    row.status = Set(to);
    row.updated_at = Set(tx.now());
    let room = row.update(&tx).await?;
    tx.announce(
        id,
        Event::RoomStatusChanged {
            from: Stored(before.status),
            to: Stored(to),
        }
        .into_new()?,
    );
    let status = |status: RoomStatus| json!({ "status": status.to_value() });
    let audit = AuditRecord::new(action, id).changed(status(before.status), status(to));
    tx.commit(audit, room).await
}

/// Takes a room out of every list; its history stays in the database.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` while people are in it.
pub async fn delete_room(operation: &Operation, id: RoomId) -> Result<room::Model> {
    let Change { tx, held: room, .. } = operation.change(id, Action::RunRoom).await?;
    let statuses = [RoomStatus::Draft, RoomStatus::Completed, RoomStatus::Cancelled];
    require_status(&room, &statuses, "complete or cancel it first; it can be deleted")?;
    tx.finishes();
    rules(operation)?.may_delete_room(&tx, id).await?;
    let mut row = room.into_active_model();
    row.deleted_at = Set(Some(tx.now()));
    row.updated_at = Set(tx.now());
    let room = row.update(&tx).await?;
    let audit = AuditRecord::new(RoomAction::RoomDeleted, id);
    tx.wake(id);
    tx.commit(audit, room).await
}

async fn check_app(tx: &Writing, app: Option<AppId>, organization: OrganizationId) -> Result<()> {
    let Some(id) = app else {
        return Ok(());
    };
    if finder::app_of(tx, organization, id).await?.is_active {
        return Ok(());
    }
    Err(Error::conflict_of(
        "appId",
        "The app is deactivated. Activate it with updateApp, or take another.",
    ))
}

async fn check_capacity(tx: &Writing, room: RoomId, capacity: Option<i32>) -> Result<()> {
    let present = finder::count_of_people(tx, room).await?;
    match capacity {
        Some(capacity) if capacity < present => Err(Error::conflict_of(
            "maxParticipants",
            format!("{present} people are in the room; maxParticipants cannot be {capacity}. Remove some first."),
        )),
        _ => Ok(()),
    }
}

fn audited(room: &room::Model) -> Json {
    json!({
        "title": room.title,
        "description": room.description,
        "isPublic": room.is_public,
        "appId": room.app_id.map(|app| app.to_string()),
        "startsAt": room.starts_at,
        "endsAt": room.ends_at,
        "maxParticipants": room.max_participants,
        "settings": room.settings,
    })
}
