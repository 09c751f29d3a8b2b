//! Refresh tokens: each is used once, and its use makes the next.

use chrono::Duration;
use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use std::collections::BTreeSet;
use tests::{Database, World};

use super::account::{Account, opens, refresh};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_refresh_makes_the_next_pair(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let mut token = account.refresh.clone();
    let mut seen = BTreeSet::from([token.clone()]);
    for round in 1..=5 {
        world.clock.advance(Duration::minutes(5));
        let request_id = (round % 2 == 0).then_some("a retry would say the same");
        let answer = refresh(world.stranger(), &token, request_id).await;
        token = answer.text("/refreshSession/refreshToken");
        assert!(token.starts_with("tmb_refresh_"), "{token}");
        assert!(seen.insert(token.clone()), "a token came twice");
        assert!(opens(&world, &answer.text("/refreshSession/accessToken")).await);
    }
    let dump = world.dump().await;
    assert_eq!((dump["sessions"].len(), dump["refresh_tokens"].len()), (1, 6));
    // The database holds hashes and no token.
    let stored = dump["refresh_tokens"].join("\n");
    assert!(seen.iter().all(|token| !stored.contains(token.as_str())));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_refresh_token_is_refused(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let mut unknown = account.refresh.clone().into_bytes();
    unknown[20] = if unknown[20] == b'A' { b'B' } else { b'A' };
    let unknown = String::from_utf8(unknown).unwrap();
    let well_formed = api::credentials::Secret::random(api::credentials::SecretKind::RefreshToken)
        .unwrap()
        .reveal();
    let of_app = api::credentials::Secret::random(api::credentials::SecretKind::AppSecret)
        .unwrap()
        .reveal();
    let short = &account.refresh[..account.refresh.len() - 1];
    for token in [
        "",
        "tmb_refresh_",
        short,
        &unknown,
        &well_formed,
        &of_app,
        &account.refresh.to_uppercase(),
        &format!("{} ", account.refresh),
        &"ü".repeat(61),
    ] {
        let input = json!({ "refreshToken": token });
        world
            .refuses(world.stranger(), "refreshSession", input, "UNAUTHENTICATED", None)
            .await;
    }
    assert!(refresh(world.stranger(), &account.refresh, None).await.is_ok());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_does_not_make_a_session_longer(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    world.clock.advance(Duration::days(29));
    let token = refresh(world.stranger(), &account.refresh, None)
        .await
        .text("/refreshSession/refreshToken");
    world.clock.advance(Duration::hours(24) - Duration::milliseconds(1));
    let token = refresh(world.stranger(), &token, None)
        .await
        .text("/refreshSession/refreshToken");
    world.clock.advance(Duration::milliseconds(1));
    let input = json!({ "refreshToken": token });
    world
        .refuses(world.stranger(), "refreshSession", input, "UNAUTHENTICATED", None)
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_with_the_same_request_id_within_ten_seconds_gets_the_same_token(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let first = refresh(world.stranger(), &account.refresh, Some("once")).await;
    let first = first.text("/refreshSession/refreshToken");
    world.clock.advance(Duration::seconds(10));
    let again = refresh(world.stranger(), &account.refresh, Some(" once ")).await;
    assert_eq!(again.text("/refreshSession/refreshToken"), first);
    assert!(opens(&world, &again.text("/refreshSession/accessToken")).await);
    assert_eq!(world.dump().await["refresh_tokens"].len(), 2);
    // And the one that both got works.
    assert!(refresh(world.stranger(), &first, None).await.is_ok());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_refreshes_at_once_with_one_request_id_get_one_successor(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let tries = (0..50).map(|_| refresh(world.stranger(), &account.refresh, Some("one request")));
    let answers = join_all(tries).await;
    let successors: BTreeSet<_> = answers
        .iter()
        .map(|answer| answer.text("/refreshSession/refreshToken"))
        .collect();
    assert_eq!(successors.len(), 1);
    assert_eq!(world.dump().await["refresh_tokens"].len(), 2);
    let successor = successors.first().unwrap();
    assert!(refresh(world.stranger(), successor, None).await.is_ok());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_refreshes_at_once_without_a_request_id_get_one_successor_at_most_and_end_the_session(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(false, true)] each_with_its_own_id: bool,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let tries = (0..50).map(|number| {
        let (world, token) = (&world, &account.refresh);
        async move {
            let own = format!("request {number}");
            refresh(world.stranger(), token, each_with_its_own_id.then_some(own.as_str())).await
        }
    });
    let answers = join_all(tries).await;
    let successors: Vec<_> = answers.iter().filter(|answer| answer.is_ok()).collect();
    assert!(successors.len() <= 1, "{} successors", successors.len());
    for refused in answers.iter().filter(|answer| !answer.is_ok()) {
        refused.assert_refused("UNAUTHENTICATED");
    }
    // Nothing of the family is worth anything from then on.
    assert!(!opens(&world, &account.access).await);
    for successor in successors {
        assert!(!opens(&world, &successor.text("/refreshSession/accessToken")).await);
        let input = json!({ "refreshToken": successor.text("/refreshSession/refreshToken") });
        world
            .refuses(world.stranger(), "refreshSession", input, "UNAUTHENTICATED", None)
            .await;
    }
    let sessions = world.dump().await["sessions"].join("\n");
    assert!(sessions.contains("REFRESH_TOKEN_REUSED"), "{sessions}");
}
