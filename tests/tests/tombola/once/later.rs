//! What a retry shows when time has passed: the same rows, as they are by then.

use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene};

use super::prize;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_shows_the_row_as_it_is_by_then(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let client = scene.creator.keyed("one");
    let selection = "prize { id name quantity deletedAt }";
    let make = async || client.mutate("createPrize", prize(&scene, "A"), selection).await;
    let first = make().await;
    let id = first.text("/createPrize/prize/id");

    let change = json!({ "prizeId": id, "name": "B", "quantity": 7 });
    let changed = scene.creator.mutate("updatePrize", change, selection).await;
    assert_eq!(make().await.at("/createPrize/prize"), changed.at("/updatePrize/prize"));

    let deleted = scene
        .creator
        .mutate("deletePrize", json!({ "prizeId": id }), selection)
        .await;
    assert!(!deleted.at("/deletePrize/prize/deletedAt").is_null());
    let before = scene.world.dump().await;
    assert_eq!(make().await.at("/createPrize/prize"), deleted.at("/deletePrize/prize"));
    assert_eq!(scene.world.dump().await, before, "nothing is made again");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_row_of_an_answer_is_read_anew(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let gina = scene.world.user("Gina").await.keyed("one");
    let join = async || {
        let selection = "participant { id tickets user { displayName } }";
        gina.mutate("joinRoom", json!({ "roomId": scene.room }), selection)
            .await
    };
    let first = join().await;
    assert_eq!(first.number("/joinRoom/participant/tickets"), 1);
    let place = first.text("/joinRoom/participant/id");
    let change = json!({ "participantId": place, "tickets": 5 });
    let changed = scene
        .creator
        .mutate("updateParticipant", change, "participant { id }")
        .await;
    assert!(changed.is_ok(), "{}", changed.body);
    assert_eq!(join().await.number("/joinRoom/participant/tickets"), 5);
}

/// A client that left must not be told that it never was there.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_is_not_seen_any_more_stays_as_the_change_left_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let room = scene
        .creator
        .active_room(&scene.organization, json!({ "title": "Hidden", "isPublic": false }))
        .await;
    let input = json!({ "roomId": room, "userId": scene.outsider.user });
    let added = scene
        .creator
        .mutate("addParticipant", input, "participant { id }")
        .await;
    let place = added.text("/addParticipant/participant/id");
    let leave = async || {
        let client = scene.outsider.keyed("one");
        let selection = "participant { id leftAt tickets }";
        client.mutate("leaveRoom", json!({ "roomId": room }), selection).await
    };
    let first = leave().await;
    assert_eq!(first.text("/leaveRoom/participant/id"), place);
    let change = json!({ "participantId": place, "tickets": 9 });
    // Whoever has left is not changed any more, so that this row is the only one that there is to see.
    assert!(
        !scene
            .creator
            .mutate("updateParticipant", change, "participant { id }")
            .await
            .is_ok()
    );
    assert_eq!(leave().await.body["data"], first.body["data"]);
}
