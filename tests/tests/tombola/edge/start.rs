//! What keeps the server from starting, and what it finds when it starts again.

use rstest::rstest;
use serde_json::json;
use tests::{Database, TestDatabase, database::execute};
use tokio::net::TcpListener;

use crate::program::Program;

#[rstest]
#[tokio::test]
async fn a_port_in_use_is_named(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let test = TestDatabase::create(database).await;
    let program = Program::on(&test.server_url()).with("TOMBOLA_LISTEN", &address);
    for command in [&["serve"] as &[&str], &["demo"]] {
        program
            .run(command)
            .await
            .assert_refused(&["listen", &address, "TOMBOLA_LISTEN"]);
    }
}

#[tokio::test]
async fn a_database_that_is_down_is_named_without_its_password() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let url = format!("postgres://tombola_server:hunter2hunter2@{address}/tombola");
    let program = Program::on(&url);
    for command in [
        &["serve"] as &[&str],
        &["demo"],
        &["check"],
        &["migrate", "up"],
        &["migrate", "status"],
    ] {
        let ended = program.run(command).await;
        ended.assert_refused(&["efused"]);
        assert!(!ended.err.contains("hunter2"), "{ended:#?}");
    }
    program
        .run(&["serve"])
        .await
        .assert_refused(&["database.url", "Is it running"]);
}

#[rstest]
#[tokio::test]
async fn a_wrong_password_of_the_database_is_told_and_not_repeated(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let url = test.server_url().replace("only-for-tests", "hunter2hunter2");
    let ended = Program::on(&url).run(&["serve"]).await;
    ended.assert_refused(&["database.url", "password"]);
    assert!(!ended.err.contains("hunter2"), "{ended:#?}");
}

#[tokio::test]
async fn a_sqlite_file_that_cannot_be_made_is_named() {
    let ended = Program::on("sqlite:/nowhere/at/all/tombola.sqlite")
        .run(&["serve"])
        .await;
    ended.assert_refused(&["database.url"]);
    let program = Program::new();
    program.file(
        "tombola.sqlite",
        "this is no database, and it is longer than a header of one hundred bytes ".repeat(9),
    );
    let before = std::fs::read(program.folder().join("tombola.sqlite")).unwrap();
    let ended = program.run(&["serve"]).await;
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.err.contains("not a database"), "{ended:#?}");
    assert_eq!(
        std::fs::read(program.folder().join("tombola.sqlite")).unwrap(),
        before,
        "it is left alone"
    );
}

#[rstest]
#[tokio::test]
async fn a_database_without_its_migrations_is_not_served(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::empty(database).await;
    let program = Program::on(&test.server_url());
    for command in [&["serve"] as &[&str], &["demo", "--no-serve"]] {
        program
            .run(command)
            .await
            .assert_refused(&["m0001", "m0006", "tombola migrate up"]);
    }
}

#[rstest]
#[tokio::test]
async fn a_database_without_its_walls_is_not_served(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    execute(&test.superuser().await, "DROP POLICY own ON prizes").await;
    let program = Program::on(&test.server_url());
    for command in [&["serve"] as &[&str], &["demo", "--no-serve"]] {
        program
            .run(command)
            .await
            .assert_refused(&["prizes", "own", "tombola check"]);
    }
    // Nor by whoever stands above them.
    let test = TestDatabase::create(database).await;
    Program::on(&test.superuser_url())
        .run(&["serve"])
        .await
        .assert_refused(&["postgres", "not as tombola_server"]);
}

#[rstest]
#[tokio::test]
async fn the_second_start_finds_what_the_first_left(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let test = TestDatabase::create(database).await;
    let program = match database {
        // Not even the file is there: the first start makes it.
        Database::Sqlite => Program::new(),
        Database::Postgres => Program::on(&test.server_url()),
    };
    let first = program.serve(&["serve"]).await;
    let input = json!({
        "email": "ann@example.com", "password": "quiet otter paints seven doors", "displayName": "Ann",
        "organizationName": "Ann's Events",
    });
    let answer = first.client().mutate("signUp", input, "signedIn { accessToken }").await;
    let token = answer.text("/signUp/signedIn/accessToken");
    first.stop().await.is_ok();

    let second = program.serve(&[]).await;
    let client = second.client().signed_in(&token, "");
    let answer = client
        .query("{ viewer { email memberships { nodes { organization { name } } } } }")
        .await;
    assert_eq!(
        answer.text("/viewer/email"),
        "ann@example.com",
        "the key is the same too"
    );
    assert_eq!(
        answer.text("/viewer/memberships/nodes/0/organization/name"),
        "Ann's Events"
    );
    second.stop().await.is_ok();
    if database == Database::Sqlite {
        assert!(program.folder().join("tombola.sqlite").is_file());
        assert!(
            !program.folder().join("tombola.sqlite-wal").exists(),
            "an orderly end leaves one file"
        );
    }
}
