//! Rooms.

use std::any::TypeId;

use chrono::{DateTime, Utc};
use entity::{
    AppId, OrganizationId, RoomId,
    folding::folded,
    room::{
        participant,
        room::{self, RoomStatus},
        room_counter,
    },
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LikeExpr, Query, SelectStatement},
};
use uuid::Uuid;

use super::viewer;
use crate::{
    caller::Caller,
    error::{Error, Result},
    operation::{Related, Subject, table},
    organization,
    policy::Relations,
    store::{
        ListOrdering, Listed, Located, Lock, Scope, SeenWith, Target, Visible, Writing, any_row_for_change,
        seen_row_for_change, seen_with,
    },
};

table! {
    room: RoomId, "room", "roomId";
    visible: |caller| seen_by(caller);
    deleted: deleted_at;
    located: "locate_room";
}

fn seen_by(caller: &Caller) -> Condition {
    let listed = Condition::all()
        .add(room::Column::IsPublic.eq(true))
        .add(room::Column::Status.ne(RoomStatus::Draft));
    let mut seen = Condition::any().add(listed);
    if let Some(me) = caller.user() {
        let mine = Query::select()
            .column((participant::Entity, participant::Column::RoomId))
            .from(participant::Entity)
            .and_where(participant::Column::UserId.eq(me))
            .and_where(participant::Column::LeftAt.is_null())
            .and_where(participant::Column::DeletedAt.is_null())
            .to_owned();
        seen = seen
            .add(room::Column::OrganizationId.in_subquery(organization::own_ids(me)))
            .add(room::Column::Id.in_subquery(mine));
    }
    Condition::all().add(room::Column::DeletedAt.is_null()).add(seen)
}

/// The rooms that a caller sees.
pub fn visible_ids(caller: &Caller) -> SelectStatement {
    Query::select()
        .column((room::Entity, room::Column::Id))
        .from(room::Entity)
        .cond_where(room::Entity::visible(caller))
        .to_owned()
}

/// Which rooms are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RoomFilter {
    /// Only these.
    pub statuses: Option<Vec<RoomStatus>>,
    /// Public or private ones.
    pub is_public: Option<bool>,
    /// Of this app.
    pub app: Option<AppId>,
    /// Of this organization.
    pub organization: Option<OrganizationId>,
    /// With this text in title or description.
    pub text: Option<String>,
    /// That start at this time or later.
    pub starts_after: Option<DateTime<Utc>>,
    /// That start before this time.
    pub starts_before: Option<DateTime<Utc>>,
}

impl Listed for room::Entity {
    type Filter = RoomFilter;
    type Order = RoomOrder;

    fn matching(filter: &RoomFilter) -> Condition {
        let text = filter
            .text
            .as_ref()
            .map(|text| room::Column::SearchText.like(containing(text)));
        Condition::all()
            .add_option(
                filter
                    .statuses
                    .as_ref()
                    .map(|statuses| room::Column::Status.is_in(statuses.iter().copied())),
            )
            .add_option(filter.is_public.map(|public| room::Column::IsPublic.eq(public)))
            .add_option(filter.app.map(|app| room::Column::AppId.eq(app)))
            .add_option(
                filter
                    .organization
                    .map(|organization| room::Column::OrganizationId.eq(organization)),
            )
            .add_option(filter.starts_after.map(|time| room::Column::StartsAt.gte(time)))
            .add_option(filter.starts_before.map(|time| room::Column::StartsAt.lt(time)))
            .add_option(text)
    }
}

/// A pattern for a text anywhere; its own wildcards stand for themselves.
fn containing(text: &str) -> LikeExpr {
    let escaped = folded(text)
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    LikeExpr::new(format!("%{escaped}%")).escape('\\')
}

/// In which order rooms are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RoomOrder {
    /// By age.
    #[default]
    CreatedAt,
    /// By start; rooms without one last.
    StartsAt,
    /// By title.
    Title,
}

impl ListOrdering<room::Entity> for RoomOrder {
    fn column(self) -> Option<room::Column> {
        match self {
            Self::CreatedAt => None,
            Self::StartsAt => Some(room::Column::StartsAt),
            Self::Title => Some(room::Column::TitleKey),
        }
    }

