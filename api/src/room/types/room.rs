//! Rooms as clients see them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use entity::{
    RoomId,
    draw::draw,
    room::{participant, prize, room, room_counter, winner},
};
use futures::future::BoxFuture;
use macros::windows;

use super::{App, Participant, ParticipantRole, Prize, RoomEvent, Winner, room_event, winner::WinnerStatus};
use crate::{
    draw::Draw,
    error::Result,
    gql::{
        Connection, Int, Json, KeptCount, Long, Nullable, OperationContext, Permission, Timestamp, Total, children,
        item, load, output, permissions,
    },
    loaders::{ById, Events, EventsAfter},
    operation::Operation,
    organization::Organization,
    policy::{ActedOn, Action},
    room::finder::{self, ParticipantFilter, WinnerFilter},
    store::{DEFAULT_SIZE, Page, WindowArguments, page_size},
    validation,
};

/// Where a room stands: DRAFT → ACTIVE → COMPLETED; DRAFT or ACTIVE → CANCELLED.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "room::RoomStatus")]
pub enum RoomStatus {
    /// Being prepared: only members of the organization and who was added see it; nobody can join.
    Draft,
    /// Open: people can join, prizes can be awarded.
    Active,
    /// Over, with its results.
    Completed,
    /// Called off.
    Cancelled,
}

item! {
    /// A live event that people take part in: a prize draw, a quiz, a training run.
    Room(room) {
        "organization": Organization = |row| row.organization_id,
        "app": App = |row| row.app_id,
    }
}

/// A live event that people take part in: a prize draw, a quiz, a training run.
#[windows]
#[Object(serial)]
impl Room {
    /// Global id, `room_…`.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// What the organizer called it. 1 to 200 characters.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What it is about. Up to 5000 characters.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Where it stands.
    async fn status(&self) -> RoomStatus {
        self.0.status.into()
    }

    /// Whether everybody sees it once it is no draft, and can join without a code.
    async fn is_public(&self) -> bool {
        self.0.is_public
    }

    /// The code that opens the room to whoever knows it. For organizers, moderators and ADMINs; null for others.
    async fn join_code(&self, ctx: &Context<'_>) -> Nullable<String> {
        let viewer = finder::viewer(ctx.operation()?, self.0.id, self.0.organization_id).await?;
        Ok(viewer.may(Action::ReadJoinCode).then(|| self.0.join_code.clone()))
    }

    /// When it starts, for people to know: the room can be joined as soon as it is ACTIVE.
    async fn starts_at(&self) -> Option<Timestamp> {
        self.0.starts_at.map(Timestamp)
    }

    /// When it ends: from then on nobody can join.
    async fn ends_at(&self) -> Option<Timestamp> {
        self.0.ends_at.map(Timestamp)
    }

    /// How many people can be in it at once; without a number, as many as come.
    async fn max_participants(&self) -> Option<i32> {
        self.0.max_participants
    }

