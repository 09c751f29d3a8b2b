//! Whether the database still is what the migrations made: the server refuses to serve when it is not.
//!
//! What has to hold is written down here a second time (`expected`), in the words in which the database prints it.
//! A fingerprint stored in the database would prove nothing: whoever changes a policy could change it too.

use std::fmt;

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, TransactionTrait, Value};

use crate::run::read_status;

mod expected;
mod postgres;
mod sqlite;

/// One thing that does not hold, as a sentence: what it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(String);

impl Problem {
    fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

/// Migrations that the database lacks, or that this program does not know.
async fn migrations<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let status = match read_status(db).await {
        Err(DbErr::Custom(text)) => {
            return Ok(vec![Problem::new(format!(
                "The database was migrated by another version of Tombola. {text}. Start the version that migrated it, \
                 or a later one."
            ))]);
        }
        status => status?,
    };
    let missing = status.into_iter().filter(|migration| !migration.applied);
    Ok(missing
        .map(|migration| {
            Problem::new(format!(
                "Migration {} has not been applied. Run `tombola migrate up` with the owner's address.",
                migration.name
            ))
        })
        .collect())
}

async fn query<C: ConnectionTrait>(
    db: &C,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values))
        .await
}

/// Folds line breaks and runs of blanks, which mean nothing in what a database prints.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
