//! Participants.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::draw::draw;

use crate::{
    draw::Draw,
    gql::{Answer, Long, OperationContext, id, once, optional_id},
    room::{
        service::{self, ParticipantChange},
        types::{Participant, ParticipantRole},
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

/// What `joinRoom` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
struct JoinRoomPayload {
    /// The viewer's place in the room.
    participant: Participant,
    /// Draws whose list was closed already: the viewer is on it only if they were in the room when it was closed.
    closed_draws: Vec<Draw>,
}

/// A room to leave.
#[derive(InputObject)]
struct LeaveRoomInput {
    /// Which room.
    room_id: ID,
}

/// What `leaveRoom` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
struct LeaveRoomPayload {
    /// The place that the viewer had, with its leftAt.
    participant: Participant,
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

/// What `addParticipant` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
struct AddParticipantPayload {
    /// Their place in the room.
    participant: Participant,
    /// Draws whose list was closed already: they are on it only if they were in the room when it was closed.
    closed_draws: Vec<Draw>,
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

/// What `updateParticipant` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
struct UpdateParticipantPayload {
    /// The participant as they are now.
    participant: Participant,
}

/// Someone to take out of a room.
#[derive(InputObject)]
struct RemoveParticipantInput {
    /// Which participant.
    participant_id: ID,
}

/// What `removeParticipant` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
struct RemoveParticipantPayload {
    /// The place that they had, with its deletedAt.
    participant: Participant,
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
    ) -> Answer<JoinRoomPayload> {
        let room = optional_id("roomId", input.room_id.as_ref())?;
        let row = once(
            ctx,
            service::join_room(ctx.operation()?, room, input.join_code.as_deref()),
        )
        .await?;
        Ok(Some(JoinRoomPayload {
            participant: Participant(Arc::new(row.participant)),
            closed_draws: draws(row.closed_draws),
        }))
    }

    /// Leaves a room. Coming back finds the same place again.
    async fn leave_room(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The room.")] input: LeaveRoomInput,
    ) -> Answer<LeaveRoomPayload> {
        let row = once(
            ctx,
            service::leave_room(ctx.operation()?, id("roomId", &input.room_id)?),
        )
        .await?;
        Ok(Some(LeaveRoomPayload {
            participant: Participant(Arc::new(row)),
        }))
    }

    /// Brings someone into a room, after its endsAt too. For ORGANIZERs, ADMINs and, for PARTICIPANT and VIEWER, MODERATORs;
    /// not for MODERATORs while the list of a draw is open.
    async fn add_participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, and where.")] input: AddParticipantInput,
    ) -> Answer<AddParticipantPayload> {
        let (room, user) = (id("roomId", &input.room_id)?, id("userId", &input.user_id)?);
        let row = once(
            ctx,
            service::add_participant(ctx.operation()?, room, user, input.role.into(), input.tickets.0),
        )
        .await?;
        Ok(Some(AddParticipantPayload {
            participant: Participant(Arc::new(row.participant)),
            closed_draws: draws(row.closed_draws),
        }))
    }

    /// Changes someone's role or tickets; a CONFLICT from the time at which a draw's list closes until it is drawn. For
    /// ORGANIZERs, ADMINs and, for PARTICIPANT and VIEWER, MODERATORs; not for MODERATORs while the list of a draw is open.
    async fn update_participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateParticipantInput,
    ) -> Answer<UpdateParticipantPayload> {
        let change = ParticipantChange {
            role: input.role.map(Into::into),
            tickets: input.tickets.map(|tickets| tickets.0),
        };
        let row = once(
            ctx,
            service::update_participant(ctx.operation()?, id("participantId", &input.participant_id)?, change),
        )
        .await?;
        Ok(Some(UpdateParticipantPayload {
            participant: Participant(Arc::new(row)),
        }))
    }

    /// Takes someone out of a room; only addParticipant brings them back. A CONFLICT from a draw's closesAt until its freeze.
    /// For ORGANIZERs, ADMINs and, for PARTICIPANT and VIEWER, MODERATORs; not for MODERATORs while the list of a draw is open.
    async fn remove_participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: RemoveParticipantInput,
    ) -> Answer<RemoveParticipantPayload> {
        let row = once(
            ctx,
            service::remove_participant(ctx.operation()?, id("participantId", &input.participant_id)?),
        )
        .await?;
        Ok(Some(RemoveParticipantPayload {
            participant: Participant(Arc::new(row)),
        }))
    }
}

fn draws(rows: Vec<draw::Model>) -> Vec<Draw> {
    rows.into_iter().map(|row| Draw(Arc::new(row))).collect()
}
