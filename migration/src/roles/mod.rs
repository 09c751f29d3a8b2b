//! The three PostgreSQL roles: who owns the tables, who serves, and whom the locating functions run as.
//!
//! Roles belong to the whole PostgreSQL server, so a superuser creates them once, before the first migration.
//! Migrations only grant.

use std::fmt;

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, TransactionTrait};

mod scram;

/// Owns the database and its tables; runs migrations.
pub const OWNER: &str = "tombola_owner";
/// Serves requests; owns nothing and stands under row-level security.
pub const SERVER: &str = "tombola_server";
/// Owns the functions that answer which tenant a row belongs to; nobody signs in as it.
pub const LOCATE: &str = "tombola_locate";

pub(crate) const ALL: [&str; 3] = [OWNER, SERVER, LOCATE];

/// The passwords of the two roles that sign in. Printable ASCII, at least one character.
#[derive(Clone)]
pub struct Passwords {
    /// Of `tombola_owner`.
    pub owner: String,
    /// Of `tombola_server`.
    pub server: String,
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords { .. }")
    }
}

/// The SQL that makes roles and database ready, to be run by a superuser in Tombola's database. Running it again
/// changes nothing but the passwords.
///
/// It holds no password: PostgreSQL takes the salted SCRAM-SHA-256 verifier of one, so neither a log nor whoever
/// reads the output learns it.
pub fn sql(passwords: &Passwords) -> Result<String, DbErr> {
    Ok(format!(
        "-- Tombola's roles. A superuser runs this once in Tombola's database; again is fine.\n\
         BEGIN;\n\n{}\nCOMMIT;\n",
        statements(passwords)?
    ))
}

/// Creates the roles and hands the database over to its owner. `db` signs in as a superuser, to Tombola's
/// database. Doing it again changes nothing but the passwords.
pub async fn create(db: &DatabaseConnection, passwords: &Passwords) -> Result<(), DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Err(DbErr::Custom(
            "Roles exist on PostgreSQL only: SQLite needs none.".to_owned(),
        ));
    }
    let sql = statements(passwords)?;
    let tx = db.begin().await?;
    tx.execute_unprepared(&sql).await?;
    tx.commit().await
}

fn statements(passwords: &Passwords) -> Result<String, DbErr> {
    let owner = scram::verifier(&passwords.owner).map_err(|problem| refused(OWNER, problem))?;
    let server = scram::verifier(&passwords.server).map_err(|problem| refused(SERVER, problem))?;
    Ok(include_str!("roles.sql")
        .replace("{owner verifier}", &owner)
        .replace("{server verifier}", &server))
}

fn refused(role: &str, problem: &str) -> DbErr {
    DbErr::Custom(format!("The password for {role} {problem}"))
}
