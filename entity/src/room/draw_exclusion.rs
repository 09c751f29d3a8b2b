//! `draw_exclusions`: who was kept out of a draw, and why.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{DrawExclusionId, DrawId, OrganizationId, ParticipantId, RoomId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "draw_exclusions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DrawExclusionId,
    pub organization_id: OrganizationId,
    pub room_id: RoomId,
    pub draw_id: DrawId,
    pub participant_id: ParticipantId,
    pub excluded_by: UserId,
    pub reason: String,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
