//! `rooms`: live events that people take part in.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AppId, OrganizationId, RoomId, UserId};

/// Where a room stands: DRAFT → ACTIVE → COMPLETED; DRAFT or ACTIVE → CANCELLED.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RoomStatus {
    /// Being prepared; nobody can join.
    Draft,
    /// People can join, prizes can be awarded.
    Active,
    /// Over.
    Completed,
    /// Called off.
    Cancelled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "rooms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoomId,
    pub organization_id: OrganizationId,
    pub app_id: Option<AppId>,
    pub created_by: UserId,
    pub title: String,
    pub description: Option<String>,
    pub status: RoomStatus,
    pub is_public: bool,
    /// Eight characters that open a private room; unique among rooms that are not deleted.
    pub join_code: String,
    pub starts_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub max_participants: Option<i32>,
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    /// Title and description in lower case: what the text filter searches.
    pub search_text: String,
    pub deleted_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
