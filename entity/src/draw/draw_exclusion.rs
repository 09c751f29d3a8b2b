//! `draw_exclusions`: who was kept out of a draw, and why.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{DrawExclusionId, DrawId, OrganizationId, ParticipantId, Principal, PrincipalKind, RoomId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition, Serialize, Deserialize)]
#[sea_orm(table_name = "draw_exclusions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DrawExclusionId,
    pub organization_id: OrganizationId,
    pub room_id: RoomId,
    pub draw_id: DrawId,
    pub participant_id: ParticipantId,
    // Outcomes that were kept before organizers were of several kinds name a user.
    #[serde(default)]
    pub excluded_by_kind: PrincipalKind,
    #[serde(alias = "excluded_by")]
    pub excluded_by_id: Option<Uuid>,
    pub reason: String,
    pub created_at: DateTimeUtc,
}

impl Model {
    /// Who kept them out.
    pub fn excluded_by(&self) -> Option<Principal> {
        Principal::of(self.excluded_by_kind, self.excluded_by_id)
    }
}

impl ActiveModelBehavior for ActiveModel {}
