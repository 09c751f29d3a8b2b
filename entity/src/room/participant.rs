//! `participants`: one row per room and user, for ever.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AgentId, OrganizationId, ParticipantId, RoomId, UserId};

/// What a participant may do in their room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ParticipantRole {
    /// Runs the room.
    Organizer,
    /// Looks after the participants.
    Moderator,
    /// Takes part and can win.
    Participant,
    /// Looks on.
    Viewer,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition, Serialize, Deserialize)]
#[sea_orm(table_name = "participants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ParticipantId,
    pub organization_id: OrganizationId,
    pub room_id: RoomId,
    /// Exactly one of user and agent.
    pub user_id: Option<UserId>,
    pub agent_id: Option<AgentId>,
    pub role: ParticipantRole,
    /// Weight in a draw: 0 to 4294967295.
    pub tickets: i64,
    /// 16 random bytes, kept for ever: part of the public entry id of a draw.
    #[serde(skip)]
    pub entry_nonce: Vec<u8>,
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Json,
    pub joined_at: DateTimeUtc,
    pub left_at: Option<DateTimeUtc>,
    /// Set when someone else removed them: they cannot come back by themselves.
    pub deleted_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
