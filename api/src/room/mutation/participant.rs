//! Participants.

use async_graphql::{Context, ID, InputObject, Object};
use entity::{draw::draw, room::participant};

use crate::{
    draw::Draw,
    gql::{Long, Nullable, OperationContext, id, once, optional_id, payload},
    room::{
        service::{self, ParticipantPatch},
        types::{Participant, ParticipantRole, Room},
    },
};

/// Mutations about participants.
#[derive(Default)]
pub(super) struct ParticipantMutation;

/// A room to join: exactly one of the two.
#[derive(InputObject)]
struct JoinRoomInput {
    /// A public room.
    room_id: Option<ID>,
    /// The code of any room. Upper and lower case, spaces and hyphens do not matter.
    join_code: Option<String>,
}

payload! {
    /// What `joinRoom` answers.
    JoinRoomPayload {
        /// The viewer's place in the room.
        participant: Participant,
        /// Draws whose list was closed already: the viewer is on it only if they were in the room when it was closed.
        closed_draws: Vec<Draw>,
    }
    edge {
        /// The place as an edge of the room's `participants`, for a client that adds it to the list that it keeps.
        participant_edge by participant::Column::RoomId
    }
    also {
        /// The room, with the viewer in it and counted.
        room: Room by room_id,
    }
}

/// A room to leave.
#[derive(InputObject)]
struct LeaveRoomInput {
    /// Which room.
    room_id: ID,
}

payload! {
    /// What `leaveRoom` answers.
    LeaveRoomPayload {
        /// The place that the viewer had, with its leftAt.
        participant: Participant,
    }
    also {
        /// The room, without the viewer; null when they do not see it any more.
        room: Room by room_id,
    }
}

/// Someone to bring into a room.
#[derive(InputObject)]
struct AddParticipantInput {
    /// Which room.
    room_id: ID,
    /// Whom.
    user_id: ID,
    /// What they may do.
    #[graphql(default_with = "ParticipantRole::Participant")]
    role: ParticipantRole,
    /// Their weight in a draw that goes by tickets: 0 to 4294967295.
    #[graphql(default_with = "Long(1)")]
    tickets: Long,
}

payload! {
    /// What `addParticipant` answers.
    AddParticipantPayload {
        /// Their place in the room.
        participant: Participant,
        /// Draws whose list was closed already: they are on it only if they were in the room when it was closed.
        closed_draws: Vec<Draw>,
    }
    edge {
        /// The place as an edge of the room's `participants`, for a client that adds it to the list that it keeps.
        participant_edge by participant::Column::RoomId
    }
    also {
        /// The room, with them in it and counted.
        room: Room by room_id,
    }
}

/// Changes of a participant. What is left out stays as it is.
#[derive(InputObject)]
struct UpdateParticipantInput {
    /// Which participant.
    participant_id: ID,
    /// What they may do.
    role: Option<ParticipantRole>,
    /// Their weight in a draw that goes by tickets: 0 to 4294967295.
    tickets: Option<Long>,
}

payload! {
    /// What `updateParticipant` answers.
    UpdateParticipantPayload {
        /// The participant as they are now.
        participant: Participant,
    }
}

/// Someone to take out of a room.
#[derive(InputObject)]
struct RemoveParticipantInput {
    /// Which participant.
    participant_id: ID,
}

payload! {
    /// What `removeParticipant` answers.
    RemoveParticipantPayload {
        /// The place that they had, with its deletedAt.
        participant: Participant,
    }
    also {
        /// The room, without them.
        room: Room by room_id,
    }
}

/// Mutations about participants.
#[Object(serial)]
impl ParticipantMutation {
    /// Joins an ACTIVE room as a PARTICIPANT: a public one by its id, any by its join code. From the room's endsAt on it is a
    /// CONFLICT.
    async fn join_room(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The room.")] input: JoinRoomInput,
    ) -> Nullable<JoinRoomPayload> {
        let room = optional_id("roomId", input.room_id.as_ref())?;
        let row = once(
            ctx,
            service::join_room(ctx.operation()?, room, input.join_code.as_deref()),
        )
        .await?;
        Ok(Some(JoinRoomPayload {
            participant: Participant::of(row.participant),
            closed_draws: draws(row.closed_draws),
        }))
    }

    /// Leaves a room. Coming back finds the same place again.
    async fn leave_room(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The room.")] input: LeaveRoomInput,
    ) -> Nullable<LeaveRoomPayload> {
        let row = once(
            ctx,
            service::leave_room(ctx.operation()?, id("roomId", &input.room_id)?),
        )
        .await?;
        Ok(Some(LeaveRoomPayload {
            participant: Participant::of(row),
        }))
    }

    /// Brings someone into a room, after its endsAt too. For ORGANIZERs, ADMINs and, for PARTICIPANT and VIEWER, MODERATORs;
    /// not for MODERATORs while the list of a draw is open.
    async fn add_participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, and where.")] input: AddParticipantInput,
    ) -> Nullable<AddParticipantPayload> {
        let (room, user) = (id("roomId", &input.room_id)?, id("userId", &input.user_id)?);
        let row = once(
            ctx,
            service::add_participant(ctx.operation()?, room, user, input.role.into(), input.tickets.0),
        )
        .await?;
        Ok(Some(AddParticipantPayload {
            participant: Participant::of(row.participant),
            closed_draws: draws(row.closed_draws),
        }))
    }

    /// Changes someone's role or tickets; a CONFLICT from the time at which a draw's list closes until it is drawn. For
    /// ORGANIZERs, ADMINs and, for PARTICIPANT and VIEWER, MODERATORs; not for MODERATORs while the list of a draw is open.
    async fn update_participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateParticipantInput,
    ) -> Nullable<UpdateParticipantPayload> {
        let UpdateParticipantInput {
            participant_id,
            role,
            tickets,
        } = input;
        let patch = ParticipantPatch {
            role: role.map(Into::into),
            tickets: tickets.map(|tickets| tickets.0),
        };
        let row = once(
            ctx,
            service::update_participant(ctx.operation()?, id("participantId", &participant_id)?, patch),
        )
        .await?;
        Ok(Some(UpdateParticipantPayload {
            participant: Participant::of(row),
        }))
    }

    /// Takes someone out of a room; only addParticipant brings them back. A CONFLICT from a draw's closesAt until its freeze.
    /// For ORGANIZERs, ADMINs and, for PARTICIPANT and VIEWER, MODERATORs; not for MODERATORs while the list of a draw is open.
    async fn remove_participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: RemoveParticipantInput,
    ) -> Nullable<RemoveParticipantPayload> {
        let row = once(
            ctx,
            service::remove_participant(ctx.operation()?, id("participantId", &input.participant_id)?),
        )
        .await?;
        Ok(Some(RemoveParticipantPayload {
            participant: Participant::of(row),
        }))
    }
}

fn draws(rows: Vec<draw::Model>) -> Vec<Draw> {
    rows.into_iter().map(Draw::of).collect()
}
