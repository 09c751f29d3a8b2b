//! The only code that holds the database's connections: scopes for reading and writing, pages, logs, audit records, what is
//! counted and what is forgotten.
//!
//! Everything is read and written inside a scope: a [`Reading`] is one read-only snapshot, a [`Writing`] one
//! change in exactly one tenant. Both carry the caller, so that no query can forget who asks.

mod among;
mod audit;
mod bill;
mod children;
mod forgetting;
mod health;
mod listener;
mod locate;
mod lock;
mod log;
mod outcome;
mod page;
mod pool;
mod quota;
mod reading;
mod tally;
mod transaction;
mod visible;
mod weight;
mod writing;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use entity::OrganizationId;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement};
use tokio_util::sync::CancellationToken;

pub use among::{among, any_of, rows_by_id};
pub(crate) use audit::audit_actions;
pub use audit::{Audit, AuditAction, AuditLog, AuditRecord, Unaudited};
pub use children::{count_of_each, count_seen, first_of_each, group_by_parent, list_page, parent_key};
pub use forgetting::Forgotten;
pub use locate::{Located, Target};
pub use lock::Lock;
pub use log::{Count, Log, LogTables, Logged, NewEvent, events_after, events_of_each, newest_sequence};
pub use outcome::{Attempt, Outcome, Outcomes, outcomes};
pub use page::{
    Cursor, DEFAULT_SIZE, ListId, MAX_SIZE, Page, Side, Slice, Window, WindowArguments, cursor_text, page_size,
};
pub use reading::Reading;
pub use tally::{Tally, Told, tallied};
pub use visible::{
    Listed, NaturalOrder, NaturallyOrdered, Ordering as ListOrdering, Visible, any_row, any_row_for_change, seen_row,
    seen_row_for_change,
};
pub use writing::{ROWS_AT_ONCE, Writing, insert_all};

use crate::{
    caller::{Caller, Origin},
    clock::Clock,
    config::{DatabaseConfig, DatabaseKind, QuotasConfig},
    error::{Error, Result},
    events::Bus,
    outage::Outage,
};
pub use pool::PoolUsage;
use pool::{Pool, Settings, Turn};

/// A place to run statements as someone.
pub trait Scope: ConnectionTrait {
    /// Who asks.
    fn caller(&self) -> &Caller;
}