    /// How many people are in it now; null for a viewer who knows only its join code.
    async fn participant_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        let counter = counter(ctx.operation()?, self.0.id).await?;
        Ok(counter.map(|counter| counter.participant_count))
    }

    /// The sequence of the newest event of its log, at the moment at which all else here is read: whoever follows the room gives it
    /// as `after`, and nothing is missed or comes twice. In the answer of a mutation it may be newer than the room that was changed:
    /// follow from what a query answered. Null for a viewer who knows only its join code.
    async fn last_sequence(&self, ctx: &Context<'_>) -> Nullable<Long> {
        let counter = counter(ctx.operation()?, self.0.id).await?;
        Ok(counter.map(|counter| Long(counter.next_sequence - 1)))
    }

    /// What the organizer set for client programs: a JSON object of at most 16 KiB.
    async fn settings(&self) -> Json {
        (&self.0.settings).into()
    }

    /// When it was made.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> Timestamp {
        Timestamp(self.0.updated_at)
    }

    /// When it was deleted. Set only in the answer of deleteRoom.
    async fn deleted_at(&self) -> Option<Timestamp> {
        self.0.deleted_at.map(Timestamp)
    }

    /// Whom it belongs to; null for those who are no members there.
    async fn organization(&self, ctx: &Context<'_>) -> Nullable<Organization> {
        Ok(load(ctx.operation()?, self.0.organization_id).await?)
    }

    /// The program that runs it; null when there is none, and for those who are no members of the organization.
    async fn app(&self, ctx: &Context<'_>) -> Nullable<App> {
        Ok(load(ctx.operation()?, self.0.app_id).await?)
    }

    /// Who is in it now, in the order in which they first came.
    async fn participants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only participants with one of these roles.")] roles: Option<Vec<ParticipantRole>>,
        window: WindowArguments,
    ) -> Nullable<Connection<Participant>> {
        let roles: Option<Vec<_>> = roles.map(|roles| roles.into_iter().map(Into::into).collect());
        let total = roles.is_none().then(|| Total::Kept(Box::new(PeopleIn(self.0.id))));
        let page = Page::natural(ParticipantFilter { roles }, window)?;
        Ok(Some(
            children(ctx, participant::Column::RoomId, self.0.id, page, total).await?,
        ))
    }

    /// What can be won, in the order in which it is drawn.
    async fn prizes(&self, ctx: &Context<'_>, window: WindowArguments) -> Nullable<Connection<Prize>> {
        let page = Page::natural((), window)?;
        Ok(Some(children(ctx, prize::Column::RoomId, self.0.id, page, None).await?))
    }

    /// Who won, in the order of the announcements; revoked wins too.
    async fn winners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only winners with one of these statuses.")] statuses: Option<Vec<WinnerStatus>>,
        window: WindowArguments,
    ) -> Nullable<Connection<Winner>> {
        let statuses = statuses.map(|statuses| statuses.into_iter().map(Into::into).collect());
        let page = Page::natural(WinnerFilter { statuses }, window)?;
        Ok(Some(
            children(ctx, winner::Column::RoomId, self.0.id, page, None).await?,
        ))
    }

    /// The draws in it, void ones too, in the order in which they were made.
    async fn draws(&self, ctx: &Context<'_>, window: WindowArguments) -> Nullable<Connection<Draw>> {
        let page = Page::natural((), window)?;
        Ok(Some(children(ctx, draw::Column::RoomId, self.0.id, page, None).await?))
    }

    /// What the viewer may do in it, by their roles in its organization and in it.
    async fn viewer_permissions(&self, ctx: &Context<'_>) -> Nullable<Vec<Permission>> {
        let viewer = finder::viewer(ctx.operation()?, self.0.id, self.0.organization_id).await?;
        Ok(Some(permissions(&viewer, ActedOn::Room)))
    }

    /// The viewer's own place in it; null when they are not in it.
    async fn viewer_participation(&self, ctx: &Context<'_>) -> Nullable<Participant> {
        Ok(finder::viewer_participation(ctx.operation()?, self.0.id)
            .await?
            .map(Participant))
    }

    /// What happened behind a sequence, oldest first: the log that roomEvents follows live.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The last sequence that is known; 0 from the start.",
            default_with = "Long(0)"
        )]
        after: Long,
        #[graphql(desc = "Events at most, 1 to 100; 20 when nothing is given.")] first: Option<Int>,
    ) -> Nullable<Vec<RoomEvent>> {
        let limit = first.map_or(Ok(DEFAULT_SIZE), |first| page_size(first.0, "first"))?;
        validation::number("after", after.0, 0, Long::MAX)?;
        let key = EventsAfter {
            log: self.0.id,
            after: after.0,
            limit,
        };
        let operation = ctx.operation()?;
        let rows = operation.snapshot().load::<Events<RoomId>>(key).await??;
        operation.answers(rows.len())?;
        Ok(Some(rows.iter().map(room_event).collect::<Result<_>>()?))
    }
}

/// Everybody in a room, from the counter that joining and leaving keep.
struct PeopleIn(RoomId);

impl KeptCount for PeopleIn {
    fn count<'a>(&'a self, operation: &'a Operation) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move {
            let count = counter(operation, self.0)
                .await?
                .map_or(0, |counter| counter.participant_count);
            Ok(u64::try_from(count).unwrap_or(0))
        })
    }
}

/// What is counted of a room: its people, and its events.
async fn counter(operation: &Operation, room: RoomId) -> Result<Option<Arc<room_counter::Model>>> {
    operation.snapshot().load::<ById<room_counter::Entity>>(room).await?
}
