//! A stream follows its caller: a session that ends, a token that expires, and a newer one that comes in band.

use chrono::Duration;
use entity::{UserId, identity::user};
use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;
use tests::{Client, Database, Scene, World};

use super::socket::Raw;
use crate::identity::account::Account;

/// A server that looks after sessions as often as it may.
async fn watchful(database: Database) -> Scene {
    let world = World::with(database, |config| config.events.session_milliseconds = 50).await;
    Scene::in_world(world).await
}

async fn following(scene: &Scene, client: &Client) -> Raw {
    let mut raw = Raw::ready(client).await;
    let follow = format!(
        "subscription {{ roomEvents(roomId: \"{}\", after: 0) {{ sequence }} }}",
        scene.room
    );
    raw.subscribe("s", &follow).await;
    assert_eq!(raw.receive().await["type"], "next");
    raw
}

/// Waits for a message about an operation on a socket that goes on.
async fn answers(raw: &mut Raw, id: &str) {
    loop {
        let message = raw.receive().await;
        assert!(message.get("closed").is_none(), "{message}");
        if message["id"] == id {
            return;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_signed_out_closes_its_sockets(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = watchful(database).await;
    let client = scene.world.user("Ann").await;
    let mut raw = following(&scene, &client).await;
    let mut other = following(&scene, &scene.creator).await;
    client
        .query("mutation { signOut { session { id } } }")
        .await
        .at("/signOut");
    assert_eq!(raw.closed().await, 4401);
    other.subscribe("q", "{ __typename }").await;
    answers(&mut other, "q").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_is_disabled_behind_the_servers_back_closes_its_sockets(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = watchful(database).await;
    let client = scene.world.user("Ann").await;
    let mut raw = following(&scene, &client).await;
    let id: UserId = client.user.parse().unwrap();
    user::Entity::update_many()
        .col_expr(user::Column::DisabledAt, Expr::value(scene.world.clock.now()))
        .filter(user::Column::Id.eq(id))
        .exec(&scene.world.db)
        .await
        .unwrap();
    assert_eq!(raw.closed().await, 4401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_expires_closes_its_socket_unless_a_newer_one_came() {
    let scene = watchful(Database::Sqlite).await;
    let client = scene.world.user("Ann").await;
    let mut stale = following(&scene, &client).await;
    let mut fresh = following(&scene, &client).await;
    scene.world.clock.advance(Duration::minutes(5));
    let tokens = &scene.world.services().tokens;
    let (user, session, _) = tokens.verify(client.token.as_deref().unwrap()).unwrap();
    let (newer, _) = tokens.issue(user, session).unwrap();
    fresh
        .send(json!({ "type": "ping", "payload": { "authorization": format!("Bearer {newer}") } }))
        .await;
    let pong = loop {
        let message = fresh.receive().await;
        if message["type"] == "pong" {
            break message;
        }
    };
    assert_eq!(pong["payload"]["authorization"], "accepted", "{pong}");
    assert_eq!(pong["payload"]["expiresAt"], "2026-06-01T12:15:00Z", "{pong}");
    scene.world.clock.advance(Duration::minutes(6));
    assert_eq!(stale.closed().await, 4403);
    fresh.subscribe("q", "{ viewer { profile { id } } }").await;
    answers(&mut fresh, "q").await;
    scene.world.clock.advance(Duration::minutes(10));
    assert_eq!(fresh.closed().await, 4403);
}

#[tokio::test]
async fn a_newer_token_must_be_good_and_of_the_same_session() {
    let scene = watchful(Database::Sqlite).await;
    let ann = Account::sign_up(&scene.world, "ann@example.com").await.client;
    let elsewhere = Account::sign_in(&scene.world, "ann@example.com").await;
    let ben = scene.world.user("Ben").await;
    for token in ["nonsense", ben.token.as_deref().unwrap(), &elsewhere.access] {
        let mut raw = following(&scene, &ann).await;
        raw.send(json!({ "type": "ping", "payload": { "authorization": format!("Bearer {token}") } }))
            .await;
        // Events may have been on their way.
        let told = loop {
            let message = raw.receive().await;
            if message["type"] != "next" {
                break message;
            }
        };
        assert_eq!(told["closed"], 4403, "{token}: {told}");
    }
    let mut raw = Raw::open(&ann, Some("graphql-transport-ws")).await;
    let authorization = format!("Bearer {}", ann.token.as_deref().unwrap());
    raw.send(json!({ "type": "ping", "payload": { "authorization": authorization } }))
        .await;
    assert_eq!(raw.closed().await, 4401, "before connection_init nobody is known");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_loses_the_room_gets_an_error_and_the_socket_goes_on(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = watchful(database).await;
    let draft = scene
        .creator
        .active_room(&scene.organization, json!({ "isPublic": false }))
        .await;
    let guest = scene.world.user("Gus").await;
    let input = json!({ "roomId": draft, "userId": guest.user });
    let answer = scene
        .creator
        .mutate("addParticipant", input, "participant { id }")
        .await;
    let place = answer.text("/addParticipant/participant/id");
    let mut raw = Raw::ready(&guest).await;
    let follow = format!("subscription {{ roomEvents(roomId: \"{draft}\") {{ sequence }} }}");
    raw.subscribe("s", &follow).await;
    raw.subscribe("q", "{ __typename }").await;
    while raw.receive().await["type"] != "complete" {}
    scene
        .creator
        .mutate(
            "removeParticipant",
            json!({ "participantId": place }),
            "participant { id }",
        )
        .await
        .at("/removeParticipant");
    let last = loop {
        let message = raw.receive().await;
        if message["type"] != "next" {
            break message;
        }
    };
    assert_eq!((&last["type"], &last["id"]), (&json!("error"), &json!("s")), "{last}");
    assert_eq!(last["payload"][0]["extensions"]["code"], "NOT_FOUND", "{last}");
    raw.subscribe("s", "{ __typename }").await;
    assert_eq!(raw.receive().await["type"], "next");
}
