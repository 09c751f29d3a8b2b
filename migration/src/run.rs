//! Running migrations: one transaction each, under a lock that two starts at once cannot both hold.

use std::time::Instant;

use sea_orm_migration::{
    MigratorTrait,
    sea_orm::{
        ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, Statement,
        TransactionOptions, TransactionTrait,
    },
};

use crate::{Migrator, roles};

/// Names the advisory lock: the letters of "tombola" as a number.
const LOCK: i64 = 0x0074_6f6d_626f_6c61;

/// A migration and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// `m0003_room`, ….
    pub name: String,
    /// False: [`up`] would apply it.
    pub applied: bool,
}

/// Applies every migration that the database does not have yet, and answers their names. Two processes may call
/// this at once: each migration is applied by one of them.
///
/// Tells of each migration as it is applied, through `tracing`.
pub async fn up(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let mut applied = Vec::new();
    loop {
        let tx = begin(db).await?;
        // Asked again after each lock: another process may have gone on meanwhile.
        let Some(next) = read_status(&tx).await?.into_iter().find(|migration| !migration.applied) else {
            tx.rollback().await?;
            return Ok(applied);
        };
        let start = Instant::now();
        Migrator::up(&tx, Some(1))
            .await
            .map_err(|error| failed("up", &next.name, &error))?;
        tx.commit().await?;
        tracing::info!(
            migration = next.name,
            milliseconds = start.elapsed().as_millis(),
            "migrated up"
        );
        applied.push(next.name);
    }
}

/// Takes back the latest `steps` migrations, data included, and answers their names.
pub async fn down(db: &DatabaseConnection, steps: u32) -> Result<Vec<String>, DbErr> {
    let mut reverted = Vec::new();
    for _ in 0..steps {
        let tx = begin(db).await?;
        let Some(last) = read_status(&tx).await?.into_iter().rfind(|migration| migration.applied) else {
            tx.rollback().await?;
            break;
        };
        let start = Instant::now();
        Migrator::down(&tx, Some(1))
            .await
            .map_err(|error| failed("down", &last.name, &error))?;
        tx.commit().await?;
        tracing::info!(
            migration = last.name,
            milliseconds = start.elapsed().as_millis(),
            "migrated down"
        );
        reverted.push(last.name);
    }
    Ok(reverted)
}

/// Whether the database has every migration of this program, and maybe those of a later one. Writes nothing.
pub async fn is_complete<C: ConnectionTrait>(db: &C) -> Result<bool, DbErr> {
    match read_status(db).await {
        // One that this program does not know: a later version is being rolled out.
        Err(DbErr::Custom(_)) => Ok(true),
        status => Ok(status?.iter().all(|migration| migration.applied)),
    }
}

/// Every migration, oldest first. Writes nothing, so the server's role may ask.
pub async fn status(db: &DatabaseConnection) -> Result<Vec<MigrationStatus>, DbErr> {
    read_status(db).await
}

/// The names of the migrations that the database does not have yet. Writes nothing.
pub async fn pending(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let all = read_status(db).await?;
    Ok(all
        .into_iter()
        .filter(|migration| !migration.applied)
        .map(|migration| migration.name)
        .collect())
}

pub(crate) async fn read_status<C: ConnectionTrait>(db: &C) -> Result<Vec<MigrationStatus>, DbErr> {
    let all = Migrator::get_migration_with_status_read_only(db).await?;
    let status = |migration: &sea_orm_migration::Migration| MigrationStatus {
        name: migration.name().to_owned(),
        applied: migration.status() == sea_orm_migration::MigrationStatus::Applied,
    };
    Ok(all.iter().map(status).collect())
}

/// Begins the transaction of one migration and holds the lock until it ends.
///
/// The lock belongs to the transaction, not to the session: whatever happens to the connection, the pool never
/// keeps a lock that nobody gives back. SQLite's own writer lock does the same.
async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let tx = db
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        })
        .await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        // A migration, and the wait for another process's, may take longer than a request may.
        tx.execute_unprepared(
            "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; \
             SET LOCAL search_path = public",
        )
        .await?;
        refuse_others_than_the_owner(&tx).await?;
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})"))
            .await?;
    }
    Ok(tx)
}

/// Tables belong to whoever creates them, so that only the owner's role may.
async fn refuse_others_than_the_owner(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    let sql = "SELECT current_user::text AS role, ARRAY(SELECT w.name FROM unnest($1::text[]) AS w(name) \
               WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = w.name))::text AS missing";
    let names = format!("{{{}}}", roles::ALL.join(","));
    let row = tx
        .query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [names.into()]))
        .await?
        .ok_or_else(|| DbErr::Custom("PostgreSQL did not say which role is signed in.".to_owned()))?;
    let role: String = row.try_get("", "role")?;
    let missing: String = row.try_get("", "missing")?;
    if missing != "{}" {
        return Err(DbErr::Custom(format!(
            "The roles {missing} do not exist yet. Create them with a superuser's address: tombola roles."
        )));
    }
    if role != roles::OWNER {
        return Err(DbErr::Custom(format!(
            "Migrations run as {}, but this address signs in as {role}. Use the owner's address.",
            roles::OWNER
        )));
    }
    Ok(())
}

fn failed(direction: &str, name: &str, error: &DbErr) -> DbErr {
    DbErr::Migration(format!(
        "Migration {name} {direction} failed and was rolled back: {error}"
    ))
}
