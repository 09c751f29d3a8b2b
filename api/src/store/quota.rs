//! What a tenant has stored, held against the quota of its plan.

use chrono::{DateTime, Utc};
use entity::{
    OrganizationId,
    organization::{membership, organization::Plan},
};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Statement};

use super::scope::Scope;
use crate::{
    config::QuotasConfig,
    error::{Error, Result},
};

/// Bytes of a megabyte, as storage is sold.
const MEGABYTE: u64 = 1_000_000;

/// Counts, and answers what is stored then, and the tenant's plan. In one statement: whoever counts holds the row until the
/// commit, so that no two changes pass the quota together.
const COUNT: &str = "INSERT INTO storage_counters (organization_id, bytes, created_at, updated_at) VALUES ($1, $2, $3, $3) \
     ON CONFLICT (organization_id) DO UPDATE SET bytes = storage_counters.bytes + excluded.bytes, \
     updated_at = excluded.updated_at RETURNING bytes, (SELECT plan FROM organizations WHERE id = $1)";

/// Adds what a change writes to its tenant's counter.
///
/// # Errors
/// `LIMITED` beyond the quota, unless the change has to be made in any case.
pub(super) async fn count(
    tx: &impl Scope,
    tenant: OrganizationId,
    bytes: u64,
    now: DateTime<Utc>,
    quotas: &QuotasConfig,
    in_any_case: bool,
) -> Result<()> {
    let added = i64::try_from(bytes).unwrap_or(i64::MAX);
    let values = [tenant.into(), added.into(), now.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), COUNT, values);
    let row = tx.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::internal(anyhow::anyhow!("{tenant} was not counted")))?;
    let stored: i64 = row.try_get_by_index(0)?;
    let plan: Plan = row.try_get_by_index(1)?;
    let quota = quotas.megabytes(plan).saturating_mul(MEGABYTE);
    let stored = u64::try_from(stored).unwrap_or_default();
    if stored <= quota || in_any_case {
        return Ok(());
    }
    Err(refused(tx, tenant, stored - bytes, bytes, plan, quota).await?)
}

/// How much it is, is for members: strangers join public rooms, too.
async fn refused(
    tx: &impl Scope,
    tenant: OrganizationId,
    before: u64,
    bytes: u64,
    plan: Plan,
    quota: u64,
) -> Result<Error> {
    let is_member = match tx.caller().user() {
        None => false,
        Some(user) => {
            let mine = membership::Entity::find()
                .filter(membership::Column::OrganizationId.eq(tenant))
                .filter(membership::Column::UserId.eq(user))
                .limit(1);
            mine.one(tx).await?.is_some()
        }
    };
    let message = match is_member {
        true => format!(
            "The organization has stored {} of the {} MB of its plan {}, and this takes {} more. Nothing was changed. \
             Write less, or ask whoever runs the server for a larger plan; what is deleted is not given back.",
            megabytes(before),
            quota / MEGABYTE,
            plan.to_value(),
            megabytes(bytes),
        ),
        false => {
            "The organization has used up its storage, so nothing was changed. Tell whoever runs the room.".to_owned()
        }
    };
    Ok(Error::Bound(message.into()))
}

/// With as many digits as tell something.
fn megabytes(bytes: u64) -> String {
    let thousandths = bytes.div_ceil(MEGABYTE / 1000);
    format!("{}.{:03} MB", thousandths / 1000, thousandths % 1000)
}
