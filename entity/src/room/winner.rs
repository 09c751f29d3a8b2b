//! `winners`: prizes won by participants.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{DrawId, OrganizationId, ParticipantId, PrizeId, RoomId, WinnerId};

/// How a winner was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WinnerSource {
    /// By a verifiable draw.
    Draw,
    /// Picked outside a draw by whoever runs the room.
    Award,
}

/// Where a win stands: PENDING → CLAIMED, DECLINED, EXPIRED, REVOKED; CLAIMED → REVOKED.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
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

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition, Serialize, Deserialize)]
#[sea_orm(table_name = "winners")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WinnerId,
    pub organization_id: OrganizationId,
    pub room_id: RoomId,
    pub prize_id: PrizeId,
    pub participant_id: ParticipantId,
    pub draw_id: Option<DrawId>,
    /// Place in the draw's ranking for this prize, from 1; none for awards.
    pub rank: Option<i32>,
    pub source: WinnerSource,
    pub status: WinnerStatus,
    /// When it was announced; until then nobody may know.
    pub announced_at: Option<DateTimeUtc>,
    pub claim_by: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
    pub revoke_reason: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Json,
    pub deleted_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
