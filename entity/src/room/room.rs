//! `rooms`: live events that people take part in.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AppId, OrganizationId, PrincipalKind, RoomId, folding};

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
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition, Serialize, Deserialize)]
#[sea_orm(table_name = "rooms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoomId,
    pub organization_id: OrganizationId,
    pub app_id: Option<AppId>,
    // Outcomes that were kept before rooms had creators of several kinds name a user.
    #[serde(default)]
    pub created_by_kind: PrincipalKind,
    #[serde(alias = "created_by")]
    pub created_by_id: Option<Uuid>,
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
    /// Title and description, folded: what the text filter searches.
    pub search_text: String,
    /// What the list by title is sorted by. Compared as bytes.
    // Outcomes that were kept before this column was added do not have it.
    #[serde(default)]
    pub title_key: String,
    pub deleted_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// What the text filter searches of a room.
pub fn search_text(title: &str, description: Option<&str>) -> String {
    folding::folded(&format!("{title}\n{}", description.unwrap_or_default()))
}

/// What a room's place in the list by title is.
pub fn title_key(title: &str) -> String {
    folding::sort_key(title)
}

impl ActiveModelBehavior for ActiveModel {}
