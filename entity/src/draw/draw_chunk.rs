//! `draw_chunks`: the frozen list as it is published, 4,096 entrants a row.

use sea_orm::entity::prelude::*;

use crate::{DrawId, OrganizationId, RoomId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "draw_chunks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub draw_id: DrawId,
    /// From 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub organization_id: OrganizationId,
    pub room_id: RoomId,
    pub created_at: DateTimeUtc,
    /// For each entrant the 32 bytes of the public entry id and the weight in four, big-endian.
    pub entries: Vec<u8>,
    /// Tree hash of these entrants.
    pub root: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
