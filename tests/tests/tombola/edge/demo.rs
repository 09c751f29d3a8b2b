//! `tombola demo`: fills an empty database, keeps what is there, starts over when told to.

use rstest::rstest;
use serde_json::json;
use tests::{Database, TestDatabase, database::connect, dump::dump};

use crate::program::Program;

/// Everything but what a sign-in and a clean end write.
async fn kept(url: &str) -> Vec<(String, Vec<String>)> {
    let db = connect(url).await;
    let all = dump(&db).await;
    db.close().await.unwrap();
    let passing = ["sessions", "refresh_tokens", "users"];
    all.into_iter()
        .filter(|(table, _)| !passing.contains(&table.as_str()))
        .collect()
}

#[rstest]
#[tokio::test]
async fn filling_twice_keeps_the_data(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let program = Program::on(&test.server_url());
    let ended = program.run(&["demo", "--no-serve"]).await;
    assert!(ended.is_ok().out.contains("demo data is in the database"), "{ended:#?}");
    let before = dump(&connect(&test.superuser_url()).await).await;
    assert_eq!(before["users"].len(), 4);

    let ended = program.run(&["demo", "--no-serve"]).await;
    assert!(ended.is_ok().err.contains("which is kept"), "{ended:#?}");
    assert_eq!(dump(&connect(&test.superuser_url()).await).await, before);
}

#[tokio::test]
async fn what_it_prints_is_all_that_a_newcomer_needs() {
    let program = Program::new();
    let serving = program.serve(&["demo"]).await;
    let address = serving.address.clone();
    let client = serving.client();
    let input = json!({ "email": "bob@example.com", "password": api::demo::PASSWORD });
    let answer = client
        .mutate("signIn", input, "__typename ... on SignedIn { accessToken }")
        .await;
    let bob = client.signed_in(&answer.text("/signIn/accessToken"), "");
    let url = program.sqlite();
    let ended = serving.stop().await;
    let printed = &ended.is_ok().out;
    assert!(printed.contains(&format!("{address}/graphql")), "{printed}");
    assert!(printed.contains(&format!("{address}/\n")), "{printed}");
    for name in ["alice", "bob", "charlie", "diana"] {
        assert!(printed.contains(&format!("{name}@example.com")), "{printed}");
    }
    assert_eq!(printed.matches(api::demo::PASSWORD).count(), 4, "{printed}");
    let before = kept(&url).await;

    // The query that it prints works as it stands, after another start too.
    let query = printed.lines().find(|line| line.trim_start().starts_with('{')).unwrap();
    let serving = program.serve(&["demo"]).await;
    let answer = serving.client().query(query).await;
    assert_eq!(answer.number("/rooms/totalCount"), 1, "what a stranger sees");
    let bob = serving.client().signed_in(&bob.token.unwrap(), "");
    assert_eq!(
        bob.query(query).await.number("/rooms/totalCount"),
        3,
        "bob is signed in still"
    );
    serving.stop().await.is_ok();
    assert_eq!(kept(&url).await, before);
}

#[tokio::test]
async fn reset_starts_over_with_fresh_data() {
    let program = Program::new();
    program.run(&["demo", "--no-serve"]).await.is_ok();
    let before = kept(&program.sqlite()).await;
    program.run(&["demo", "--reset", "--no-serve"]).await.is_ok();
    let after = kept(&program.sqlite()).await;
    let counts = |dump: &[(String, Vec<String>)]| -> Vec<_> {
        dump.iter().map(|(table, rows)| (table.clone(), rows.len())).collect()
    };
    assert_eq!(counts(&after), counts(&before));
    assert_ne!(after, before, "the rooms are others");
}

#[rstest]
#[tokio::test]
async fn reset_does_not_touch_a_database_on_a_server(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let program = Program::on(&test.server_url());
    program.run(&["demo", "--no-serve"]).await.is_ok();
    let before = dump(&connect(&test.superuser_url()).await).await;
    let ended = program.run(&["demo", "--reset", "--no-serve"]).await;
    ended.assert_refused(&["--reset", "SQLite"]);
    assert_eq!(dump(&connect(&test.superuser_url()).await).await, before);
}
