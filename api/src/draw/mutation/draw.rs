//! Draws.

use async_graphql::{Context, ID, InputObject, Object};
use entity::draw::draw;

use crate::{
    draw::{
        service::{self, GivenEntropy},
        types::{Draw, DrawExclusion, DrawPolicyInput},
    },
    error::Error,
    gql::{Int, Nullable, OperationContext, id, once, payload},
    room::Room,
};

/// Mutations about draws.
#[derive(Default)]
pub(super) struct DrawLifeMutation;

/// A draw to commit to.
#[derive(InputObject)]
struct CreateDrawInput {
    /// The room.
    room_id: ID,
    /// What it promises.
    policy: DrawPolicyInput,
    /// The void draw of these prizes that it replaces, if there is one.
    supersedes: Option<ID>,
}

payload! {
    /// What `createDraw` answers.
    CreateDrawPayload {
        /// The draw, now COMMITTED.
        draw: Draw,
    }
    edge {
        /// The draw as an edge of the room's `draws`, for a client that adds it to the list that it keeps.
        draw_edge by draw::Column::RoomId
    }
    also {
        /// The room.
        room: Room by room_id,
    }
}

/// Someone to keep out of a draw.
#[derive(InputObject)]
struct ExcludeFromDrawInput {
    /// Which draw.
    draw_id: ID,
    /// Whom.
    participant_id: ID,
    /// Why, for everybody to read. 1 to 500 characters.
    reason: String,
}

payload! {
    /// What `excludeFromDraw` answers.
    ExcludeFromDrawPayload {
        /// The draw.
        draw: Draw,
        /// The exclusion.
        exclusion: DrawExclusion,
    }
}

/// A draw whose list is to be closed.
#[derive(InputObject)]
struct FreezeDrawInput {
    /// Which draw.
    draw_id: ID,
}

payload! {
    /// What `freezeDraw` answers.
    FreezeDrawPayload {
        /// The draw, now FROZEN; or COMMITTED and waiting for a REVIEWER when its policy wants one.
        draw: Draw,
    }
}

/// A freeze to agree to.
#[derive(InputObject)]
struct ApproveDrawInput {
    /// Which draw.
    draw_id: ID,
}

payload! {
    /// What `approveDraw` answers.
    ApproveDrawPayload {
        /// The draw, now FROZEN.
        draw: Draw,
    }
}

/// Randomness for a frozen draw: exactly one of the three.
#[derive(InputObject)]
struct ProvideDrawEntropyInput {
    /// Which draw.
    draw_id: ID,
    /// At L1 the digits of 25 to 1000 throws of a six-sided die, thrown before witnesses. White space does not matter.
    dice: Option<String>,
    /// At L2 the signature of the round that the policy names: 96 hexadecimal digits, from any drand server.
    drand_signature: Option<String>,
    /// At L2 let the server ask drand for the round.
    #[graphql(default = false)]
    fetch: bool,
}

payload! {
    /// What `provideDrawEntropy` answers.
    ProvideDrawEntropyPayload {
        /// The draw, ready to be run.
        draw: Draw,
    }
}

/// A draw to run.
#[derive(InputObject)]
struct RunDrawInput {
    /// Which draw.
    draw_id: ID,
    /// Seconds between two announcements, 1 to 600: the last prize first, and of each the first rank last. All winners are
    /// announced at once when nothing is given. All announcements together take 24 hours at most. It changes nothing about
    /// who wins.
    pace_seconds: Option<Int>,
}

payload! {
    /// What `runDraw` answers.
    RunDrawPayload {
        /// The draw, now DRAWN. Winners show as they are announced.
        draw: Draw,
    }
    also {
        /// The room, with its prizes and with the winners that are announced.
        room: Room by room_id,
    }
}

/// A draw to call off.
#[derive(InputObject)]
struct VoidDrawInput {
    /// Which draw.
    draw_id: ID,
    /// Why, for everybody to read. 1 to 500 characters.
    reason: String,
}

payload! {
    /// What `voidDraw` answers.
    VoidDrawPayload {
        /// The draw, now VOID.
        draw: Draw,
    }
    also {
        /// The room, with its prizes and without these wins.
        room: Room by room_id,
    }
}

