//! The order in which prizes are drawn.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene};

use super::soundness::{assert_sound, events};

async fn order(client: &Client, room: &str) -> Vec<Json> {
    let document = "query($id: ID!) { room(id: $id) { prizes { nodes { id } } } }";
    let answer = client.run(document, json!({ "id": room })).await;
    answer
        .list("/room/prizes/nodes")
        .iter()
        .map(|prize| prize["id"].clone())
        .collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prizes_take_the_order_that_is_given(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let mut prizes = Vec::new();
    for _ in 0..4 {
        prizes.push(json!(scene.prize(1).await));
    }
    let before = events(&scene.world, &scene.room).await.len();
    prizes.swap(0, 2);
    let input = json!({ "roomId": scene.room, "prizeIds": prizes });
    let answer = scene
        .creator
        .mutate(
            "reorderPrizes",
            input.clone(),
            "room { prizes { nodes { id position } } }",
        )
        .await;
    for (position, (found, wanted)) in answer
        .list("/reorderPrizes/room/prizes/nodes")
        .iter()
        .zip(&prizes)
        .enumerate()
    {
        assert_eq!(found, &json!({ "id": wanted, "position": position }));
    }
    assert_eq!(order(&scene.outsider, &scene.room).await, prizes);
    // Only those that moved are announced.
    let log = events(&scene.world, &scene.room).await;
    assert_eq!(log.len() - before, 2);
    assert!(log[before..].iter().all(|event| event.kind == "PRIZE_CHANGED"));

    // The same order again moves nothing.
    scene
        .creator
        .mutate("reorderPrizes", input, "room { id }")
        .await
        .text("/reorderPrizes/room/id");
    assert_eq!(events(&scene.world, &scene.room).await.len() - before, 2);
    assert_sound(&scene.world, &scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_names_each_prize_of_the_room_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let (first, second, gone) = (scene.prize(1).await, scene.prize(1).await, scene.prize(1).await);
    scene
        .creator
        .mutate("deletePrize", json!({ "prizeId": gone }), "prize { id }")
        .await
        .text("/deletePrize/prize/id");
    let elsewhere = scene.creator.active_room(&scene.organization, json!({})).await;
    let input = json!({ "roomId": elsewhere, "name": "Foreign" });
    let foreign = scene
        .creator
        .mutate("createPrize", input, "prize { id }")
        .await
        .text("/createPrize/prize/id");
    for bad in [
        json!([]),
        json!([first]),
        json!([first, first]),
        json!([first, second, second]),
        json!([first, second, foreign]),
        json!([first, foreign]),
        json!([first, second, gone]),
        json!(vec![&first; 5000]),
    ] {
        let input = json!({ "roomId": scene.room, "prizeIds": bad });
        let answer = scene
            .world
            .refuses(&scene.creator, "reorderPrizes", input, "VALIDATION", Some("prizeIds"))
            .await;
        assert!(answer.message().contains('2'), "{}", answer.message());
    }
    assert_eq!(order(&scene.outsider, &scene.room).await, [json!(first), json!(second)]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_order_fits_a_room_without_prizes(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let input = json!({ "roomId": scene.room, "prizeIds": [] });
    let answer = scene.creator.mutate("reorderPrizes", input, "room { id }").await;
    assert_eq!(answer.text("/reorderPrizes/room/id"), scene.room);
    assert_sound(&scene.world, &scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prize_behind_a_deleted_one_can_be_moved(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let gone = scene.prize(1).await;
    let (first, second) = (scene.prize(1).await, scene.prize(1).await);
    scene
        .creator
        .mutate("deletePrize", json!({ "prizeId": gone }), "prize { id }")
        .await
        .text("/deletePrize/prize/id");
    let third = scene.prize(1).await;
    assert_eq!(
        order(&scene.outsider, &scene.room).await,
        [json!(first), json!(second), json!(third)]
    );
    let input = json!({ "roomId": scene.room, "prizeIds": [third, first, second] });
    scene
        .creator
        .mutate("reorderPrizes", input, "room { id }")
        .await
        .text("/reorderPrizes/room/id");
    assert_eq!(
        order(&scene.outsider, &scene.room).await,
        [json!(third), json!(first), json!(second)]
    );
}
