//! What the caller is to organizations, batched over many.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use entity::{
    OrganizationId,
    organization::membership::{self, MemberRole},
};

use super::finder;
use crate::{
    error::Result,
    loaders::{Batch, failed},
    operation::Operation,
    policy::{Relation, Relations},
    store::Reading,
};

/// What the caller is to an organization.
///
/// # Errors
/// When the database does not answer.
pub async fn viewer(operation: &Operation, organization: OrganizationId) -> Result<Relations> {
    let relations = Relations::of(operation.caller());
    if operation.caller().user().is_none() {
        return Ok(relations);
    }
    let role = operation.snapshot().load::<ViewerRoles>(organization).await??;
    Ok(relations.and(role.map(Relation::Member)))
}

/// The caller's role in each of many organizations.
struct ViewerRoles(Arc<Reading>);

type Role = Option<MemberRole>;

impl BatchFn<OrganizationId, Result<Role>> for ViewerRoles {
    async fn load(&mut self, keys: &[OrganizationId]) -> HashMap<OrganizationId, Result<Role>> {
        match finder::own_memberships(&*self.0, keys).await {
            Ok(rows) => {
                let role = |row: membership::Model| (row.organization_id, row.role);
                let roles: HashMap<_, _> = rows.into_iter().map(role).collect();
                keys.iter().map(|key| (*key, Ok(roles.get(key).copied()))).collect()
            }
            Err(error) => failed(keys, error),
        }
    }
}

impl Batch for ViewerRoles {
    type Key = OrganizationId;
    type Value = Result<Role>;

    fn new(reading: Arc<Reading>) -> Self {
        Self(reading)
    }
}
