//! Waiting for a request with the same key that is still running, and no longer than is set.

use rstest::rstest;
use sea_orm::{DatabaseTransaction, TransactionTrait};
use serde_json::json;
use tests::{Client, Database, Scene, Second, World, database::execute};

use super::{prize, prizes};

async fn impatient(database: Database) -> Scene {
    Scene::in_world(World::with(database, |config| config.idempotency.wait_seconds = 1).await).await
}

/// Holds the room, so that whoever wants to change it waits.
async fn hold(scene: &Scene) -> DatabaseTransaction {
    let tx = scene.world.db.begin().await.unwrap();
    execute(&tx, "UPDATE rooms SET updated_at = updated_at").await;
    tx
}

/// One of two equal requests gets its turn and cannot go on; the other waits in vain.
async fn assert_one_waits_in_vain(scene: &Scene, one: Client, other: Client) {
    let held = hold(scene).await;
    let ask = |client: Client| {
        let input = prize(scene, "A");
        tokio::spawn(async move { client.keyed("one").mutate("createPrize", input, "prize { id }").await })
    };
    let (one, other) = (ask(one), ask(other));
    let (refused, goes_on) = match futures::future::select(one, other).await {
        futures::future::Either::Left((refused, goes_on)) | futures::future::Either::Right((refused, goes_on)) => {
            (refused.unwrap(), goes_on)
        }
    };
    refused.assert_refused("CONFLICT");
    assert!(refused.message().contains("still running"), "{}", refused.body);
    assert_eq!(refused.errors()[0]["extensions"]["retryAfter"], json!(1));
    held.rollback().await.unwrap();
    let done = goes_on.await.unwrap();
    assert!(done.is_ok(), "{}", done.body);
    // As the refusal said.
    let again = scene
        .creator
        .keyed("one")
        .mutate("createPrize", prize(scene, "A"), "prize { id }")
        .await;
    assert_eq!(again.body["data"], done.body["data"]);
    assert_eq!(prizes(scene).await, ["A"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_waits_for_an_equal_one_until_the_limit(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = impatient(database).await;
    assert_one_waits_in_vain(&scene, scene.creator.clone(), scene.creator.clone()).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_waits_for_an_equal_one_of_another_process(#[values(Database::Postgres)] database: Database) {
    let scene = impatient(database).await;
    let second = Second::start(&scene.world, |_| {}).await;
    assert_one_waits_in_vain(&scene, scene.creator.clone(), second.client(&scene.creator)).await;
    second.stop().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_keys_and_requests_without_one_do_not_wait(#[values(Database::Postgres)] database: Database) {
    let scene = impatient(database).await;
    let held = hold(&scene).await;
    let stuck = scene.creator.keyed("one");
    let input = prize(&scene, "A");
    let stuck = tokio::spawn(async move { stuck.mutate("createPrize", input, "prize { id }").await });
    for number in 0..5 {
        let client = scene.creator.keyed(&format!("other-{number}"));
        let name = json!({ "name": format!("Organization {number}") });
        assert!(
            client
                .mutate("createOrganization", name, "organization { id }")
                .await
                .is_ok()
        );
    }
    held.rollback().await.unwrap();
    assert!(stuck.await.unwrap().is_ok());
}
