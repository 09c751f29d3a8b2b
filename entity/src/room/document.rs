//! `documents`: GraphQL documents that an app has registered, so that its clients can send a name instead.

use sea_orm::entity::prelude::*;

use crate::{AppId, DocumentId, OrganizationId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "documents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DocumentId,
    pub organization_id: OrganizationId,
    pub app_id: AppId,
    /// What clients send: the hash, or the id that a manifest gives it. Unique within the app.
    pub key: String,
    /// SHA-256 of the text, 64 lower-case hexadecimal digits.
    pub hash: String,
    /// The names of its operations.
    pub name: String,
    pub text: String,
    pub deleted_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
