//! Whether the database still is what the migrations made: the server refuses to serve when it is not.
//!
//! What has to hold is written down here a second time (`expected`), in the words in which the database prints it.
//! A fingerprint stored in the database would prove nothing: whoever changes a policy could change it too.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DbErr, TransactionTrait};

mod expected;
mod postgres;
mod problem;
mod sqlite;

pub use problem::Problem;

/// Reads the catalog, signed in with the server's address, and answers everything that does not hold. Writes nothing.
///
/// Where SQL can put it right, the sentence ends with `Run:` and statements for a superuser.
pub async fn check<C>(db: &C) -> Result<Vec<Problem>, DbErr>
where
    C: ConnectionTrait + TransactionTrait,
{
    match db.get_database_backend() {
        DbBackend::Postgres => postgres::check(db).await,
        _ => sqlite::check(db).await,
    }
}
