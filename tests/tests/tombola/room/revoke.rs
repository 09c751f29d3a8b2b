//! Taking a win back.

use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene};

use super::soundness::{assert_sound, events};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_win_gives_its_quantity_back_and_says_why(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(2).await;
    let (_, place) = scene.participant("Gustav Guest").await;
    let win = scene.award(&prize, &place).await;
    let input = json!({ "winnerId": win, "reason": "  Was not there  " });
    let selection = "winner { id status revokeReason revokedAt prize { quantityRemaining } }";
    let answer = scene.admin.mutate("revokeWinner", input.clone(), selection).await;
    let winner = answer.at("/revokeWinner/winner");
    assert_eq!(winner["id"], json!(win));
    assert_eq!(winner["status"], "REVOKED");
    assert_eq!(winner["revokeReason"], "Was not there");
    assert!(winner["revokedAt"].is_string());
    assert_eq!(winner["prize"]["quantityRemaining"], 2);

    let event = events(&scene.world, &scene.room).await.pop().unwrap();
    assert_eq!(event.kind, "WINNER_REVOKED");
    assert_eq!(event.payload["reason"], "Was not there");
    assert_sound(&scene.world, &scene.room).await;

    let answer = scene
        .world
        .refuses(&scene.creator, "revokeWinner", input, "CONFLICT", None)
        .await;
    assert!(answer.message().contains("REVOKED"), "{}", answer.message());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_revocations_at_once_one_is_done(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(3).await;
    for round in 0..3 {
        let (_, place) = scene.participant(&format!("Guest {round}")).await;
        let win = scene.award(&prize, &place).await;
        let input = json!({ "winnerId": win, "reason": "A mistake" });
        let revocations = (0..20).map(|_| scene.creator.mutate("revokeWinner", input.clone(), "winner { id }"));
        let answers = join_all(revocations).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for refused in answers.iter().filter(|answer| !answer.is_ok()) {
            refused.assert_refused("CONFLICT");
            assert!(refused.message().contains("REVOKED"), "{}", refused.message());
        }
        assert_sound(&scene.world, &scene.room).await;
    }
    let document = "query($id: ID!) { room(id: $id) { prizes { nodes { quantityRemaining } } } }";
    let answer = scene.outsider.run(document, json!({ "id": scene.room })).await;
    assert_eq!(answer.number("/room/prizes/nodes/0/quantityRemaining"), 3);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_win_can_be_revoked_when_the_room_is_completed_but_not_when_it_was_called_off(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    for (end, may) in [("completeRoom", true), ("cancelRoom", false)] {
        let room = scene
            .creator
            .active_room(&scene.organization, json!({ "isPublic": true }))
            .await;
        let input = json!({ "roomId": room, "name": "A prize" });
        let prize = scene
            .creator
            .mutate("createPrize", input, "prize { id }")
            .await
            .text("/createPrize/prize/id");
        let place = scene.outsider.join(&room).await;
        let win = scene.award(&prize, &place).await;
        scene
            .creator
            .mutate(end, json!({ "roomId": room }), "room { id }")
            .await
            .text(&format!("/{end}/room/id"));
        let input = json!({ "winnerId": win, "reason": "A mistake" });
        if may {
            let answer = scene.creator.mutate("revokeWinner", input, "winner { status }").await;
            assert_eq!(answer.text("/revokeWinner/winner/status"), "REVOKED");
        } else {
            let answer = scene
                .world
                .refuses(&scene.creator, "revokeWinner", input, "CONFLICT", None)
                .await;
            assert!(answer.message().contains("CANCELLED"), "{}", answer.message());
        }
        assert_sound(&scene.world, &room).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_win_that_is_not_live_cannot_be_revoked(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let (_, place) = scene.participant("Gustav Guest").await;
    let win = scene.award(&prize, &place).await;
    for status in ["DECLINED", "EXPIRED"] {
        let sql = format!("UPDATE winners SET status = '{status}'");
        tests::database::execute(&scene.world.db, &sql).await;
        let input = json!({ "winnerId": win, "reason": "A mistake" });
        let answer = scene
            .world
            .refuses(&scene.creator, "revokeWinner", input, "CONFLICT", None)
            .await;
        assert!(answer.message().contains(status), "{}", answer.message());
    }
    tests::database::execute(&scene.world.db, "UPDATE winners SET status = 'CLAIMED'").await;
    let input = json!({ "winnerId": win, "reason": "A mistake" });
    let answer = scene.creator.mutate("revokeWinner", input, "winner { status }").await;
    assert_eq!(answer.text("/revokeWinner/winner/status"), "REVOKED");
}
