//! Winners.

use async_graphql::{Context, ID, InputObject, Object};
use entity::room::winner;

use crate::{
    gql::{Nullable, OperationContext, id, once, payload},
    room::{
        service,
        types::{Prize, Room, Winner},
    },
};

/// Mutations about winners.
#[derive(Default)]
pub(super) struct WinnerMutation;

/// A prize, and who gets it.
#[derive(InputObject)]
struct AwardPrizeInput {
    /// What is won.
    prize_id: ID,
    /// Who wins it: a participant of the same room.
    participant_id: ID,
}

payload! {
    /// What `awardPrize` answers.
    AwardPrizePayload {
        /// The win.
        winner: Winner,
    }
    edge {
        /// The win as an edge of the room's `winners`, for a client that adds it to the list that it keeps.
        winner_edge by winner::Column::RoomId
    }
    also {
        /// The prize, with how many of it are left.
        prize: Prize by prize_id,
        /// The room.
        room: Room by room_id,
    }
}

/// A win to take back.
#[derive(InputObject)]
struct RevokeWinnerInput {
    /// Which win.
    winner_id: ID,
    /// Why, for everybody to read. 1 to 500 characters.
    reason: String,
}

payload! {
    /// What `revokeWinner` answers.
    RevokeWinnerPayload {
        /// The win, now REVOKED.
        winner: Winner,
    }
    also {
        /// The prize, with how many of it are left.
        prize: Prize by prize_id,
        /// The room.
        room: Room by room_id,
    }
}

/// Mutations about winners.
#[Object(serial)]
impl WinnerMutation {
    /// Gives a prize to a participant who was picked outside a draw, and announces it. For ORGANIZERs and ADMINs.
    async fn award_prize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The prize, and who gets it.")] input: AwardPrizeInput,
    ) -> Nullable<AwardPrizePayload> {
        let (prize, participant) = (
            id("prizeId", &input.prize_id)?,
            id("participantId", &input.participant_id)?,
        );
        let row = once(ctx, service::award_prize(ctx.operation()?, prize, participant)).await?;
        Ok(Some(AwardPrizePayload {
            winner: Winner::of(row),
        }))
    }

    /// Takes back a win that was awarded by hand and gives the prize its quantity back. For ORGANIZERs and ADMINs.
    async fn revoke_winner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The win, and why.")] input: RevokeWinnerInput,
    ) -> Nullable<RevokeWinnerPayload> {
        let row = once(
            ctx,
            service::revoke_winner(ctx.operation()?, id("winnerId", &input.winner_id)?, &input.reason),
        )
        .await?;
        Ok(Some(RevokeWinnerPayload {
            winner: Winner::of(row),
        }))
    }
}
