//! Row-level security, as the server's own role: every tenant table, read and written across tenants.
//!
//! The tables come from the catalog, so that a new one without a case fails here.

use std::collections::BTreeSet;

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement, TransactionTrait,
};
use tests::{Database, TestDatabase, database::execute};
use uuid::Uuid;

use super::rows::{self, Tenant, User};

mod read;
mod write;

/// What a transaction was opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scope {
    tenant: Option<Tenant>,
    user: Option<User>,
}

const NOBODY: Scope = Scope {
    tenant: None,
    user: None,
};

const fn tenant(tenant: Tenant) -> Scope {
    Scope {
        tenant: Some(tenant),
        user: None,
    }
}

const fn user(user: User) -> Scope {
    Scope {
        tenant: None,
        user: Some(user),
    }
}

/// A database with both tenants, the server's connection to it, and the superuser's.
struct World {
    server: DatabaseConnection,
    superuser: DatabaseConnection,
    tables: Vec<String>,
    _test: TestDatabase,
}

impl World {
    async fn new(database: Database) -> Self {
        let test = TestDatabase::create(database).await;
        let superuser = test.superuser().await;
        rows::fill(&superuser).await;
        let sql = "SELECT relname::text AS name FROM pg_class c WHERE relnamespace = 'public'::regnamespace
                   AND relkind IN ('r', 'p') AND (relname = 'organizations' OR EXISTS (SELECT FROM pg_attribute a
                     WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped))
                   ORDER BY 1";
        let tables = texts(&superuser, sql).await;
        assert!(tables.len() >= 10, "tenant tables: {tables:?}");
        Self {
            server: test.server().await,
            superuser,
            tables,
            _test: test,
        }
    }

    /// A transaction as the server opens it.
    async fn scope(&self, scope: Scope) -> DatabaseTransaction {
        let tx = self
            .server
            .begin_with_config(None, Some(AccessMode::ReadWrite))
            .await
            .unwrap();
        if let Some(tenant) = scope.tenant {
            execute(
                &tx,
                &format!("SET LOCAL app.current_tenant_id = '{}'", rows::organization_id(tenant)),
            )
            .await;
        }
        if let Some(user) = scope.user {
            execute(
                &tx,
                &format!("SET LOCAL app.current_user_id = '{}'", rows::user_id(user)),
            )
            .await;
        }
        tx
    }

    /// Runs one statement in a scope and commits it when it worked.
    async fn run(&self, scope: Scope, sql: &str) -> Result<u64, DbErr> {
        let tx = self.scope(scope).await;
        let done = tx.execute_unprepared(sql).await?.rows_affected();
        tx.commit().await?;
        Ok(done)
    }

    /// Every row of every tenant table, whole.
    async fn contents(&self) -> BTreeSet<String> {
        let mut contents = BTreeSet::new();
        for table in &self.tables {
            let rows = texts(
                &self.superuser,
                &format!("SELECT '{table} ' || to_jsonb(t)::text AS name FROM {table} t"),
            )
            .await;
            contents.extend(rows);
        }
        contents
    }
}

/// The column that names the tenant.
fn tenant_column(table: &str) -> &'static str {
    if table == "organizations" {
        "id"
    } else {
        "organization_id"
    }
}

/// The column that tells the rows apart here.
fn key_column(table: &str) -> &'static str {
    match table {
        "storage_counters" => "organization_id",
        "room_counters" | "room_events" => "room_id",
        "draw_prizes" | "draw_rankings" | "draw_chunks" | "draw_entrants" => "draw_id",
        _ => "id",
    }
}

async fn texts(db: &impl ConnectionTrait, sql: &str) -> Vec<String> {
    let rows = db
        .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

async fn keys(db: &impl ConnectionTrait, table: &str) -> BTreeSet<Uuid> {
    let sql = format!("SELECT {} AS key FROM {table}", key_column(table));
    let rows = db
        .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get("", "key").unwrap()).collect()
}
