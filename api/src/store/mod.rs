//! The only code that holds the database's connections: scopes for reading and writing, pages, logs, audit records, what is
//! counted and what is forgotten.
//!
//! Everything is read and written inside a scope: a [`Reading`] is one read-only snapshot, a [`Writing`] one
//! change in exactly one tenant. Both carry the caller, so that no query can forget who asks.

mod among;
mod audit;
mod begin;
mod bill;
mod children;
mod conflict;
mod forgetting;
mod health;
mod insert;
mod listener;
mod locate;
mod lock;
mod log;
mod outcome;
mod page;
mod pool;
mod quota;
mod reading;
mod rows;
mod scope;
mod seen;
mod tally;
mod transaction;
mod visible;
mod weight;
mod writing;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryResult, Statement};
use tokio_util::sync::CancellationToken;

pub use among::{among, any_of, rows_by_id};
pub(crate) use audit::audit_actions;
pub use audit::{Audit, AuditAction, AuditLog, AuditRecord, Unaudited};
pub use begin::Begun;
pub use children::{count_of_each, count_seen, first_of_each, group_by_parent, list_page, parent_key};
pub use conflict::{conflict_if_taken, is_unique_violation};
pub use forgetting::Forgotten;
pub use insert::{ROWS_AT_ONCE, insert_all};
pub use locate::{Located, Target};
pub use lock::Lock;
pub use log::{Count, Log, LogTables, Logged, NewEvent, events_after, events_of_each, newest_sequence};
pub use outcome::{Attempt, Outcome, Outcomes, outcomes};
pub use page::{
    Cursor, DEFAULT_SIZE, ListId, MAX_SIZE, Page, Side, Slice, Window, WindowArguments, cursor_text, page_size,
};
pub use pool::PoolUsage;
pub use reading::Reading;
pub use rows::all_rows;
pub use scope::Scope;
pub use tally::{SentStatement, Tally, tallied};
pub use visible::{
    Listed, NaturalOrder, NaturallyOrdered, Ordering as ListOrdering, SeenWith, Visible, any_row, any_row_for_change,
    seen_row, seen_row_for_change, seen_with,
};
pub use writing::Writing;

use crate::{
    clock::Clock,
    config::{DatabaseConfig, DatabaseKind, QuotasConfig},
    error::Result,
    events::Bus,
    outage::Outage,
};
use pool::Pool;

/// The database.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    kind: DatabaseKind,
    clock: Clock,
    bus: Bus,
    quotas: QuotasConfig,
    statements: Arc<AtomicU64>,
}

impl Store {
    /// Opens the connections.
    ///
    /// # Errors
    /// When the database cannot be reached or refuses the credentials.
    pub async fn open(
        kind: DatabaseKind,
        config: &DatabaseConfig,
        quotas: &QuotasConfig,
        clock: Clock,
        bus: Bus,
    ) -> Result<Self, sqlx::Error> {
        let pool = Pool::open(kind, config, &clock).await?;
        Ok(Self {
            pool,
            kind,
            clock,
            bus,
            quotas: quotas.clone(),
            statements: Arc::default(),
        })
    }

    /// Which database this is.
    pub fn kind(&self) -> DatabaseKind {
        self.kind
    }

    /// A SeaORM connection for the migrations and the catalog check, which bring statements of their own.
    pub fn maintenance(&self) -> DatabaseConnection {
        self.pool.as_sea_orm()
    }

    /// Statements sent so far, BEGIN and COMMIT apart. Tests and benchmarks take differences.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// One statement outside any scope, for what precedes knowing the caller: the session, the tenant.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let reader = self.pool.reader();
        let run = || reader.query_one_raw(statement.clone());
        Ok(tally::counted(&statement.sql, self.pool.single(run)).await?)
    }

    /// The same for statements that answer many rows.
    pub(crate) async fn query_all(&self, statement: Statement) -> Result<Vec<QueryResult>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let reader = self.pool.reader();
        let run = || reader.query_all_raw(statement.clone());
        Ok(tally::counted(&statement.sql, self.pool.single(run)).await?)
    }

    /// One statement of the server itself that changes account data outside any request, and may be made twice.
    pub(crate) async fn execute(&self, statement: Statement) -> Result<u64> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let writer = self.pool.as_sea_orm();
        let run = || writer.execute_raw(statement.clone());
        Ok(self.pool.single(run).await?.rows_affected())
    }

    /// The dialect in which [`Store::query_one`] wants its statements.
    pub fn backend(&self) -> DbBackend {
        self.pool.reader().get_database_backend()
    }

    /// Wakes this process's streams for what other processes commit, until `shutdown`. An embedded database has no
    /// other processes.
    pub async fn listen(&self, config: &DatabaseConfig, shutdown: &CancellationToken) {
        if self.kind == DatabaseKind::Postgres {
            listener::listen(config, &self.bus, shutdown).await;
        }
    }

    /// Whether commits of other processes are heard of at once. An embedded database has no other processes.
    pub fn hears_other_processes(&self) -> bool {
        self.kind == DatabaseKind::Sqlite || self.bus.hears_others()
    }

    /// Whether the database has the migrations of this program.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_migrated(&self) -> Result<bool> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let reader = self.pool.reader();
        let look = || migration::is_complete(&reader);
        Ok(self.pool.single(look).await?)
    }

    /// Whether changes can be made: no statement was refused lately because the database only reads or is full, and
    /// PostgreSQL itself does not say so.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_writable(&self) -> Result<bool> {
        if self.kind == DatabaseKind::Postgres {
            let row = self
                .query_one(Statement::from_string(DbBackend::Postgres, pool::READ_ONLY))
                .await?;
            let read_only: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
            match read_only.as_deref() {
                Some("off") => self.pool.health().note_writing(),
                _ => self.pool.health().note(Some(Outage::ReadOnly)),
            }
        }
        Ok(self.pool.health().is_writable())
    }

    /// What the connections do now.
    pub fn pools(&self) -> Vec<PoolUsage> {
        self.pool.usage()
    }

    /// Closes the connections, after what runs on them.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
