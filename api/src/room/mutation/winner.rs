//! Winners.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    gql::{Answer, OperationContext, id, once},
    room::{service, types::Winner},
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

/// What `awardPrize` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
struct AwardPrizePayload {
    /// The win.
    winner: Winner,
}

/// A win to take back.
#[derive(InputObject)]
struct RevokeWinnerInput {
    /// Which win.
    winner_id: ID,
    /// Why, for everybody to read. 1 to 500 characters.
    reason: String,
}

/// What `revokeWinner` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
struct RevokeWinnerPayload {
    /// The win, now REVOKED.
    winner: Winner,
}

/// Mutations about winners.
#[Object(serial)]
impl WinnerMutation {
    /// Gives a prize to a participant who was picked outside a draw, and announces it. For ORGANIZERs and ADMINs.
    async fn award_prize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The prize, and who gets it.")] input: AwardPrizeInput,
    ) -> Answer<AwardPrizePayload> {
        let (prize, participant) = (
            id("prizeId", &input.prize_id)?,
            id("participantId", &input.participant_id)?,
        );
        let row = once(ctx, service::award_prize(ctx.operation()?, prize, participant)).await?;
        Ok(Some(AwardPrizePayload {
            winner: Winner(Arc::new(row)),
        }))
    }

    /// Takes back a win that was awarded by hand and gives the prize its quantity back. For ORGANIZERs and ADMINs.
    async fn revoke_winner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The win, and why.")] input: RevokeWinnerInput,
    ) -> Answer<RevokeWinnerPayload> {
        let row = once(
            ctx,
            service::revoke_winner(ctx.operation()?, id("winnerId", &input.winner_id)?, &input.reason),
        )
        .await?;
        Ok(Some(RevokeWinnerPayload {
            winner: Winner(Arc::new(row)),
        }))
    }
}
