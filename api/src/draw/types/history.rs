//! What happened to a draw.

use async_graphql::{Context, Enum, ID, Object};
use entity::{
    Principal, UserId,
    draw::{draw_exclusion, draw_step},
};

use super::Draw;
use crate::{
    gql::{Long, Nullable, OperationContext, Timestamp, item, load, load_with_deleted, output},
    identity::Profile,
    room::{Participant, ParticipantRole, Prize},
};

/// What happened to a draw.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "draw_step::DrawStepKind")]
pub enum DrawStepKind {
    /// Policy and seed were committed to.
    Committed,
    /// Someone was kept out.
    Excluded,
    /// An organizer brought a participant in while the list was open.
    ParticipantAdded,
    /// An organizer changed a participant's role or tickets while the list was open.
    ParticipantChanged,
    /// An organizer took a participant out while the list was open.
    ParticipantRemoved,
    /// The freeze was asked for and waits for a REVIEWER.
    FreezeRequested,
    /// A REVIEWER agreed to the freeze.
    FreezeApproved,
    /// The list was closed.
    Frozen,
    /// Dice or a drand round were given.
    EntropyProvided,
    /// The ranks were computed.
    Drawn,
    /// The last winner was announced and the seed revealed.
    Presented,
    /// A win was claimed.
    Claimed,
    /// A win was turned down.
    Declined,
    /// A win was not claimed in time.
    Expired,
    /// A win was taken away.
    Disqualified,
    /// An alternate won.
    Promoted,
    /// An alternate was passed over: WIN_LIMIT (they hold as many wins as one can) or DISQUALIFIED.
    Skipped,
    /// The draw was called off.
    Voided,
}

item! {
    /// Something that happened to a draw.
    DrawStep(draw_step) {
        "draw": Draw = |row| row.draw_id,
        "prize": Prize = |row| row.prize_id,
        "participant": Participant = |row| row.participant_id,
        "actor": Profile = |row| user(row.actor()),
    }
}

/// The person behind a principal.
fn user(principal: Option<Principal>) -> Option<UserId> {
    principal.and_then(Principal::user)
}

/// Something that happened to a draw.
#[Object(serial)]
impl DrawStep {
    /// Global id, `step_…`.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// Its place among the draw's steps, from 1 without gaps.
    async fn position(&self) -> Long {
        Long(self.0.position)
    }

    /// What happened.
    async fn kind(&self) -> DrawStepKind {
        self.0.kind.into()
    }

    /// The rank that it was about, from 1.
    async fn rank(&self) -> Option<i32> {
        self.0.rank
    }

    /// Why, if somebody said.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// When.
    async fn occurred_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// The participant's role before; null for one who was not in the room, and where nothing changed.
    async fn role_before(&self) -> Option<ParticipantRole> {
        self.0.role_before.map(Into::into)
    }

    /// The participant's tickets before; null where roleBefore is.
    async fn tickets_before(&self) -> Option<Long> {
        self.0.tickets_before.map(Long)
    }

    /// The participant's role from then on; null for one who was taken out, and where nothing changed.
    async fn role_after(&self) -> Option<ParticipantRole> {
        self.0.role_after.map(Into::into)
    }

    /// The participant's tickets from then on; null where roleAfter is.
    async fn tickets_after(&self) -> Option<Long> {
        self.0.tickets_after.map(Long)
    }

    /// Whom it was about: EXCLUDED, PARTICIPANT_ADDED, PARTICIPANT_CHANGED and PARTICIPANT_REMOVED say so.
    async fn participant(&self, ctx: &Context<'_>) -> Nullable<Participant> {
        Ok(load_with_deleted(ctx.operation()?, self.0.participant_id).await?)
    }

    /// The prize that it was about.
    async fn prize(&self, ctx: &Context<'_>) -> Nullable<Prize> {
        Ok(load_with_deleted(ctx.operation()?, self.0.prize_id).await?)
    }

    /// Who did it; null for what the server did when its time had come, and for people whom the viewer does not see.
    async fn actor(&self, ctx: &Context<'_>) -> Nullable<Profile> {
        Ok(load_with_deleted(ctx.operation()?, user(self.0.actor())).await?)
    }

    /// The draw.
    async fn draw(&self, ctx: &Context<'_>) -> Nullable<Draw> {
        Ok(load(ctx.operation()?, self.0.draw_id).await?)
    }
}

item! {
    /// Someone who was kept out of a draw.
    DrawExclusion(draw_exclusion) {
        "draw": Draw = |row| row.draw_id,
        "participant": Participant = |row| row.participant_id,
        "excludedBy": Profile = |row| user(row.excluded_by()),
    }
}

/// Someone who was kept out of a draw.
#[Object(serial)]
impl DrawExclusion {
    /// Global id, `exclusion_…`.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// Why.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// When.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// Whom; they may have left or been removed since.
    async fn participant(&self, ctx: &Context<'_>) -> Nullable<Participant> {
        Ok(load_with_deleted(ctx.operation()?, self.0.participant_id).await?)
    }

    /// By whom; null for people whom the viewer does not see.
    async fn excluded_by(&self, ctx: &Context<'_>) -> Nullable<Profile> {
        Ok(load_with_deleted(ctx.operation()?, user(self.0.excluded_by())).await?)
    }

    /// From which draw.
    async fn draw(&self, ctx: &Context<'_>) -> Nullable<Draw> {
        Ok(load(ctx.operation()?, self.0.draw_id).await?)
    }
}
