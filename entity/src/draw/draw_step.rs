//! `draw_steps`: everything that happened to a draw, in order.

use sea_orm::entity::prelude::*;

use crate::room::participant::ParticipantRole;
use crate::{DrawId, DrawStepId, OrganizationId, ParticipantId, Principal, PrincipalKind, PrizeId, RoomId};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DrawStepKind {
    /// Policy and seed were committed to.
    Committed,
    /// Someone was kept out.
    Excluded,
    /// Somebody else brought a participant in while the list was open.
    ParticipantAdded,
    /// Somebody changed a participant's role or tickets while the list was open.
    ParticipantChanged,
    /// Somebody else took a participant out while the list was open.
    ParticipantRemoved,
    /// The freeze was asked for and waits for a reviewer.
    FreezeRequested,
    /// A reviewer agreed to the freeze.
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
    /// An alternate was passed over.
    Skipped,
    /// The draw was called off.
    Voided,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "draw_steps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DrawStepId,
    pub organization_id: OrganizationId,
    pub room_id: RoomId,
    pub draw_id: DrawId,
    /// From 1 without gaps.
    pub position: i64,
    pub kind: DrawStepKind,
    pub prize_id: Option<PrizeId>,
    /// From 1.
    pub rank: Option<i32>,
    pub reason: Option<String>,
    /// Who did it.
    pub actor_kind: PrincipalKind,
    pub actor_id: Option<Uuid>,
    /// Whom it was about, when it was not about a rank.
    pub participant_id: Option<ParticipantId>,
    /// Their role before; none for one who was not in the room.
    pub role_before: Option<ParticipantRole>,
    pub tickets_before: Option<i64>,
    /// Their role from then on; none for one who was taken out.
    pub role_after: Option<ParticipantRole>,
    pub tickets_after: Option<i64>,
    pub created_at: DateTimeUtc,
}

impl Model {
    /// Who did it.
    pub fn actor(&self) -> Option<Principal> {
        Principal::of(self.actor_kind, self.actor_id)
    }
}

impl ActiveModelBehavior for ActiveModel {}
