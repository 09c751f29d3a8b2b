//! `memberships`: who belongs to which tenant, in which role.

use sea_orm::entity::prelude::*;

use crate::{MembershipId, OrganizationId, UserId};

/// A member's role in their organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MemberRole {
    /// Runs the organization.
    Admin,
    /// Approves what others prepared.
    Reviewer,
    /// Creates and runs rooms.
    Creator,
    /// Looks on.
    Viewer,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    pub role: MemberRole,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
