//! Keys are kept for a day, and then forgotten.

use api::store::Forgotten;
use chrono::Duration;
use entity::{UserId, identity::session};
use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tests::{Client, Database, Scene};

use super::{count, prize};
use crate::draws::sound::until;

/// Access tokens do not live that long.
async fn with_new_token(scene: &Scene, client: &Client) -> Client {
    let user: UserId = client.user.parse().unwrap();
    let of_user = session::Entity::find().filter(session::Column::UserId.eq(user));
    let session = of_user.one(&scene.world.db).await.unwrap().unwrap();
    let (token, _) = scene.world.services().tokens.issue(user, session.id).unwrap();
    scene.world.stranger().signed_in(&token, &client.user)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_day_a_key_is_forgotten(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let mut scene = Scene::new(database).await;
    let make = async |scene: &Scene, key: &str| {
        let creator = with_new_token(scene, &scene.creator).await.keyed(key);
        let answer = creator.mutate("createPrize", prize(scene, "A"), "prize { id }").await;
        answer.text("/createPrize/prize/id")
    };
    let first = make(&scene, "old").await;
    scene.world.clock.advance(Duration::minutes(5));
    let later = make(&scene, "later").await;
    scene
        .admin
        .keyed("old")
        .mutate("createPrize", prize(&scene, "B"), "prize { id }")
        .await;

    // To the day: nothing is older yet.
    scene.world.clock.advance(Duration::hours(24) - Duration::minutes(5));
    let now = scene.world.clock.now();
    let forget = async |scene: &Scene| {
        scene
            .world
            .services()
            .store
            .forget(Forgotten::OUTCOMES, now - Duration::hours(24))
            .await
    };
    assert_eq!(forget(&scene).await.unwrap(), 0);
    assert_eq!(count(&scene.world, "idempotency_keys").await, 3);

    // The server looks when it starts, and now and then.
    scene.world.clock.advance(Duration::milliseconds(1));
    scene.world.restart().await;
    until("the first key is forgotten", async || {
        count(&scene.world, "idempotency_keys").await == 2
    })
    .await;
    assert_eq!(count(&scene.world, "prizes").await, 3);
    assert_ne!(make(&scene, "old").await, first);
    assert_eq!(make(&scene, "later").await, later);
    assert_eq!(count(&scene.world, "prizes").await, 4);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_one_portion_is_forgotten(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let client = scene.creator.keyed("one");
    client.mutate("createPrize", prize(&scene, "A"), "prize { id }").await;
    let sql =
        "INSERT INTO idempotency_keys (principal_id, principal_kind, key, field, fingerprint, outcome, created_at)
               SELECT principal_id, principal_kind, 'k' || n, field, fingerprint, outcome, created_at
               FROM idempotency_keys, (WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2500)
               SELECT n FROM n) numbers";
    tests::database::execute(&scene.world.db, sql).await;
    let store = &scene.world.services().store;
    let now = scene.world.clock.now();
    assert_eq!(store.forget(Forgotten::OUTCOMES, now).await.unwrap(), 0);
    assert_eq!(
        store
            .forget(Forgotten::OUTCOMES, now + Duration::milliseconds(1))
            .await
            .unwrap(),
        2501
    );
    assert_eq!(count(&scene.world, "idempotency_keys").await, 0);
}
