//! `draw_prizes`: what a draw draws.

use sea_orm::entity::prelude::*;

use crate::{DrawId, OrganizationId, PrizeId, RoomId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "draw_prizes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub draw_id: DrawId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub prize_id: PrizeId,
    pub organization_id: OrganizationId,
    pub room_id: RoomId,
    /// Its place in the policy, from 0.
    pub position: i32,
    pub quantity: i32,
    pub alternates: i32,
    /// Whether the draw is not void: a prize has one live draw at most.
    pub live: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
