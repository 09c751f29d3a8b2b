//! `storage_counters`: how much each tenant has stored.

use sea_orm::entity::prelude::*;

use crate::OrganizationId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "storage_counters")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    /// Bytes that were written for it. What is replaced or deleted is not given back.
    pub bytes: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
