//! `organizations`: the tenants.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::OrganizationId;

/// Where a tenant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrganizationStatus {
    /// Being set up.
    Provisioning,
    /// Open for work.
    Active,
    /// Closed for a while.
    Suspended,
    /// Setting up went wrong.
    Failed,
}

/// What a tenant has subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Plan {
    /// The smallest plan.
    Starter,
    /// For regular use.
    Growth,
    /// For large organizations.
    Enterprise,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition, Serialize, Deserialize)]
#[sea_orm(table_name = "organizations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganizationId,
    pub slug: String,
    pub name: String,
    pub company_name: Option<String>,
    pub admin_email: String,
    pub status: OrganizationStatus,
    pub plan: Plan,
    pub industry: Option<String>,
    pub expected_agent_count: Option<i32>,
    #[sea_orm(column_type = "JsonBinary")]
    pub model_defaults: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub resource_limits: Json,
    pub deleted_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
