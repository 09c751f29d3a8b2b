//! PostgreSQL: who is signed in, what they may do, and whether every wall between tenants stands.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr, TransactionSession, TransactionTrait};

use super::problem::{Problem, migrations};

mod function;
mod policy;
mod privilege;
mod role;
mod trigger;

pub(super) async fn check<C>(db: &C) -> Result<Vec<Problem>, DbErr>
where
    C: ConnectionTrait + TransactionTrait,
{
    let tx = db.begin().await?;
    tx.execute_unprepared("SET TRANSACTION READ ONLY").await?;
    let mut problems = role::check(&tx).await?;
    let missing = migrations(&tx).await?;
    if missing.is_empty() {
        // The search path: so that PostgreSQL prints every name with its schema, whatever the role's own path is.
        // JIT: compiling these queries takes ten times as long as answering them.
        tx.execute_unprepared("SET LOCAL search_path = pg_catalog; SET LOCAL jit = off")
            .await?;
        // In an order in which their remedies can be run: policies need functions.
        problems.extend(role::owners(&tx).await?);
        problems.extend(function::check(&tx).await?);
        problems.extend(policy::check(&tx).await?);
        problems.extend(privilege::check(&tx).await?);
        problems.extend(trigger::check(&tx).await?);
    } else {
        // All else follows from that.
        problems.extend(missing);
    }
    tx.rollback().await?;
    Ok(problems)
}
