//! What is checked of a SQLite file.

use rstest::rstest;

use super::*;

/// Tampers with a file, expects a problem that holds `words`, and answers it.
async fn tamper(db: &DatabaseConnection, tampering: &str, words: &str) -> String {
    execute(db, tampering).await;
    let problems: Vec<String> = catalog::check(db)
        .await
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    let named = problems.iter().find(|problem| problem.contains(words));
    named
        .unwrap_or_else(|| panic!("after {tampering}\nno problem holds {words}: {problems:#?}"))
        .clone()
}

#[rstest]
#[case("DROP TRIGGER audit_logs_no_update", "Trigger audit_logs_no_update")]
#[case("DROP TRIGGER audit_logs_no_delete", "Trigger audit_logs_no_delete")]
#[case("DROP TRIGGER room_events_no_update", "Trigger room_events_no_update")]
#[case("DROP TRIGGER room_events_no_delete", "Trigger room_events_no_delete")]
#[case("DROP TRIGGER draw_chunks_no_update", "Trigger draw_chunks_no_update")]
#[case("DROP TRIGGER draw_chunks_no_delete", "Trigger draw_chunks_no_delete")]
#[case("DROP TRIGGER draw_entrants_no_update", "Trigger draw_entrants_no_update")]
#[case("DROP TRIGGER draw_entrants_no_delete", "Trigger draw_entrants_no_delete")]
#[case("DROP TRIGGER draw_exclusions_no_update", "Trigger draw_exclusions_no_update")]
#[case("DROP TRIGGER draw_exclusions_no_delete", "Trigger draw_exclusions_no_delete")]
#[case("DROP TRIGGER draw_steps_no_update", "Trigger draw_steps_no_update")]
#[case("DROP TRIGGER draw_steps_no_delete", "Trigger draw_steps_no_delete")]
#[case(
    "DROP TRIGGER room_events_no_delete;
     CREATE TRIGGER room_events_no_delete BEFORE DELETE ON room_events BEGIN SELECT 1; END",
    "is another one than it should be"
)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trigger_that_is_gone_or_another(
    #[values(Database::Sqlite)] database: Database,
    #[case] tampering: &str,
    #[case] words: &str,
) {
    let test = TestDatabase::create(database).await;
    let db = test.server().await;
    let problem = tamper(&db, tampering, words).await;

    let (_, remedy) = problem.split_once("Run: ").unwrap();
    execute(&db, remedy).await;
    assert!(
        catalog::check(&db).await.unwrap().is_empty(),
        "the advice was followed: {remedy}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_keys_that_are_not_checked(#[values(Database::Sqlite)] database: Database) {
    let test = TestDatabase::create(database).await;
    tamper(
        &test.server().await,
        "PRAGMA foreign_keys = OFF",
        "does not check foreign keys",
    )
    .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_is_gone(#[values(Database::Sqlite)] database: Database) {
    let test = TestDatabase::create(database).await;
    tamper(&test.server().await, "DROP TABLE winners", "Table winners is missing").await;
}
