//! The two databases that are measured: a SQLite file, and a database of the cluster of `scripts/with-postgres`.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result};
use api::config::DatabaseKind;
use migration::roles::{self, Passwords};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::{
    data::{self, scale::Scale},
    say::say,
};

/// Where a superuser's address is found: `scripts/with-postgres` sets it.
const SUPERUSER_URL: &str = "TOMBOLA_TEST_POSTGRES";
const NAME: &str = "tombola_bench";
/// The cluster listens on this machine only and ends with the benchmark.
const PASSWORD: &str = "only-for-the-benchmark";

/// A database with the data set.
pub struct Measured {
    /// Which of the two.
    pub kind: DatabaseKind,
    /// The address that the server signs in with.
    pub server_url: String,
    /// The same database above all walls.
    pub above_url: String,
    /// A connection to it.
    pub above: DatabaseConnection,
}

impl Measured {
    /// Makes the database and its data set, or with `keep` takes the one that an earlier run left.
    ///
    /// # Errors
    /// When the database cannot be made.
    pub async fn prepare(kind: DatabaseKind, folder: &Path, scale: Scale, keep: bool) -> Result<Self> {
        match kind {
            DatabaseKind::Sqlite => sqlite(folder, scale, keep).await,
            DatabaseKind::Postgres => postgres(scale, keep).await,
        }
    }

    /// One number that a statement answers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn number(&self, sql: &str) -> Result<i64> {
        let statement = Statement::from_string(self.above.get_database_backend(), sql);
        let row = self.above.query_one_raw(statement).await?.context("no row")?;
        Ok(row.try_get_by_index(0)?)
    }

    /// PostgreSQL's processes that serve others than this program.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn backends(&self) -> Result<Vec<u32>> {
        if self.kind != DatabaseKind::Postgres {
            return Ok(Vec::new());
        }
        let sql = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let statement = Statement::from_string(self.above.get_database_backend(), sql);
        let rows = self.above.query_all_raw(statement).await?;
        let pid = |row: &sea_orm::QueryResult| Ok(u32::try_from(row.try_get_by_index::<i32>(0)?)?);
        rows.iter().map(pid).collect()
    }

    /// The database's name and version.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn version(&self) -> Result<String> {
        let backend = self.above.get_database_backend();
        let (name, sql) = match backend {
            DbBackend::Sqlite => ("SQLite", "SELECT sqlite_version()"),
            _ => (
                "PostgreSQL",
                "SELECT split_part(current_setting('server_version'), ' ', 1)",
            ),
        };
        let row = self.above.query_one_raw(Statement::from_string(backend, sql)).await?;
        let version: String = row.context("no row")?.try_get_by_index(0)?;
        Ok(format!("{name} {version}"))
    }
}

async fn sqlite(folder: &Path, scale: Scale, keep: bool) -> Result<Measured> {
    let file = folder.join("tombola.sqlite");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    if !keep || !file.exists() {
        for suffix in ["", "-wal", "-shm"] {
            let path = folder.join(format!("tombola.sqlite{suffix}"));
            if path.exists() {
                std::fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
            }
        }
        let db = connect(&url).await?;
        migration::up(&db).await?;
        // A crash costs nothing here: the next run starts anew.
        db.execute_unprepared("PRAGMA journal_mode = OFF").await?;
        db.execute_unprepared("PRAGMA synchronous = OFF").await?;
        db.execute_unprepared("PRAGMA cache_size = -500000").await?;
        say("Filling SQLite");
        data::fill(&db, DatabaseKind::Sqlite, scale).await?;
        db.close().await?;
    }
    Ok(Measured {
        kind: DatabaseKind::Sqlite,
        above: connect(&url).await?,
        above_url: url.clone(),
        server_url: url,
    })
}

async fn postgres(scale: Scale, keep: bool) -> Result<Measured> {
    let superuser = std::env::var(SUPERUSER_URL).with_context(|| {
        format!("{SUPERUSER_URL} names no PostgreSQL. Run scripts/with-postgres target/release/bench, which starts one")
    })?;
    let (server, _) = superuser
        .rsplit_once('/')
        .context("the superuser's address ends with a database's name")?;
    let (_, host) = server
        .rsplit_once('@')
        .context("the superuser's address has an @ before its host")?;
    let above = format!("{server}/{NAME}");
    let sign_in = |role: &str| format!("postgres://{role}:{PASSWORD}@{host}/{NAME}");
    let admin = connect(&superuser).await?;
    let exists = format!("SELECT 1 FROM pg_database WHERE datname = '{NAME}'");
    let exists = admin
        .query_one_raw(Statement::from_string(DbBackend::Postgres, exists))
        .await?
        .is_some();
    if !keep || !exists {
        admin
            .execute_unprepared(&format!("DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
            .await?;
        admin
            .execute_unprepared(&format!("CREATE DATABASE {NAME} TEMPLATE template0"))
            .await?;
        let db = connect(&above).await?;
        let passwords = Passwords {
            owner: PASSWORD.to_owned(),
            server: PASSWORD.to_owned(),
        };
        roles::create(&db, &passwords).await?;
        let owner = connect(&sign_in(roles::OWNER)).await?;
        migration::up(&owner).await?;
        owner.close().await?;
        say("Filling PostgreSQL");
        data::fill(&db, DatabaseKind::Postgres, scale).await?;
        db.close().await?;
    }
    admin.close().await?;
    Ok(Measured {
        kind: DatabaseKind::Postgres,
        above: connect(&above).await?,
        above_url: above,
        server_url: sign_in(roles::SERVER),
    })
}

async fn connect(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(60))
        .sqlx_logging(false);
    Database::connect(options)
        .await
        .context("the database cannot be opened")
}