    fn tag(self) -> &'static str {
        match self {
            Self::CreatedAt => "room.age",
            Self::StartsAt => "room.start",
            Self::Title => "room.title",
        }
    }
}

/// A room, held until the change is committed, whoever asks: winners claim in rooms that they left, and the server works
/// for nobody.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub async fn room_held(scope: &impl Scope, id: RoomId) -> Result<room::Model> {
    any_row_for_change::<room::Entity>(scope, id, Lock::Shared).await
}

/// The room with a join code, whoever asks: knowing the code is what opens it.
///
/// # Errors
/// When the database does not answer.
pub async fn room_by_join_code(scope: &impl Scope, code: &str, lock: Option<Lock>) -> Result<Option<room::Model>> {
    let select = room::Entity::find()
        .filter(room::Column::JoinCode.eq(code))
        .filter(room::Column::DeletedAt.is_null())
        .filter(room::Column::Status.ne(RoomStatus::Draft));
    let select = match lock {
        Some(lock) => select.lock(lock.into()),
        None => select,
    };
    Ok(select.one(scope).await?)
}

impl Related for room::Model {
    async fn relations(&self, tx: &Writing) -> Result<Relations> {
        viewer::relations(tx, self).await
    }
}

impl Subject for RoomId {
    type Held = room::Model;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<room::Model> {
        seen_row_for_change::<room::Entity>(tx, *self, lock).await
    }
}

/// A row in a change, and its room, which is held.
pub struct InRoom<M> {
    /// The room.
    pub room: room::Model,
    /// The row. What the room's lock does not keep still is held as well: nobody else changes it.
    pub row: M,
}

impl<M: Send + Sync> Related for InRoom<M> {
    async fn relations(&self, tx: &Writing) -> Result<Relations> {
        self.room.relations(tx).await
    }
}

/// A join code as it is stored: knowing it is what opens its room.
#[derive(Clone, Debug)]
pub struct JoinCode(pub String);

impl Located for JoinCode {
    fn target(&self) -> Target {
        Target::found_by(
            "locate_join_code",
            "SELECT organization_id FROM rooms WHERE join_code = ?",
            self.0.as_str(),
            Error::NotFound {
                message: "No room has this join code. Check it with whoever gave it to you.".into(),
                field: Some("joinCode"),
            },
        )
    }
}

impl Subject for JoinCode {
    type Held = room::Model;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<room::Model> {
        let room = room_by_join_code(tx, &self.0, Some(lock)).await?;
        room.ok_or_else(|| self.target().not_found())
    }
}

/// Rows of a room that the caller sees, deleted ones too, behind an id, in the order of their ids.
///
/// # Errors
/// When the database does not answer.
pub async fn rows_after<E: Visible>(
    scope: &impl Scope,
    column: E::Column,
    room: RoomId,
    after: Uuid,
    limit: u64,
) -> Result<Vec<E::Model>> {
    let select = E::find()
        .filter(E::visible(scope.caller()))
        .filter(column.eq(room))
        .filter(E::ID.gt(after))
        .order_by_asc(E::ID)
        .limit(limit);
    Ok(select.all(scope).await?)
}

/// How many people are in a room now.
///
/// # Errors
/// When the database does not answer.
pub async fn count_of_people(scope: &impl Scope, room: RoomId) -> Result<i32> {
    let counter = room_counter::Entity::find_by_id(room).one(scope).await?;
    Ok(counter.map_or(0, |counter| counter.participant_count))
}

impl Visible for room_counter::Entity {
    type Id = RoomId;

    const NAME: &'static str = "room counter";
    const ARGUMENT: &'static str = "roomId";
    const ID: room_counter::Column = room_counter::Column::RoomId;

    const SEEN_WITH: Option<SeenWith<Self>> = Some(SeenWith {
        column: room_counter::Column::RoomId,
        kind: TypeId::of::<RoomId>(),
        id: |row| row.room_id.into(),
        itself: Condition::all,
    });

    fn visible(caller: &Caller) -> Condition {
        seen_with::<room::Entity>(room_counter::Column::RoomId, caller)
    }

    fn id(row: &room_counter::Model) -> RoomId {
        row.room_id
    }

    const DELETED_AT: Option<room_counter::Column> = None;

    fn deleted_at(_: &room_counter::Model) -> Option<DateTime<Utc>> {
        None
    }
}
