//! `tombola check`: the exit status says whether configuration and database are sound.

use rstest::rstest;
use tests::{Database, TestDatabase, database::execute};

use crate::program::Program;

#[rstest]
#[tokio::test]
async fn a_sound_database_passes(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let ended = Program::on(&test.server_url()).run(&["check"]).await;
    ended.is_ok();
    assert!(
        ended.out.contains("configuration: sound") && ended.out.contains("database: sound"),
        "{ended:#?}"
    );
    assert_eq!(ended.err, "", "{ended:#?}");
}

#[rstest]
#[tokio::test]
async fn a_database_without_migrations_fails(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::empty(database).await;
    let ended = Program::on(&test.server_url()).run(&["check"]).await;
    ended.assert_refused(&["m0001", "tombola migrate up"]);
    assert_eq!(ended.out, "");
}

#[rstest]
#[case("DROP POLICY own ON prizes", &["prizes", "own"])]
#[case("ALTER TABLE winners NO FORCE ROW LEVEL SECURITY", &["winners"])]
#[case("ALTER TABLE draw_entrants DISABLE ROW LEVEL SECURITY", &["draw_entrants"])]
#[case("DROP POLICY seen ON draw_rankings", &["draw_rankings", "seen"])]
#[case("GRANT UPDATE ON draw_steps TO tombola_server", &["draw_steps", "UPDATE"])]
#[case("ALTER TABLE rooms DISABLE ROW LEVEL SECURITY", &["rooms"])]
#[case("GRANT DELETE ON audit_logs TO tombola_server", &["audit_logs", "DELETE"])]
#[tokio::test]
async fn a_wall_that_is_missing_fails_on_postgres(
    #[values(Database::Postgres)] database: Database,
    #[case] sql: &str,
    #[case] parts: &[&str],
) {
    let test = TestDatabase::create(database).await;
    execute(&test.superuser().await, sql).await;
    Program::on(&test.server_url())
        .run(&["check"])
        .await
        .assert_refused(parts);
}

#[rstest]
#[tokio::test]
async fn a_role_that_is_too_strong_fails(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    Program::on(&test.superuser_url())
        .run(&["check"])
        .await
        .assert_refused(&["postgres", "not as tombola_server"]);
    Program::on(&test.owner_url())
        .run(&["check"])
        .await
        .assert_refused(&["tombola_owner"]);
}

#[rstest]
#[tokio::test]
async fn a_trigger_that_is_missing_fails_on_sqlite(#[values(Database::Sqlite)] database: Database) {
    let test = TestDatabase::create(database).await;
    let db = test.superuser().await;
    use sea_orm::{ConnectionTrait, Statement};
    let find = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_logs' LIMIT 1";
    let row = db
        .query_one_raw(Statement::from_string(database.backend(), find))
        .await
        .unwrap()
        .unwrap();
    let name: String = row.try_get_by_index(0).unwrap();
    execute(&db, &format!("DROP TRIGGER {name}")).await;
    Program::on(&test.server_url())
        .run(&["check"])
        .await
        .assert_refused(&[&name]);
}
