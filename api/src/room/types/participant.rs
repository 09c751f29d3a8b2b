//! Participants as clients see them.

use async_graphql::{Context, Enum, ID, Object};
use entity::room::{participant, winner};
use macros::windows;

use super::{Room, Winner};
use crate::{
    gql::{
        Connection, Json, Long, Nullable, OperationContext, Timestamp, children, item, load, load_with_deleted, output,
    },
    identity::Profile,
    policy::{Action, Relation},
    room::finder::{self, WinnerFilter},
    store::{Page, WindowArguments},
};

/// What a participant may do in their room.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "participant::ParticipantRole")]
pub enum ParticipantRole {
    /// Runs the room: its status, prizes, winners and people.
    Organizer,
    /// Looks after participants and viewers.
    Moderator,
    /// Takes part and can win.
    Participant,
    /// Looks on; cannot win.
    Viewer,
}

item! {
    /// Someone's place in a room.
    Participant(participant) {
        "user": Profile = |row| row.user_id,
        "room": Room = |row| row.room_id,
    }
}

/// Someone's place in a room.
#[windows]
#[Object(serial)]
impl Participant {
    /// Global id, `participant_…`; the same when they leave and come back.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// What they may do.
    async fn role(&self) -> ParticipantRole {
        self.0.role.into()
    }

    /// Their weight in a draw that goes by tickets: 0 to 4294967295.
    async fn tickets(&self) -> Long {
        Long(self.0.tickets)
    }

    /// What the organizers noted about them: a JSON object. For organizers, moderators, ADMINs and oneself; null
    /// for others.
    async fn metadata(&self, ctx: &Context<'_>) -> Nullable<Json> {
        let operation = ctx.operation()?;
        let oneself = self.0.user_id.is_some() && operation.caller().user() == self.0.user_id;
        let viewer = finder::viewer(operation, self.0.room_id, self.0.organization_id).await?;
        let viewer = viewer.and(oneself.then_some(Relation::Oneself));
        Ok(viewer
            .may(Action::ReadParticipantMetadata)
            .then(|| (&self.0.metadata).into()))
    }

    /// When they last came in.
    async fn joined_at(&self) -> Timestamp {
        Timestamp(self.0.joined_at)
    }

    /// When they went, if they are not in the room now.
    async fn left_at(&self) -> Option<Timestamp> {
        self.0.left_at.map(Timestamp)
    }

    /// When they were removed by someone else. Only winners and other history still lead here then.
    async fn deleted_at(&self) -> Option<Timestamp> {
        self.0.deleted_at.map(Timestamp)
    }

    /// The person; null for an agent.
    async fn user(&self, ctx: &Context<'_>) -> Nullable<Profile> {
        Ok(load_with_deleted(ctx.operation()?, self.0.user_id).await?)
    }

    /// The room.
    async fn room(&self, ctx: &Context<'_>) -> Nullable<Room> {
        Ok(load(ctx.operation()?, self.0.room_id).await?)
    }

    /// What they won here, in the order of the announcements; revoked wins too.
    async fn winners(&self, ctx: &Context<'_>, window: WindowArguments) -> Nullable<Connection<Winner>> {
        let page = Page::natural(WinnerFilter::default(), window)?;
        Ok(Some(
            children(ctx, winner::Column::ParticipantId, self.0.id, page, None).await?,
        ))
    }
}
