//! One database transaction as SeaORM sees it. Every statement of the server passes here and is counted.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Postgres, Sqlite};
use tokio::sync::Mutex;
use tracing::Instrument;

use super::{health::Health, tally::counted, weight::Weight};
use crate::{outage::Outage, telemetry::statement_span};

/// A transaction on either database; statements take turns.
pub struct Transaction {
    inner: Mutex<Inner>,
    backend: DbBackend,
    health: Health,
    statements: Arc<AtomicU64>,
    /// Bytes of the values that it has stored so far.
    written: Arc<AtomicU64>,
}

enum Inner {
    Postgres(sqlx::Transaction<'static, Postgres>),
    Sqlite(sqlx::Transaction<'static, Sqlite>),
}

impl Transaction {
    pub(super) fn postgres(
        inner: sqlx::Transaction<'static, Postgres>,
        health: Health,
        statements: Arc<AtomicU64>,
    ) -> Self {
        Self {
            inner: Mutex::new(Inner::Postgres(inner)),
            backend: DbBackend::Postgres,
            health,
            statements,
            written: Arc::default(),
        }
    }

    pub(super) fn sqlite(
        inner: sqlx::Transaction<'static, Sqlite>,
        health: Health,
        statements: Arc<AtomicU64>,
    ) -> Self {
        Self {
            inner: Mutex::new(Inner::Sqlite(inner)),
            backend: DbBackend::Sqlite,
            health,
            statements,
            written: Arc::default(),
        }
    }

    /// Makes the changes last. A transaction that is dropped instead is rolled back.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        let health = self.health;
        match self.inner.into_inner() {
            Inner::Postgres(transaction) => transaction.commit().await,
            Inner::Sqlite(transaction) => transaction.commit().await,
        }
        .inspect(|()| health.note_commit())
        .inspect_err(|error| health.note(Outage::of_driver(error)))
        .map_err(exec_error)
    }

    /// Bytes of the values that it has stored so far.
    pub(super) fn written(&self) -> &Arc<AtomicU64> {
        &self.written
    }

    fn wrote(&self, weight: Weight, rows: u64) {
        self.written.fetch_add(weight.in_rows(rows), Ordering::Relaxed);
    }

    /// What traces call the database.
    fn system(&self) -> &'static str {
        match self.backend {
            DbBackend::Postgres => "postgresql",
            _ => "sqlite",
        }
    }

    fn count(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs `$method` of sqlx on whichever database this is.
macro_rules! run {
    ($self:ident, $statement:ident, $method:ident) => {{
        $self.count();
        let span = statement_span($self.system(), &$statement.sql);
        let values = SqlxValues($statement.values.unwrap_or(Values(Vec::new())));
        let text = $statement.sql;
        let sql = AssertSqlSafe(text.clone());
        let sent = async {
            match &mut *$self.inner.lock().await {
                Inner::Postgres(transaction) => sqlx::query_with(sql, values)
                    .$method(&mut **transaction)
                    .await
                    .map(Row::Postgres),
                Inner::Sqlite(transaction) => sqlx::query_with(sql, values)
                    .$method(&mut **transaction)
                    .await
                    .map(Row::Sqlite),
            }
        };
        let outcome = counted(&text, sent.instrument(span)).await;
        outcome.inspect_err(|error| $self.health.note(Outage::of_driver(error)))
    }};
}

enum Row<P, S> {
    Postgres(P),
    Sqlite(S),
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let weight = Weight::of(&statement);
        let done: ExecResult = match run!(self, statement, execute).map_err(exec_error)? {
            Row::Postgres(done) => done.into(),
            Row::Sqlite(done) => done.into(),
        };
        self.wrote(weight, done.rows_affected());
        Ok(done)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(self.backend, sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let weight = Weight::of(&statement);
        let row: Option<QueryResult> = match run!(self, statement, fetch_optional).map_err(query_error)? {
            Row::Postgres(row) => row.map(Into::into),
            Row::Sqlite(row) => row.map(Into::into),
        };
        self.wrote(weight, row.iter().len() as u64);
        Ok(row)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let weight = Weight::of(&statement);
        let rows: Vec<QueryResult> = match run!(self, statement, fetch_all).map_err(query_error)? {
            Row::Postgres(rows) => rows.into_iter().map(Into::into).collect(),
            Row::Sqlite(rows) => rows.into_iter().map(Into::into).collect(),
        };
        self.wrote(weight, rows.len() as u64);
        Ok(rows)
    }
}

fn exec_error(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}

fn query_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}
