//! `catalog::check` is quiet on a sound database, and names whatever was tampered with.

use migration::catalog;
use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement, TransactionTrait};
use tests::{
    Database, TestDatabase,
    database::{connect, execute},
};

mod functions;
mod policies;
mod privileges;
mod roles;
mod sqlite;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migrated_database_has_no_problem(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let problems = catalog::check(&test.server().await).await.unwrap();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_database_lacks_its_migrations_and_nothing_else(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let test = TestDatabase::empty(database).await;
    let problems = catalog::check(&test.server().await).await.unwrap();
    assert_eq!(
        problems.len(),
        migration::status(&test.server().await).await.unwrap().len(),
        "{problems:#?}"
    );
    assert!(
        problems
            .iter()
            .all(|problem| problem.to_string().contains("Run `tombola migrate up`")),
        "{problems:#?}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_from_a_later_version_is_named(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)";
    execute(&test.superuser().await, sql).await;
    let problems = catalog::check(&test.server().await).await.unwrap();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].to_string().contains("m9999_later"), "{problems:#?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_other_role_is_named(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    for (url, role) in [(test.superuser_url(), "postgres"), (test.owner_url(), "tombola_owner")] {
        let problems = catalog::check(&connect(&url).await).await.unwrap();
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert!(
            problems[0].to_string().contains(&format!("signed in as {role}")),
            "{problems:#?}"
        );
    }
}

/// A sound database on which things are tampered with, one after another.
struct Bench {
    superuser: DatabaseConnection,
    _test: TestDatabase,
}

impl Bench {
    async fn new(database: Database) -> Self {
        let test = TestDatabase::create(database).await;
        Self {
            superuser: test.superuser().await,
            _test: test,
        }
    }

    /// Tampers with the database, expects a problem that holds `words`, follows the advice of all problems, and
    /// expects a sound database again. All in one transaction, which is rolled back: roles, which belong to the
    /// whole cluster, stay as they are for other tests.
    async fn tamper(&self, tampering: &str, words: &[&str]) {
        let tx = self.superuser.begin().await.unwrap();
        execute(&tx, tampering).await;
        let mut problems = check_as_server(&tx).await;
        let named = problems
            .iter()
            .any(|problem| words.iter().all(|word| problem.contains(word)));
        assert!(named, "after {tampering}\nno problem holds {words:?}: {problems:#?}");

        // A new owner loses privileges, so that one remedy can show the need of another.
        for _ in 0..2 {
            for problem in &problems {
                let (_, remedy) = problem
                    .split_once("Run: ")
                    .unwrap_or_else(|| panic!("no advice: {problem}"));
                execute(&tx, remedy).await;
            }
            problems = check_as_server(&tx).await;
        }
        assert!(
            problems.is_empty(),
            "after {tampering}\nthe advice was followed, but: {problems:#?}"
        );
        tx.rollback().await.unwrap();
    }

    async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self
            .superuser
            .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
            .await
            .unwrap();
        rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
    }

    async fn tenant_tables(&self) -> Vec<String> {
        self.texts("SELECT DISTINCT tablename::text AS name FROM pg_policies WHERE policyname = 'own'")
            .await
    }
}

/// What the server would find if it signed in now.
async fn check_as_server(tx: &DatabaseTransaction) -> Vec<String> {
    execute(tx, "SET LOCAL SESSION AUTHORIZATION tombola_server").await;
    let problems = catalog::check(tx).await.unwrap();
    execute(tx, "SET LOCAL SESSION AUTHORIZATION postgres").await;
    problems.iter().map(ToString::to_string).collect()
}
