//! `apps`: programs that run rooms.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AppId, OrganizationId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition, Serialize, Deserialize)]
#[sea_orm(table_name = "apps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AppId,
    pub organization_id: OrganizationId,
    /// Unique within the organization, among apps that are not deleted.
    pub slug: String,
    pub name: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub manifest: Json,
    /// A list of texts.
    #[sea_orm(column_type = "JsonBinary")]
    pub permissions: Json,
    /// Public half of the app's credentials.
    pub client_id: String,
    /// SHA-256 of the secret half.
    #[serde(skip)]
    pub secret_hash: Vec<u8>,
    pub is_active: bool,
    pub deleted_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
