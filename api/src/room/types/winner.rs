//! Winners as clients see them.

use async_graphql::{Context, Enum, ID, Object};
use entity::room::{participant, winner};

use super::{Participant, Prize, Room};
use crate::{
    draw::Draw,
    gql::{
        Nullable, OperationContext, Permission, Timestamp, item, load, load_with_deleted, output, permissions,
        row_with_deleted,
    },
    identity::Profile,
    policy::{ActedOn, Relation, Relations},
};

/// How a winner was found.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "winner::WinnerSource")]
pub enum WinnerSource {
    /// By a draw that anyone can verify.
    Draw,
    /// Picked outside a draw by whoever runs the room.
    Award,
}

/// Where a win stands: PENDING → CLAIMED, DECLINED, EXPIRED or REVOKED; CLAIMED → REVOKED.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "winner::WinnerStatus")]
pub enum WinnerStatus {
    /// Announced, not yet claimed.
    Pending,
    /// Taken by the winner.
    Claimed,
    /// Turned down by the winner.
    Declined,
    /// Not claimed in time.
    Expired,
    /// Taken back by whoever runs the room.
    Revoked,
}

item! {
    /// A prize won by a participant.
    Winner(winner) {
        "prize": Prize = |row| row.prize_id,
        "participant": Participant = |row| row.participant_id,
        "user": Profile = |row| row.participant_id => participant |place| place.user_id,
        "room": Room = |row| row.room_id,
        "draw": Draw = |row| row.draw_id,
    }
}

/// A prize won by a participant.
#[Object(serial)]
impl Winner {
    /// Global id, `winner_…`.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// How the winner was found.
    async fn source(&self) -> WinnerSource {
        self.0.source.into()
    }

    /// Where the win stands.
    async fn status(&self) -> WinnerStatus {
        self.0.status.into()
    }

    /// When the winner was announced.
    async fn announced_at(&self) -> Option<Timestamp> {
        self.0.announced_at.map(Timestamp)
    }

    /// Its rank in the draw for this prize, from 1; null for a prize awarded by hand.
    async fn rank(&self) -> Option<i32> {
        self.0.rank
    }

    /// Until when the winner can claim; null when there is no limit, or not yet one.
    async fn claim_by(&self) -> Option<Timestamp> {
        self.0.claim_by.map(Timestamp)
    }

    /// When the win was taken back.
    async fn revoked_at(&self) -> Option<Timestamp> {
        self.0.revoked_at.map(Timestamp)
    }

    /// Why the win was taken back.
    async fn revoke_reason(&self) -> Option<&str> {
        self.0.revoke_reason.as_deref()
    }

    /// What was won; it may have been taken off the list since.
    async fn prize(&self, ctx: &Context<'_>) -> Nullable<Prize> {
        Ok(load_with_deleted(ctx.operation()?, self.0.prize_id).await?)
    }

    /// Who won; they may have left or been removed since.
    async fn participant(&self, ctx: &Context<'_>) -> Nullable<Participant> {
        Ok(load_with_deleted(ctx.operation()?, self.0.participant_id).await?)
    }

    /// The person who won, in one step; null for an agent. They may have left or been removed since.
    async fn user(&self, ctx: &Context<'_>) -> Nullable<Profile> {
        let operation = ctx.operation()?;
        let place = row_with_deleted::<participant::Entity>(operation, self.0.participant_id).await?;
        Ok(load_with_deleted(operation, place.and_then(|place| place.user_id)).await?)
    }

    /// What the viewer may do with it: CLAIM_PRIZE, which is for the winner and covers declining, or nothing.
    async fn viewer_permissions(&self, ctx: &Context<'_>) -> Nullable<Vec<Permission>> {
        let operation = ctx.operation()?;
        let me = operation.caller().user();
        let place = row_with_deleted::<participant::Entity>(operation, self.0.participant_id).await?;
        let own = me.is_some() && place.is_some_and(|place| place.user_id == me);
        let viewer = Relations::of(operation.caller()).and(own.then_some(Relation::Oneself));
        Ok(Some(permissions(&viewer, ActedOn::Win)))
    }

    /// The draw that found the winner; null for a prize awarded by hand.
    async fn draw(&self, ctx: &Context<'_>) -> Nullable<Draw> {
        Ok(load(ctx.operation()?, self.0.draw_id).await?)
    }

    /// The room.
    async fn room(&self, ctx: &Context<'_>) -> Nullable<Room> {
        Ok(load(ctx.operation()?, self.0.room_id).await?)
    }
}
