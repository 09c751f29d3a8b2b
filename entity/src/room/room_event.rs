//! `room_events`: the live log of each room, append-only.

use sea_orm::entity::prelude::*;

use crate::{OrganizationId, RoomId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "room_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub room_id: RoomId,
    /// From 1, without gaps within a room.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    pub organization_id: OrganizationId,
    /// What happened: `WINNER_ANNOUNCED`, ….
    pub kind: String,
    /// What the event announces, so that delivery needs no other table.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
