//! `tombola roles`: PostgreSQL's roles, made or printed.

use rstest::rstest;
use tests::{Database, TestDatabase, database::lock_roles};

use crate::program::Program;

fn with_passwords(program: Program) -> Program {
    program
        .with("TOMBOLA_OWNER_PASSWORD", "only-for-tests")
        .with("TOMBOLA_SERVER_PASSWORD", "only-for-tests")
}

#[tokio::test]
async fn what_is_printed_holds_no_password() {
    let program = with_passwords(Program::new());
    let ended = program.run(&["roles", "--print"]).await;
    ended.is_ok();
    for part in [
        "tombola_owner",
        "tombola_server",
        "tombola_locate",
        "SCRAM-SHA-256",
        "COMMIT",
    ] {
        assert!(ended.out.contains(part), "{part}: {}", ended.out);
    }
    assert!(
        !ended.out.contains("only-for-tests") && !ended.err.contains("only-for-tests"),
        "{ended:#?}"
    );
}

#[tokio::test]
async fn passwords_are_asked_for_and_no_roles_are_made_on_sqlite() {
    let ended = Program::new().run(&["roles"]).await;
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    assert!(
        ended.err.contains("--owner-password") && ended.err.contains("--server-password"),
        "{ended:#?}"
    );
    let ended = with_passwords(Program::new()).run(&["roles"]).await;
    ended.assert_refused(&["SQLite has no roles", "TOMBOLA_DATABASE__URL"]);
}

#[rstest]
#[tokio::test]
async fn roles_are_made_and_made_again(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let program = with_passwords(Program::on(&test.superuser_url()));
    let lock = lock_roles().await;
    for _ in 0..2 {
        let ended = program.run(&["roles"]).await;
        assert!(ended.is_ok().out.contains("tombola migrate up"), "{ended:#?}");
    }
    lock.release().await;
    Program::on(&test.server_url()).run(&["check"]).await.is_ok();
    // Only a superuser can.
    let ended = with_passwords(Program::on(&test.server_url())).run(&["roles"]).await;
    assert_eq!(ended.code, Some(1), "{ended:#?}");
}