/// A change that is made once: it has begun, or was made before.
pub enum Begun {
    /// To be made now.
    Change(Box<Writing>),
    /// Made before; this came of it.
    Done(Outcome),
}

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

    /// A snapshot in which `caller` reads. It takes a connection with its first statement.
    pub fn read(&self, caller: &Caller) -> Reading {
        Reading::new(self.clone(), caller.clone(), None)
    }

    /// A snapshot of one located tenant, for what is reached by knowing a secret such as a join code, or
    /// is one's own, such as a receipt.
    ///
    /// # Errors
    /// `NOT_FOUND` when the target does not exist.
    pub async fn read_located(&self, caller: &Caller, target: &Target) -> Result<Reading> {
        let organization = self.locate(target).await?.ok_or_else(|| target.not_found())?;
        Ok(Reading::new(self.clone(), caller.clone(), Some(organization)))
    }

    /// A change in the tenant that `target` belongs to.
    ///
    /// # Errors
    /// `NOT_FOUND` when the target does not exist.
    pub async fn write(&self, caller: &Caller, origin: &Origin, target: Target) -> Result<Writing> {
        let organization = self.locate(&target).await?.ok_or_else(|| target.not_found())?;
        self.begin_writing(caller, origin, Some(organization), None).await
    }

    /// A change of accounts and sessions, which belong to no tenant.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write_account(&self, caller: &Caller, origin: &Origin) -> Result<Writing> {
        self.begin_writing(caller, origin, None, None).await
    }

    /// A change that is made once: in the tenant of a target, or of accounts without one. It waits for other attempts
    /// under the same key, and is not begun when one of them has done it.
    ///
    /// # Errors
    /// `NOT_FOUND` when the target does not exist; `CONFLICT` when the key stands for another operation, or another attempt
    /// is still running when the wait is over.
    pub async fn write_once(
        &self,
        caller: &Caller,
        origin: &Origin,
        target: Option<Target>,
        attempt: Attempt,
    ) -> Result<Begun> {
        let tenant = match target {
            Some(target) => Some(self.locate(&target).await?.ok_or_else(|| target.not_found())?),
            None => None,
        };
        let (keyed, field) = (attempt.keyed.clone(), attempt.field.clone());
        let writing = self.begin_writing(caller, origin, tenant, Some(attempt)).await?;
        Ok(match outcomes(&writing, &keyed).await?.remove(&field) {
            Some(outcome) => Begun::Done(outcome),
            None => Begun::Change(Box::new(writing)),
        })
    }

    async fn begin_writing(
        &self,
        caller: &Caller,
        origin: &Origin,
        tenant: Option<OrganizationId>,
        attempt: Option<Attempt>,
    ) -> Result<Writing> {
        let settings = Settings {
            // Who signs up or in within the operation of somebody else changes nothing about whose key it is.
            user: attempt
                .as_ref()
                .map_or(caller.user(), |attempt| attempt.keyed.principal.user()),
            tenant,
            turn: attempt.as_ref().map(Turn::of),
            ..Settings::default()
        };
        let begun = self.pool.begin_write(settings, self.statements.clone()).await;
        let transaction = begun.map_err(|cause| match &attempt {
            Some(attempt) if pool::waited_in_vain(&cause) => Error::still_running(attempt.wait),
            _ => cause.into(),
        })?;
        Ok(Writing::new(transaction, self, caller, origin, tenant, attempt))
    }

    async fn locate(&self, target: &Target) -> Result<Option<OrganizationId>> {
        let Some(statement) = target.statement(self.kind) else {
            return Ok(target.known());
        };
        let row = self.query_one(statement).await?;
        let found: Option<uuid::Uuid> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
        Ok(found.map(OrganizationId))
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

/// Whether a failed statement broke a unique key.
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

/// Turns the breach of a unique key into the answer `conflict`, and leaves other failures alone.
pub fn conflict_if_taken<T>(outcome: Result<T, DbErr>, conflict: impl FnOnce() -> Error) -> Result<T> {
    outcome.map_err(|error| {
        if is_unique_violation(&error) {
            conflict()
        } else {
            error.into()
        }
    })
}

/// Implements `ConnectionTrait` by handing every statement to another connection.
macro_rules! delegate_connection {
    ($name:ty, |$this:ident| $connection:expr) => {
        #[async_trait::async_trait]
        impl sea_orm::ConnectionTrait for $name {
            fn get_database_backend(&self) -> sea_orm::DbBackend {
                self.backend()
            }

            async fn execute_raw(&self, statement: sea_orm::Statement) -> Result<sea_orm::ExecResult, sea_orm::DbErr> {
                let $this = self;
                $connection.execute_raw(statement).await
            }

            async fn execute_unprepared(&self, sql: &str) -> Result<sea_orm::ExecResult, sea_orm::DbErr> {
                let $this = self;
                $connection.execute_unprepared(sql).await
            }

            async fn query_one_raw(
                &self,
                statement: sea_orm::Statement,
            ) -> Result<Option<sea_orm::QueryResult>, sea_orm::DbErr> {
                let $this = self;
                $connection.query_one_raw(statement).await
            }

            async fn query_all_raw(
                &self,
                statement: sea_orm::Statement,
            ) -> Result<Vec<sea_orm::QueryResult>, sea_orm::DbErr> {
                let $this = self;
                $connection.query_all_raw(statement).await
            }
        }
    };
}
pub(crate) use delegate_connection;
