//! `draw_entrants`: who is behind the frozen list, 4,096 entrants a row. Never shown.

use sea_orm::entity::prelude::*;

use crate::{DrawId, OrganizationId, RoomId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "draw_entrants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub draw_id: DrawId,
    /// From 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub organization_id: OrganizationId,
    pub room_id: RoomId,
    pub created_at: DateTimeUtc,
    /// For each entrant the 16 bytes of the participant's id.
    pub participants: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
