//! Access tokens: how they are sent, and when they are worth nothing.

use chrono::Duration;
use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene, World, database::execute};

use super::account::{Account, opens, refresh};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_token_there_is_no_viewer(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let answer = world.stranger().query("{ viewer { email } }").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.at(""), &json!({ "viewer": null }));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_expires_to_the_second_and_the_session_goes_on(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    world.clock.advance(Duration::seconds(599));
    assert!(opens(&world, &account.access).await);
    world.clock.advance(Duration::seconds(1));
    let answer = account.client.query("{ viewer { email } }").await;
    assert_eq!(answer.status, 401);
    answer.assert_refused("UNAUTHENTICATED");
    assert!(answer.message().contains("refreshSession"), "{}", answer.message());

    // With the old token still in the header, as clients do.
    let answer = refresh(&account.client, &account.refresh, None).await;
    assert_eq!(
        answer.text("/refreshSession/accessTokenExpiresAt"),
        "2026-06-01T12:20:00.000Z"
    );
    assert!(opens(&world, &answer.text("/refreshSession/accessToken")).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_that_holds_no_token_is_refused_and_not_ignored(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let send = async |header: &str| {
        let response = world
            .stranger()
            .http()
            .post(format!("{}/graphql", world.stranger().base()))
            .header("authorization", header)
            .json(&json!({ "query": "{ viewer { email } }" }))
            .send()
            .await
            .unwrap();
        let challenge = response.headers().get("www-authenticate").cloned();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        let status = response.status().as_u16();
        let body: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        (status, challenge, kind, body)
    };
    let basic = format!("Basic {}", account.access);
    for header in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        &account.access,
        &basic,
        "Bearer none",
        "Bearer a.b.c",
    ] {
        let (status, challenge, kind, body) = send(header).await;
        assert_eq!(status, 401, "{header:?}: {body}");
        assert_eq!(challenge.unwrap(), "Bearer");
        assert!(kind.contains("json"), "{kind}");
        assert_eq!(
            body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
            "{header:?}: {body}"
        );
    }
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let (status, _, _, body) = send(&format!("{scheme} {}", account.access)).await;
        assert_eq!(
            (status, &body["data"]["viewer"]["email"]),
            (200, &json!("ann@example.com"))
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_is_no_access_token_and_the_other_way_round(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    assert!(!opens(&world, &account.refresh).await);
    let input = json!({ "refreshToken": account.access });
    world
        .refuses(world.stranger(), "refreshSession", input, "UNAUTHENTICATED", None)
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disabled_means_disabled_and_deleted_means_deleted(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values("disabled_at", "deleted_at")] how: &str,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    assert!(opens(&world, &account.access).await);
    execute(&world.db, &format!("UPDATE users SET {how} = created_at")).await;
    // What a process knows of a session it trusts for a second at most.
    world.clock.advance(Duration::seconds(1));
    assert!(!opens(&world, &account.access).await);
    refresh(world.stranger(), &account.refresh, None)
        .await
        .assert_refused("UNAUTHENTICATED");
    assert!(!opens(&world, &account.access).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_in_the_database_ends_for_its_tokens(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values("revoked_at = created_at, revoke_reason = 'SIGNED_OUT'", "expires_at = created_at")] change: &str,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    execute(&world.db, &format!("UPDATE sessions SET {change}")).await;
    world.clock.advance(Duration::seconds(1));
    assert!(!opens(&world, &account.access).await);
    let input = json!({ "refreshToken": account.refresh });
    world
        .refuses(world.stranger(), "refreshSession", input, "UNAUTHENTICATED", None)
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_was_taken_away_is_felt_by_the_next_request(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let app = json!({ "organizationId": scene.organization, "name": "An app", "manifest": {} });
    let answer = scene.admin.mutate("registerApp", app.clone(), "app { id }").await;
    assert!(answer.is_ok(), "{}", answer.body);
    execute(
        &scene.world.db,
        "UPDATE memberships SET role = 'VIEWER' WHERE role = 'ADMIN'",
    )
    .await;
    scene
        .world
        .refuses(&scene.admin, "registerApp", app.clone(), "FORBIDDEN", None)
        .await;
    execute(&scene.world.db, "DELETE FROM memberships WHERE role = 'VIEWER'").await;
    scene
        .world
        .refuses(&scene.admin, "registerApp", app, "NOT_FOUND", Some("organizationId"))
        .await;
}
