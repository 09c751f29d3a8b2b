//! `room_counters`: a room's numbers that many requests move at once.

use sea_orm::entity::prelude::*;

use crate::{OrganizationId, RoomId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "room_counters")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub room_id: RoomId,
    pub organization_id: OrganizationId,
    /// The sequence that the room's next event gets; counts from 1.
    pub next_sequence: i64,
    /// Participants who are in the room now.
    pub participant_count: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
