//! `audit_logs`: who did what, append-only.

use sea_orm::entity::prelude::*;

use crate::{AuditLogId, OrganizationId, PrincipalKind};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, macros::ByPosition)]
#[sea_orm(table_name = "audit_logs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditLogId,
    pub organization_id: OrganizationId,
    /// Given by the database, ascending over all tenants; gaps are possible.
    pub sequence: i64,
    /// Who did it.
    pub actor_kind: PrincipalKind,
    pub actor_id: Option<Uuid>,
    /// The actor's network address, as the server saw it.
    pub actor_address: Option<String>,
    /// What was done: `ROOM_OPENED`, `PRIZE_AWARDED`, ….
    pub action: String,
    /// The kind of what it was done to, as its id's prefix.
    pub resource_type: String,
    pub resource_id: Uuid,
    /// `{"before": …, "after": …}` of the fields that changed.
    #[sea_orm(column_type = "JsonBinary")]
    pub changes: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Json,
    /// SHA-256 over all the fields above but the sequence.
    pub hash: Vec<u8>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
