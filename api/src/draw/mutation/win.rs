//! What becomes of a win: claimed, turned down, or taken away.

use async_graphql::{Context, ID, InputObject, Object};

use crate::{
    draw::{service, types::Draw},
    gql::{Nullable, OperationContext, id, once, payload},
    room::{Prize, Winner},
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

payload! {
    /// What `claimPrize` answers.
    ClaimPrizePayload {
        /// The win, now CLAIMED.
        winner: Winner,
    }
    also {
        /// The draw, if one found the winner; null when the viewer does not see its room any more.
        draw: Draw by draw_id,
    }
}

/// A win to turn down.
#[derive(InputObject)]
struct DeclinePrizeInput {
    /// Which win: the viewer's own.
    winner_id: ID,
    /// Why, for everybody to read. Up to 500 characters.
    reason: Option<String>,
}

payload! {
    /// What `declinePrize` answers.
    DeclinePrizePayload {
        /// The win, now DECLINED.
        winner: Winner,
    }
    also {
        /// The prize, with how many of it are left; null when the viewer does not see its room any more.
        prize: Prize by prize_id,
        /// The draw, if one found the winner, with the alternate who wins now; null when the viewer does not see its room any more.
        draw: Draw by draw_id,
    }
}

/// A win of a draw to take away.
#[derive(InputObject)]
struct DisqualifyWinnerInput {
    /// Which win.
    winner_id: ID,
    /// Why, for everybody to read. 1 to 500 characters.
    reason: String,
}

payload! {
    /// What `disqualifyWinner` answers.
    DisqualifyWinnerPayload {
        /// The win, now REVOKED.
        winner: Winner,
    }
    also {
        /// The prize, with how many of it are left.
        prize: Prize by prize_id,
        /// The draw, with the alternate who wins now.
        draw: Draw by draw_id,
    }
}

/// Mutations about wins.
#[Object(serial)]
impl WinMutation {
    /// Takes what the viewer has won. For the winner.
    async fn claim_prize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The win.")] input: ClaimPrizeInput,
    ) -> Nullable<ClaimPrizePayload> {
        let row = once(
            ctx,
            service::claim_prize(ctx.operation()?, id("winnerId", &input.winner_id)?),
        )
        .await?;
        Ok(Some(ClaimPrizePayload {
            winner: Winner::of(row),
        }))
    }

    /// Turns down what the viewer has won; in a draw the next alternate gets it. For the winner.
    async fn decline_prize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The win, and why.")] input: DeclinePrizeInput,
    ) -> Nullable<DeclinePrizePayload> {
        let winner = id("winnerId", &input.winner_id)?;
        let row = once(
            ctx,
            service::decline_prize(ctx.operation()?, winner, input.reason.as_deref()),
        )
        .await?;
        Ok(Some(DeclinePrizePayload {
            winner: Winner::of(row),
        }))
    }

    /// Takes a win of a draw away; the next alternate gets it. There is no other way to another winner. For ORGANIZERs and
    /// ADMINs.
    async fn disqualify_winner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The win, and why.")] input: DisqualifyWinnerInput,
    ) -> Nullable<DisqualifyWinnerPayload> {
        let winner = id("winnerId", &input.winner_id)?;
        let row = once(ctx, service::disqualify_winner(ctx.operation()?, winner, &input.reason)).await?;
        Ok(Some(DisqualifyWinnerPayload {
            winner: Winner::of(row),
        }))
    }
}