/// Mutations about draws.
#[Object(serial)]
impl DrawLifeMutation {
    /// Commits to a draw: publishes its policy, the policy's hash, the promise of a seed, and a signature. The list is open
    /// until freezeDraw. For ORGANIZERs and ADMINs.
    async fn create_draw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The room, and what the draw promises.")] input: CreateDrawInput,
    ) -> Nullable<CreateDrawPayload> {
        let room = id("roomId", &input.room_id)?;
        let plan = input.policy.plan(input.supersedes.as_ref())?;
        let row = once(ctx, service::create_draw(ctx.operation()?, room, plan)).await?;
        Ok(Some(CreateDrawPayload { draw: Draw::of(row) }))
    }

    /// Keeps a participant out of a draw whose list is open, for everybody to see. For ORGANIZERs and ADMINs.
    async fn exclude_from_draw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draw, whom to exclude, and why.")] input: ExcludeFromDrawInput,
    ) -> Nullable<ExcludeFromDrawPayload> {
        let (draw, participant) = (
            id("drawId", &input.draw_id)?,
            id("participantId", &input.participant_id)?,
        );
        let (draw, exclusion) = once(
            ctx,
            service::exclude_from_draw(ctx.operation()?, draw, participant, &input.reason),
        )
        .await?;
        Ok(Some(ExcludeFromDrawPayload {
            draw: Draw::of(draw),
            exclusion: DrawExclusion::of(exclusion),
        }))
    }

    /// Closes the list of a draw: it is numbered, hashed, signed and published, and never changes again. When the policy
    /// wants a review, asks for it instead. For ORGANIZERs and ADMINs.
    async fn freeze_draw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draw.")] input: FreezeDrawInput,
    ) -> Nullable<FreezeDrawPayload> {
        let row = once(
            ctx,
            service::freeze_draw(ctx.operation()?, id("drawId", &input.draw_id)?),
        )
        .await?;
        Ok(Some(FreezeDrawPayload { draw: Draw::of(row) }))
    }

    /// Agrees to a freeze that someone else asked for, and closes the list. For REVIEWERs of the organization.
    async fn approve_draw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draw.")] input: ApproveDrawInput,
    ) -> Nullable<ApproveDrawPayload> {
        let row = once(
            ctx,
            service::approve_draw(ctx.operation()?, id("drawId", &input.draw_id)?),
        )
        .await?;
        Ok(Some(ApproveDrawPayload { draw: Draw::of(row) }))
    }

    /// Gives a frozen draw the randomness that nobody could know when the list was closed. What is given is checked, and
    /// cannot be replaced. For ORGANIZERs and ADMINs.
    async fn provide_draw_entropy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draw, and the dice or the drand round.")] input: ProvideDrawEntropyInput,
    ) -> Nullable<ProvideDrawEntropyPayload> {
        let draw = id("drawId", &input.draw_id)?;
        let given = match (input.dice, input.drand_signature, input.fetch) {
            (Some(dice), None, false) => GivenEntropy::Dice(dice),
            (None, Some(signature), false) => GivenEntropy::RoundSignature(signature),
            (None, None, true) => GivenEntropy::FetchRound,
            _ => {
                let message = "Give exactly one of dice, drandSignature and fetch.";
                return Err(Error::validation("dice", message).into());
            }
        };
        let row = once(ctx, service::provide_entropy(ctx.operation()?, draw, given)).await?;
        Ok(Some(ProvideDrawEntropyPayload { draw: Draw::of(row) }))
    }

    /// Computes who wins, from the frozen list, the seed and the entropy, and announces the winners. Running it again answers the
    /// same. For ORGANIZERs and ADMINs.
    async fn run_draw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draw, and how fast winners are announced.")] input: RunDrawInput,
    ) -> Nullable<RunDrawPayload> {
        let pace = input.pace_seconds.map(|pace| pace.narrow("paceSeconds")).transpose()?;
        let row = once(
            ctx,
            service::run_draw(ctx.operation()?, id("drawId", &input.draw_id)?, pace),
        )
        .await?;
        Ok(Some(RunDrawPayload { draw: Draw::of(row) }))
    }

    /// Calls a draw off: its wins are taken back, its seed is revealed, and its transcript stays. A new draw of the same
    /// prizes must name it in supersedes. For ORGANIZERs and ADMINs.
    async fn void_draw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draw, and why.")] input: VoidDrawInput,
    ) -> Nullable<VoidDrawPayload> {
        let row = once(
            ctx,
            service::void_draw(ctx.operation()?, id("drawId", &input.draw_id)?, &input.reason),
        )
        .await?;
        Ok(Some(VoidDrawPayload { draw: Draw::of(row) }))
    }
}
