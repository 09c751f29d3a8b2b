//! Making the roles, and what they may not do.

use migration::{
    catalog,
    roles::{self, Passwords},
};
use rstest::rstest;
use sea_orm::{ConnectionTrait, Statement};
use tests::{
    Database, TestDatabase,
    database::{execute, lock_roles, passwords},
};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn making_them_again_changes_nothing(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let superuser = test.superuser().await;
    let lock = lock_roles().await;
    roles::create(&superuser, &passwords()).await.unwrap();
    roles::create(&superuser, &passwords()).await.unwrap();
    lock.release().await;
    assert!(catalog::check(&test.server().await).await.unwrap().is_empty());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_printed_sql_does_the_same(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let superuser = test.superuser().await;
    // As after a restore: what is granted on the database is not part of a dump.
    let name = test.superuser_url().rsplit_once('/').unwrap().1.to_owned();
    execute(
        &superuser,
        &format!("GRANT ALL ON DATABASE {name} TO PUBLIC, tombola_server"),
    )
    .await;
    assert!(!catalog::check(&test.server().await).await.unwrap().is_empty());
    let lock = lock_roles().await;
    execute(&superuser, &roles::sql(&passwords()).unwrap()).await;
    lock.release().await;
    assert!(catalog::check(&test.server().await).await.unwrap().is_empty());
}

#[test]
fn no_password_is_printed() {
    let passwords = Passwords {
        owner: "own3r-s3cret".to_owned(),
        server: "s3rver-s3cret".to_owned(),
    };
    let sql = roles::sql(&passwords).unwrap();
    assert!(!sql.contains("s3cret") && sql.contains("SCRAM-SHA-256$4096:"), "{sql}");
    assert!(!format!("{passwords:?}").contains("s3cret"));
}

#[test]
fn a_password_that_clients_read_differently_is_refused() {
    let passwords = Passwords {
        owner: "correct horse".to_owned(),
        server: "päss".to_owned(),
    };
    let error = roles::sql(&passwords).unwrap_err().to_string();
    assert!(
        error.contains("password for tombola_server") && !error.contains("päss"),
        "{error}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_cannot_leave_its_role(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let server = test.server().await;
    for attempt in [
        "SET ROLE tombola_owner",
        "SET ROLE tombola_locate",
        "SET SESSION AUTHORIZATION tombola_owner",
        "ALTER ROLE tombola_server BYPASSRLS",
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE rooms DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own ON rooms",
        "ALTER FUNCTION tombola.tenant() OWNER TO tombola_server",
        "SET session_replication_role = replica",
    ] {
        let error = server.execute_unprepared(attempt).await.expect_err(attempt).to_string();
        let refused = [
            "permission denied",
            "must be owner",
            "must be superuser",
            "must be a member",
        ];
        assert!(refused.iter().any(|words| error.contains(words)), "{attempt}: {error}");
    }
    // Turning the policies off makes a query fail, not see more.
    let result = server
        .execute_unprepared("SET row_security = off; SELECT * FROM rooms")
        .await;
    assert!(
        result
            .unwrap_err()
            .to_string()
            .contains("would be affected by row-level security")
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_locating_role_cannot_sign_in(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let sql = "SELECT rolcanlogin OR rolpassword IS NOT NULL AS open FROM pg_authid WHERE rolname = 'tombola_locate'";
    let statement = Statement::from_string(database.backend(), sql);
    let row = test.superuser().await.query_one_raw(statement).await.unwrap().unwrap();
    assert!(!row.try_get::<bool>("", "open").unwrap());
}
