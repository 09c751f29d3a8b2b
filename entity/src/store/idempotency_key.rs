//! `idempotency_keys`: what came of a change that its client may ask for again. One row for each root field.

use sea_orm::entity::prelude::*;

use crate::PrincipalKind;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// Who asked. Principals do not share keys.
    #[sea_orm(primary_key, auto_increment = false)]
    pub principal_id: Uuid,
    pub principal_kind: PrincipalKind,
    /// The key, as the client chose it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// The response name of the root field.
    #[sea_orm(primary_key, auto_increment = false)]
    pub field: String,
    /// SHA-256 of the operation: 32 bytes.
    pub fingerprint: Vec<u8>,
    /// What the change came to, without anything secret.
    #[sea_orm(column_type = "JsonBinary")]
    pub outcome: Json,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
