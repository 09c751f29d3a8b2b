//! `draws`: draws that anyone can verify.

use sea_orm::{ActiveValue, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{DrawId, OrganizationId, Principal, PrincipalKind, RoomId};

/// Where a draw stands: COMMITTED → FROZEN → DRAWN; each → VOID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DrawStatus {
    /// Policy and seed are committed to; the list is open.
    Committed,
    /// The list is closed and published.
    Frozen,
    /// The ranks are known, to the database at least.
    Drawn,
    /// Called off, with a reason.
    Void,
}

/// Where the randomness comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DrawLevel {
    /// The committed seed alone.
    #[sea_orm(string_value = "L0")]
    Seed,
    /// The seed and dice thrown before witnesses.
    #[sea_orm(string_value = "L1")]
    Dice,
    /// The seed and a round of drand.
    #[sea_orm(string_value = "L2")]
    Drand,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition, Serialize, Deserialize)]
#[sea_orm(table_name = "draws")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DrawId,
    pub organization_id: OrganizationId,
    pub room_id: RoomId,
    // Outcomes that were kept before draws had creators of several kinds name users.
    #[serde(default)]
    pub created_by_kind: PrincipalKind,
    #[serde(alias = "created_by")]
    pub created_by_id: Option<Uuid>,
    pub status: DrawStatus,
    pub level: DrawLevel,
    /// The policy in canonical form, byte for byte what is hashed.
    pub policy: String,
    pub policy_hash: Vec<u8>,
    pub seed_commit: Vec<u8>,
    /// The seed, encrypted under a key of the server.
    #[serde(skip)]
    pub sealed_seed: Vec<u8>,
    /// The seed in the clear, once it is revealed.
    pub seed: Option<Vec<u8>>,
    /// Which key signed, and that key: 32 bytes.
    pub key_id: String,
    pub public_key: Vec<u8>,
    /// Over the commitment: 64 bytes.
    pub signature: Vec<u8>,
    pub supersedes: Option<DrawId>,
    /// Who asked for the freeze, when it waits for a reviewer.
    #[serde(default)]
    pub freeze_requested_by_kind: Option<PrincipalKind>,
    #[serde(alias = "freeze_requested_by")]
    pub freeze_requested_by_id: Option<Uuid>,
    pub list_root: Option<Vec<u8>>,
    pub entrant_count: Option<i64>,
    pub total_weight: Option<i64>,
    pub frozen_at: Option<DateTimeUtc>,
    pub freeze_signature: Option<Vec<u8>>,
    /// As the transcript writes it: JSON.
    pub entropy: Option<String>,
    pub drawn_at: Option<DateTimeUtc>,
    /// Seconds between two announcements.
    pub pace_seconds: Option<i32>,
    /// When the next winner is announced; none when nobody waits for it.
    pub announce_at: Option<DateTimeUtc>,
    /// When the last winner was announced and the seed revealed.
    pub presented_at: Option<DateTimeUtc>,
    pub void_reason: Option<String>,
    pub voided_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl Model {
    /// Who asked for the freeze, when it waits for a reviewer.
    pub fn freeze_requested_by(&self) -> Option<Principal> {
        // Outcomes that were kept before there were kinds name a user.
        let kind = self.freeze_requested_by_kind.unwrap_or_default();
        Principal::of(kind, self.freeze_requested_by_id)
    }
}

impl ActiveModel {
    /// Notes who asked for the freeze; or that nobody does any more.
    pub fn set_freeze_requested_by(&mut self, principal: Option<Principal>) {
        self.freeze_requested_by_kind = ActiveValue::Set(principal.map(Principal::kind));
        self.freeze_requested_by_id = ActiveValue::Set(principal.and_then(Principal::id));
    }
}

impl ActiveModelBehavior for ActiveModel {}
