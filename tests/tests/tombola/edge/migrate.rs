//! `tombola migrate`: up, down and where it stands.

use rstest::rstest;
use tests::{Database, TestDatabase, database::connect, dump::dump};

use crate::program::Program;

#[rstest]
#[tokio::test]
async fn migrations_go_up_and_down_and_tell_where_they_stand(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let test = TestDatabase::empty(database).await;
    let program = Program::on(&test.owner_url());
    let status = async |applied: usize, missing: usize| {
        let ended = program.run(&["migrate", "status"]).await;
        let lines: Vec<_> = ended.is_ok().out.lines().map(str::to_owned).collect();
        assert_eq!(
            lines.iter().filter(|line| line.starts_with("applied ")).count(),
            applied,
            "{lines:?}"
        );
        assert_eq!(
            lines.iter().filter(|line| line.starts_with("missing ")).count(),
            missing,
            "{lines:?}"
        );
    };
    let all = migration::status(&test.owner().await).await.unwrap().len();
    status(0, all).await;
    let ended = program.run(&["migrate", "up"]).await;
    assert_eq!(
        ended
            .is_ok()
            .out
            .lines()
            .filter(|line| line.starts_with("applied m"))
            .count(),
        all,
        "{ended:#?}"
    );
    status(all, 0).await;
    assert!(
        program
            .run(&["migrate", "up"])
            .await
            .is_ok()
            .out
            .contains("nothing to apply")
    );
    Program::on(&test.server_url()).run(&["check"]).await.is_ok();

    let ended = program.run(&["migrate", "down", "--yes"]).await;
    assert_eq!(ended.is_ok().out.lines().count(), 1, "{ended:#?}");
    status(all - 1, 1).await;
    let steps = all.to_string();
    program
        .run(&["migrate", "down", "--yes", "--steps", &steps])
        .await
        .is_ok();
    status(0, all).await;
    assert!(
        program
            .run(&["migrate", "down", "--yes"])
            .await
            .is_ok()
            .out
            .contains("nothing to take back")
    );
    program.run(&["migrate", "up"]).await.is_ok();
    status(all, 0).await;
}

#[rstest]
#[tokio::test]
async fn nothing_goes_down_without_a_word_of_confirmation(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let test = TestDatabase::create(database).await;
    let program = Program::on(&test.owner_url());
    let before = dump(&connect(&test.superuser_url()).await).await;
    for arguments in [&["migrate", "down"] as &[&str], &["migrate", "down", "--steps", "3"]] {
        program.run(arguments).await.assert_refused(&["--yes", "lose"]);
    }
    assert_eq!(dump(&connect(&test.superuser_url()).await).await, before);
}

#[rstest]
#[tokio::test]
async fn the_server_s_own_role_cannot_migrate(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::empty(database).await;
    let ended = Program::on(&test.server_url()).run(&["migrate", "up"]).await;
    ended.assert_refused(&["tombola_owner", "tombola_server", "owner's address"]);
}
