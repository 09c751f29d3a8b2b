//! Sessions that are over, their refresh tokens, and documents that were removed are kept for a while, and then forgotten.

use api::{
    identity::{OLD_REFRESH_TOKENS, OLD_SESSIONS},
    published::REMOVED_DOCUMENTS,
    published::{NewDocument, PublishedDocuments},
};
use chrono::Duration;
use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, Scene, World, database::execute};

use crate::{draws::sound::until, once::count};

/// A new account with a first session and its refresh token; the client that has them.
async fn sign_up(world: &World, name: &str) -> Client {
    let input = json!({
        "email": format!("{name}@example.com"), "displayName": name, "password": "correct horse battery staple 7",
    });
    let answer = world
        .stranger()
        .mutate("signUp", input, "signedIn { accessToken }")
        .await;
    world
        .stranger()
        .signed_in(&answer.text("/signUp/signedIn/accessToken"), "")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_are_over_for_long_are_forgotten_with_their_tokens(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let mut world = World::new(database).await;
    let (ended, _kept) = (sign_up(&world, "ended").await, sign_up(&world, "kept").await);
    let ending = ended.query("mutation { signOut { session { id } } }").await;
    assert!(ending.is_ok(), "{}", ending.body);
    let now = world.clock.now();
    let store = |world: &World| world.services().clone();
    for what in [OLD_REFRESH_TOKENS, OLD_SESSIONS] {
        let services = store(&world);
        assert_eq!(
            services.store.forget(what, now).await.unwrap(),
            0,
            "not older: {what:?}"
        );
    }
    assert_eq!(
        (count(&world, "sessions").await, count(&world, "refresh_tokens").await),
        (2, 2)
    );

    // The server looks when it starts, and now and then: to the day.
    world.clock.advance(Duration::days(30) + Duration::milliseconds(1));
    world.restart().await;
    until("the ended session is forgotten", async || {
        count(&world, "sessions").await == 1
    })
    .await;
    assert_eq!(count(&world, "refresh_tokens").await, 1);
    assert_eq!(count(&world, "users").await, 2);
    // The other one expired by now, a month ago when that much time has passed again.
    world.clock.advance(Duration::days(31));
    let services = store(&world);
    let before = world.clock.now() - Duration::days(30);
    assert_eq!(services.store.forget(OLD_REFRESH_TOKENS, before).await.unwrap(), 1);
    assert_eq!(services.store.forget(OLD_SESSIONS, before).await.unwrap(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_stays_as_long_as_one_of_its_tokens(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    sign_up(&world, "ended").await;
    execute(&world.db, "UPDATE sessions SET revoked_at = created_at").await;
    world.clock.advance(Duration::seconds(1));
    let (services, now) = (world.services(), world.clock.now());
    assert_eq!(services.store.forget(OLD_SESSIONS, now).await.unwrap(), 0);
    assert_eq!(services.store.forget(OLD_REFRESH_TOKENS, now).await.unwrap(), 1);
    assert_eq!(services.store.forget(OLD_SESSIONS, now).await.unwrap(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_that_were_removed_are_forgotten(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let input = json!({ "organizationId": scene.organization, "name": "App", "manifest": {} });
    let answer = scene.admin.mutate("registerApp", input, "app { clientId }").await;
    let client = answer.text("/registerApp/app/clientId");
    let documents = PublishedDocuments::new(scene.world.services().store.clone());
    for name in ["Removed", "Kept"] {
        let document = NewDocument {
            place: name.to_owned(),
            id: Some(name.to_owned()),
            name: name.to_owned(),
            text: format!("query {name} {{ __typename }}"),
        };
        documents.publish(&client, &[document]).await.unwrap();
    }
    let all = count(&scene.world, "documents").await;
    let removed = documents.remove(&client, "Removed").await.unwrap();
    let store = &scene.world.services().store;
    scene.world.clock.advance(Duration::seconds(1));
    let forgotten = store.forget(REMOVED_DOCUMENTS, scene.world.clock.now()).await;
    assert_eq!(forgotten.unwrap(), removed);
    assert_eq!(
        count(&scene.world, "documents").await,
        all - i64::try_from(removed).unwrap()
    );
    assert_eq!(
        documents.list(&client).await.unwrap().len() as i64,
        all - i64::try_from(removed).unwrap()
    );
}
