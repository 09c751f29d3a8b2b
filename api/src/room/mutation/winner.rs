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

/// A win to claim.
#[derive(InputObject)]
struct ClaimPrizeInput {
    /// Which win: the viewer's own.
    winner_id: ID,
}

/// What `claimPrize` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
struct ClaimPrizePayload {
    /// The win, now CLAIMED.
    winner: Winner,
}

/// A win to turn down.
#[derive(InputObject)]
struct DeclinePrizeInput {
    /// Which win: the viewer's own.
    winner_id: ID,
    /// Why, for everybody to read. Up to 500 characters.
    reason: Option<String>,
}

/// What `declinePrize` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
struct DeclinePrizePayload {
    /// The win, now DECLINED.
    winner: Winner,
}

/// A win of a draw to take away.
#[derive(InputObject)]
struct DisqualifyWinnerInput {
    /// Which win.
    winner_id: ID,
    /// Why, for everybody to read. 1 to 500 characters.
    reason: String,
}

/// What `disqualifyWinner` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
struct DisqualifyWinnerPayload {
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

    /// Takes what the viewer has won. For the winner.
    async fn claim_prize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The win.")] input: ClaimPrizeInput,
    ) -> Answer<ClaimPrizePayload> {
        let row = once(
            ctx,
            service::claim_prize(ctx.operation()?, id("winnerId", &input.winner_id)?),
        )
        .await?;
        Ok(Some(ClaimPrizePayload {
            winner: Winner(Arc::new(row)),
        }))
    }

    /// Turns down what the viewer has won; in a draw the next alternate gets it. For the winner.
    async fn decline_prize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The win, and why.")] input: DeclinePrizeInput,
    ) -> Answer<DeclinePrizePayload> {
        let winner = id("winnerId", &input.winner_id)?;
        let row = once(
            ctx,
            service::decline_prize(ctx.operation()?, winner, input.reason.as_deref()),
        )
        .await?;
        Ok(Some(DeclinePrizePayload {
            winner: Winner(Arc::new(row)),
        }))
    }

    /// Takes a win of a draw away; the next alternate gets it. There is no other way to another winner. For ORGANIZERs and
    /// ADMINs.
    async fn disqualify_winner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The win, and why.")] input: DisqualifyWinnerInput,
    ) -> Answer<DisqualifyWinnerPayload> {
        let winner = id("winnerId", &input.winner_id)?;
        let row = once(ctx, service::disqualify_winner(ctx.operation()?, winner, &input.reason)).await?;
        Ok(Some(DisqualifyWinnerPayload {
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
