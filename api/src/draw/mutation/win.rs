//! What becomes of a win: claimed, turned down, or taken away.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    draw::service,
    gql::{Answer, OperationContext, id, once},
    room::Winner,
};

/// Mutations about wins.
#[derive(Default)]
pub(super) struct WinMutation;

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

/// Mutations about wins.
#[Object(serial)]
impl WinMutation {
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
}
