//! What does not hold, and how the catalog is asked for it.

use std::fmt;

use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

use crate::run::read_status;

/// One thing that does not hold, as a sentence: what it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(String);

impl Problem {
    pub(in crate::catalog) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Migrations that the database lacks, or that this program does not know.
pub(in crate::catalog) async fn migrations<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
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

pub(in crate::catalog) async fn query<C: ConnectionTrait>(
    db: &C,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, DbErr> {
    db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values))
        .await
}

/// Folds line breaks and runs of blanks, which mean nothing in what a database prints.
pub(in crate::catalog) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
