//! Prizes: made, changed, taken off the list.

use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, Scene};

use super::soundness::assert_sound;

const FIELDS: &str = "name description imageUrl position quantity quantityRemaining metadata deletedAt";

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_prize_stands_behind_the_others(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let input = json!({ "roomId": scene.room, "name": " First " });
    let answer = scene
        .creator
        .mutate("createPrize", input, &format!("prize {{ {FIELDS} }}"))
        .await;
    let plain = json!({
        "name": "First", "description": null, "imageUrl": null, "position": 0, "quantity": 1,
        "quantityRemaining": 1, "metadata": {}, "deletedAt": null,
    });
    assert_eq!(answer.at("/createPrize/prize"), &plain);

    let full = json!({
        "name": "Second", "description": "What\nit is", "imageUrl": "https://example.com/a.png", "quantity": 3,
        "metadata": { "value": 5 },
    });
    let mut input = full.clone();
    input["roomId"] = json!(scene.room);
    let answer = scene
        .admin
        .mutate("createPrize", input, &format!("prize {{ {FIELDS} }}"))
        .await;
    let mut wanted = full;
    (wanted["position"], wanted["quantityRemaining"], wanted["deletedAt"]) = (json!(1), json!(3), Json::Null);
    assert_eq!(answer.at("/createPrize/prize"), &wanted);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_a_prize_keeps_what_it_leaves_out_and_empties_what_is_null(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(2).await;
    let full = json!({
        "name": "Renamed", "description": "More", "imageUrl": "https://example.com/b.png", "quantity": 4,
        "metadata": { "a": [1] },
    });
    let change = async |more: &Json| {
        let mut input = more.clone();
        input["prizeId"] = json!(prize);
        let answer = scene
            .creator
            .mutate("updatePrize", input, &format!("prize {{ {FIELDS} }}"))
            .await;
        answer.at("/updatePrize/prize").clone()
    };
    let mut wanted = full.clone();
    (wanted["position"], wanted["quantityRemaining"], wanted["deletedAt"]) = (json!(0), json!(4), Json::Null);
    assert_eq!(change(&full).await, wanted);
    assert_eq!(change(&json!({})).await, wanted);
    let nulls = json!({ "name": null, "description": null, "imageUrl": null, "quantity": null, "metadata": null });
    (wanted["description"], wanted["imageUrl"]) = (Json::Null, Json::Null);
    assert_eq!(change(&nulls).await, wanted);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prizes_made_at_once_get_places_of_their_own(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let makes = (0..10).map(|_| scene.prize(1));
    join_all(makes).await;
    let document = "query($id: ID!) { room(id: $id) { prizes { nodes { position } } } }";
    let answer = scene.outsider.run(document, json!({ "id": scene.room })).await;
    let positions: Vec<_> = answer
        .list("/room/prizes/nodes")
        .iter()
        .map(|prize| prize["position"].as_i64().unwrap())
        .collect();
    assert_eq!(positions, (0..10).collect::<Vec<_>>());
    assert_sound(&scene.world, &scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prize_with_a_winner_cannot_be_deleted_until_the_win_is_revoked(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(2).await;
    let (_, place) = scene.participant("Gustav Guest").await;
    let win = scene.award(&prize, &place).await;
    let delete = json!({ "prizeId": prize });
    let answer = scene
        .world
        .refuses(&scene.creator, "deletePrize", delete.clone(), "CONFLICT", None)
        .await;
    assert!(answer.message().contains("winners"), "{}", answer.message());

    let revoke = json!({ "winnerId": win, "reason": "A mistake" });
    scene
        .creator
        .mutate("revokeWinner", revoke, "winner { id }")
        .await
        .text("/revokeWinner/winner/id");
    let answer = scene
        .creator
        .mutate("deletePrize", delete.clone(), "prize { id deletedAt }")
        .await;
    assert!(answer.at("/deletePrize/prize/deletedAt").is_string());
    assert_sound(&scene.world, &scene.room).await;

    // It is on no list, but history still leads to it.
    let document = "query($id: ID!, $prize: ID!) { node(id: $prize) { id }
        room(id: $id) { prizes { totalCount nodes { id } } winners { nodes { prize { id deletedAt } } } } }";
    let answer = scene
        .outsider
        .run(document, json!({ "id": scene.room, "prize": prize }))
        .await;
    assert_eq!(answer.at("/room/prizes"), &json!({ "totalCount": 0, "nodes": [] }));
    assert_eq!(answer.text("/room/winners/nodes/0/prize/id"), prize);
    assert!(answer.at("/room/winners/nodes/0/prize/deletedAt").is_string());
    assert_eq!(answer.at("/node"), &Json::Null);

    let inputs = [
        ("deletePrize", delete),
        ("updatePrize", json!({ "prizeId": prize, "name": "Too late" })),
        ("awardPrize", json!({ "prizeId": prize, "participantId": place })),
    ];
    for (mutation, input) in inputs {
        scene
            .world
            .refuses(&scene.creator, mutation, input, "NOT_FOUND", Some("prizeId"))
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_keeps_its_limit_of_prizes_whatever_was_deleted(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let first = scene.prize(1).await;
    let last = scene.prize(1).await;
    // As if a thousand had been made since.
    tests::database::execute(&scene.world.db, "UPDATE prizes SET position = 999 WHERE position = 1").await;
    scene
        .creator
        .mutate("deletePrize", json!({ "prizeId": first }), "prize { id }")
        .await
        .text("/deletePrize/prize/id");
    let third = scene.prize(1).await;
    let document = "query($id: ID!) { room(id: $id) { prizes { nodes { id } } } }";
    let answer = scene.outsider.run(document, json!({ "id": scene.room })).await;
    assert_eq!(
        answer.at("/room/prizes/nodes"),
        &json!([{ "id": last }, { "id": third }])
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_prizes_of_a_room_that_is_over_cannot_be_changed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    for (end, status) in [("completeRoom", "COMPLETED"), ("cancelRoom", "CANCELLED")] {
        let room = scene.creator.active_room(&scene.organization, json!({})).await;
        let input = json!({ "roomId": room, "name": "A prize" });
        let prize = scene.creator.mutate("createPrize", input.clone(), "prize { id }").await;
        let prize = prize.text("/createPrize/prize/id");
        scene
            .creator
            .mutate(end, json!({ "roomId": room }), "room { id }")
            .await
            .text(&format!("/{end}/room/id"));
        let inputs = [
            ("createPrize", input),
            ("updatePrize", json!({ "prizeId": prize, "name": "Too late" })),
            ("reorderPrizes", json!({ "roomId": room, "prizeIds": [prize] })),
            ("deletePrize", json!({ "prizeId": prize })),
        ];
        for (mutation, input) in inputs {
            let answer = scene
                .world
                .refuses(&scene.creator, mutation, input, "CONFLICT", None)
                .await;
            assert!(answer.message().contains(status), "{}", answer.message());
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_of_the_organization_or_of_the_room_cannot_change_a_prize(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(2).await;
    let (of_room, _) = scene.staff("Vito Viewer", "VIEWER").await;
    let (moderator, _) = scene.staff("Mona Moderator", "MODERATOR").await;
    let (participant, _) = scene.participant("Paul Participant").await;
    for client in [&scene.viewer, &scene.reviewer, &of_room, &moderator, &participant] {
        let inputs = [
            ("createPrize", json!({ "roomId": scene.room, "name": "Another" })),
            ("updatePrize", json!({ "prizeId": prize, "quantity": 100 })),
            ("reorderPrizes", json!({ "roomId": scene.room, "prizeIds": [prize] })),
            ("deletePrize", json!({ "prizeId": prize })),
        ];
        for (mutation, input) in inputs {
            let answer = scene.world.refuses(client, mutation, input, "FORBIDDEN", None).await;
            let said = answer.message();
            assert!(said.contains("ADMIN") && said.contains("ORGANIZER"), "{said}");
        }
    }
}
