//! `prizes`: what can be won in a room.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{OrganizationId, PrizeId, RoomId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition, Serialize, Deserialize)]
#[sea_orm(table_name = "prizes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PrizeId,
    pub organization_id: OrganizationId,
    pub room_id: RoomId,
    pub name: String,
    pub description: Option<String>,
    pub image_url: Option<String>,
    /// The order in which prizes are drawn, from 0.
    pub position: i32,
    pub quantity: i32,
    /// 0 to `quantity`; moved only by conditional updates.
    pub quantity_remaining: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Json,
    pub deleted_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
