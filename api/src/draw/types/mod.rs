//! Draws as clients see them.

mod entropy;
mod history;
mod policy;
mod receipt;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use base16ct::lower::encode_string;
use entity::{
    draw::{draw, draw_exclusion, draw_step},
    room::winner,
};
use macros::windows;

pub use entropy::DrawEntropy;
pub use history::{DrawExclusion, DrawStep, DrawStepKind};
pub use policy::{DrawPolicy, DrawPolicyInput};
pub use receipt::DrawReceipt;

use crate::{
    error::{Error, Result},
    gql::{Connection, Long, Nullable, OperationContext, Timestamp, children, item, load, output},
    room::{Room, Winner, WinnerFilter},
    store::{Page, WindowArguments},
};

/// Where a draw stands: COMMITTED → FROZEN → DRAWN; each → VOID.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "draw::DrawStatus")]
pub enum DrawStatus {
    /// Policy and seed are committed to; the list is open.
    Committed,
    /// The list is closed and published.
    Frozen,
    /// The ranks are computed; winners are announced at once, or one by one.
    Drawn,
    /// Called off, with a reason and the seed for everybody to see.
    Void,
}

/// Where a draw's randomness comes from: what even the operator of the server cannot have known.
#[derive(Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "draw::DrawLevel")]
pub enum DrawLevel {
    /// The committed seed alone: nothing can be changed afterwards, but the operator knows the seed beforehand.
    #[default]
    #[graphql(name = "L0")]
    Seed,
    /// The seed and at least 25 throws of a die before witnesses, after the list was closed.
    #[graphql(name = "L1")]
    Dice,
    /// The seed and a round of the public beacon drand that was named beforehand.
    #[graphql(name = "L2")]
    Drand,
}

/// A signature of the server.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct DrawSignature {
    /// The key's name in /.well-known/jwks.json.
    key_id: String,
    /// The Ed25519 public key: 32 bytes, hexadecimal.
    public_key: String,
    /// The signature: 64 bytes, hexadecimal.
    value: String,
}

item! {
    /// A draw that anyone can verify: committed to before anybody knows the list, and computed from what is public.
    Draw(draw) {
        "room": Room = |row| row.room_id,
        "supersedes": Draw = |row| row.supersedes,
    }
}

/// A draw that anyone can verify: committed to before anybody knows the list, and computed from what is public.
#[windows]
#[Object(serial)]
impl Draw {
    /// Global id, `draw_…`.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// Where it stands.
    async fn status(&self) -> DrawStatus {
        self.0.status.into()
    }

    /// Where its randomness comes from.
    async fn level(&self) -> DrawLevel {
        self.0.level.into()
    }

    /// What was promised, and can no longer be changed.
    async fn policy(&self, ctx: &Context<'_>) -> Nullable<DrawPolicy> {
        let policy = DrawPolicy::read(&self.0)?;
        // Prizes are an answer of their own, when they are asked for.
        let prizes = ctx.look_ahead().field("prizes").exists();
        ctx.operation()?.answers(1 + if prizes { policy.len() } else { 0 })?;
        Ok(Some(policy))
    }

    /// The same in canonical form (RFC 8785): the bytes whose SHA-256 is policyHash.
    async fn policy_document(&self) -> &str {
        &self.0.policy
    }

    /// SHA-256 of policyDocument, hexadecimal. It fixes the rules and the seed: keep it from before the dice or the round.
    async fn policy_hash(&self) -> String {
        encode_string(&self.0.policy_hash)
    }

    /// The promise of the seed, hexadecimal: SHA-256 over the draw's id and the seed.
    async fn seed_commit(&self) -> String {
        encode_string(&self.0.seed_commit)
    }

    /// The server's signature under the commitment.
    async fn signature(&self) -> DrawSignature {
        self.signed(&self.0.signature)
    }

    /// The seed, 32 bytes, hexadecimal: revealed with the last winner, or when the draw is
    /// voided. It stays null when the draw was voided after the server had lost its key.
    async fn seed(&self) -> Option<String> {
        self.0.seed.as_deref().map(encode_string)
    }

    /// Whether a freeze was asked for and waits for a REVIEWER (approveDraw).
    async fn awaits_review(&self) -> bool {
        self.0.status == draw::DrawStatus::Committed && self.0.freeze_requested_by().is_some()
    }

