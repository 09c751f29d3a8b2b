//! A refresh token that comes a second time may be stolen: its session ends, and stays ended.

use chrono::Duration;
use rstest::rstest;
use serde_json::json;
use tests::{Database, World};

use super::account::{Account, opens, refresh};

/// Everything of the session is dead, and asking again changes nothing.
async fn assert_over(world: &World, access: &[&str], tokens: &[&str]) {
    for access in access {
        assert!(!opens(world, access).await);
    }
    for token in tokens {
        let input = json!({ "refreshToken": token });
        world
            .refuses(world.stranger(), "refreshSession", input, "UNAUTHENTICATED", None)
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_used_token_ends_its_session_at_once(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let other = Account::sign_in(&world, "ann@example.com").await;
    let answer = refresh(world.stranger(), &account.refresh, None).await;
    let (access, next) = (
        answer.text("/refreshSession/accessToken"),
        answer.text("/refreshSession/refreshToken"),
    );
    assert!(opens(&world, &access).await);

    let answer = refresh(world.stranger(), &account.refresh, None).await;
    answer.assert_refused("UNAUTHENTICATED");
    assert!(answer.message().contains("used before"), "{}", answer.message());
    assert_over(&world, &[&account.access, &access], &[&account.refresh, &next]).await;
    assert!(
        opens(&world, &other.access).await,
        "another session of the same user goes on"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_that_comes_late_or_from_somebody_else_ends_the_session(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values("late", "other id", "no id", "after the successor was used")] how: &str,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let next = refresh(world.stranger(), &account.refresh, Some("once"))
        .await
        .text("/refreshSession/refreshToken");
    let mut tokens = vec![account.refresh.clone(), next.clone()];
    let mut request_id = Some("once");
    match how {
        "late" => world.clock.advance(Duration::milliseconds(10_001)),
        "other id" => request_id = Some("twice"),
        "no id" => request_id = None,
        _ => tokens.push(
            refresh(world.stranger(), &next, Some("once"))
                .await
                .text("/refreshSession/refreshToken"),
        ),
    }
    refresh(world.stranger(), &account.refresh, request_id)
        .await
        .assert_refused("UNAUTHENTICATED");
    let tokens: Vec<_> = tokens.iter().map(String::as_str).collect();
    assert_over(&world, &[&account.access], &tokens).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revoked_stays_revoked_after_a_restart(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let mut world = World::new(database).await;
    let stolen = Account::sign_up(&world, "ann@example.com").await;
    let ended = Account::sign_in(&world, "ann@example.com").await;
    let live = Account::sign_in(&world, "ann@example.com").await;
    let next = refresh(world.stranger(), &stolen.refresh, None)
        .await
        .text("/refreshSession/refreshToken");
    refresh(world.stranger(), &stolen.refresh, None)
        .await
        .assert_refused("UNAUTHENTICATED");
    ended
        .client
        .query("mutation { signOut { session { id } } }")
        .await
        .text("/signOut/session/id");

    world.restart().await;
    assert_over(
        &world,
        &[&stolen.access, &ended.access],
        &[&stolen.refresh, &next, &ended.refresh],
    )
    .await;
    assert!(
        opens(&world, &live.access).await,
        "the key is the same, and so is the session"
    );
    assert!(refresh(world.stranger(), &live.refresh, None).await.is_ok());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_gets_the_same_token_from_another_process(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let mut world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let first = refresh(world.stranger(), &account.refresh, Some("once")).await;
    world.restart().await;
    let again = refresh(world.stranger(), &account.refresh, Some("once")).await;
    assert_eq!(
        again.text("/refreshSession/refreshToken"),
        first.text("/refreshSession/refreshToken")
    );
}
