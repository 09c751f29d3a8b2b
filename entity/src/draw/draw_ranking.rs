//! `draw_rankings`: in which order a prize was drawn.

use sea_orm::entity::prelude::*;

use crate::{DrawId, OrganizationId, PrizeId, RoomId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "draw_rankings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub draw_id: DrawId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub prize_id: PrizeId,
    pub organization_id: OrganizationId,
    pub room_id: RoomId,
    /// Indexes of the frozen list, four bytes each, big-endian, rank 1 first.
    pub ranking: Vec<u8>,
    /// Whether everything was announced.
    pub presented: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