    /// How many are on the list; null before the freeze.
    async fn entry_count(&self) -> Option<Long> {
        self.0.entrant_count.map(Long)
    }

    /// The sum of their weights; null before the freeze.
    async fn total_weight(&self) -> Option<Long> {
        self.0.total_weight.map(Long)
    }

    /// The list's tree hash (RFC 6962), hexadecimal; null before the freeze. It fixes the list, and policyHash everything
    /// else: keep both.
    async fn list_root(&self) -> Option<String> {
        self.0.list_root.as_deref().map(encode_string)
    }

    /// The server's signature under the frozen list; null before the freeze.
    async fn freeze_signature(&self) -> Option<DrawSignature> {
        self.0.freeze_signature.as_deref().map(|value| self.signed(value))
    }

    /// When the list was closed; null before.
    async fn frozen_at(&self) -> Option<Timestamp> {
        self.0.frozen_at.map(Timestamp)
    }

    /// What was added to the seed; null until it was given.
    async fn entropy(&self) -> Nullable<DrawEntropy> {
        Ok(self.0.entropy.as_deref().map(DrawEntropy::read).transpose()?)
    }

    /// When the ranks were computed; null before.
    async fn drawn_at(&self) -> Option<Timestamp> {
        self.0.drawn_at.map(Timestamp)
    }

    /// Seconds between two announcements; null when all winners were announced at once.
    async fn pace_seconds(&self) -> Option<i32> {
        self.0.pace_seconds
    }

    /// When the last winner was announced and the seed revealed; null before. From then on the transcript is complete.
    async fn presented_at(&self) -> Option<Timestamp> {
        self.0.presented_at.map(Timestamp)
    }

    /// Where everybody who sees the room gets the transcript: a path on this server.
    async fn transcript_path(&self) -> String {
        format!("/draws/{}/transcript.json", self.0.id)
    }

    /// Why it was voided; null otherwise.
    async fn void_reason(&self) -> Option<&str> {
        self.0.void_reason.as_deref()
    }

    /// When it was voided; null otherwise.
    async fn voided_at(&self) -> Option<Timestamp> {
        self.0.voided_at.map(Timestamp)
    }

    /// When it was committed to.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> Timestamp {
        Timestamp(self.0.updated_at)
    }

    /// The void draw that this one replaces.
    async fn supersedes(&self, ctx: &Context<'_>) -> Nullable<Draw> {
        Ok(load(ctx.operation()?, self.0.supersedes).await?)
    }

    /// The room.
    async fn room(&self, ctx: &Context<'_>) -> Nullable<Room> {
        Ok(load(ctx.operation()?, self.0.room_id).await?)
    }

    /// Everything that happened to it, in order.
    async fn steps(&self, ctx: &Context<'_>, window: WindowArguments) -> Nullable<Connection<DrawStep>> {
        let page = Page::natural((), window)?;
        Ok(Some(
            children(ctx, draw_step::Column::DrawId, self.0.id, page, None).await?,
        ))
    }

    /// Who was kept out before the freeze, and why.
    async fn exclusions(&self, ctx: &Context<'_>, window: WindowArguments) -> Nullable<Connection<DrawExclusion>> {
        let page = Page::natural((), window)?;
        Ok(Some(
            children(ctx, draw_exclusion::Column::DrawId, self.0.id, page, None).await?,
        ))
    }

    /// Who has won so far, in the order of the announcements; ended wins too.
    async fn winners(&self, ctx: &Context<'_>, window: WindowArguments) -> Nullable<Connection<Winner>> {
        let page = Page::natural(WinnerFilter::default(), window)?;
        Ok(Some(
            children(ctx, winner::Column::DrawId, self.0.id, page, None).await?,
        ))
    }
}

impl Draw {
    fn signed(&self, value: &[u8]) -> DrawSignature {
        DrawSignature {
            key_id: self.0.key_id.clone(),
            public_key: encode_string(&self.0.public_key),
            value: encode_string(value),
        }
    }
}

/// A number of the protocol as clients read it.
pub(super) fn long(number: u64) -> Result<Long> {
    i64::try_from(number).map(Long).map_err(Error::internal)
}
