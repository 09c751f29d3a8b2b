//! Awards against whatever else happens to their prize, participant and room at the same time.

use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Answer, Database, Scene};

use super::soundness::{assert_sound, events};

struct Ground {
    room: String,
    prize: String,
    places: Vec<String>,
}

async fn ground(scene: &Scene, people: usize) -> Ground {
    let room = scene
        .creator
        .active_room(&scene.organization, json!({ "isPublic": true }))
        .await;
    let input = json!({ "roomId": room, "name": "A prize", "quantity": 100 });
    let prize = scene
        .creator
        .mutate("createPrize", input, "prize { id }")
        .await
        .text("/createPrize/prize/id");
    let mut places = Vec::new();
    for number in 0..people {
        let user = scene.world.user(&format!("Guest {number}")).await.user;
        let add = json!({ "roomId": room, "userId": user });
        let answer = scene.creator.mutate("addParticipant", add, "participant { id }").await;
        places.push(answer.text("/addParticipant/participant/id"));
    }
    Ground { room, prize, places }
}

/// Awards to everybody while one other mutation runs in their midst.
async fn awards_against(scene: &Scene, ground: &Ground, mutation: &str, input: Json) -> (Vec<Answer>, Answer) {
    let award = |place: &String| {
        let input = json!({ "prizeId": ground.prize, "participantId": place });
        let client = scene.creator.clone();
        async move { client.mutate("awardPrize", input, "winner { id }").await }
    };
    let (before, after) = ground.places.split_at(ground.places.len() / 2);
    let (first, other, second) = tokio::join!(
        join_all(before.iter().map(award)),
        scene.admin.mutate(mutation, input, "__typename"),
        join_all(after.iter().map(award)),
    );
    (first.into_iter().chain(second).collect(), other)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_award_comes_before_the_end_of_its_room_or_not_at_all(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values("completeRoom", "cancelRoom")] end: &str,
) {
    let scene = Scene::new(database).await;
    for _ in 0..6 {
        let ground = ground(&scene, 6).await;
        let input = json!({ "roomId": ground.room });
        let (awards, ended) = awards_against(&scene, &ground, end, input).await;
        assert!(ended.is_ok(), "{}", ended.body);
        for refused in awards.iter().filter(|answer| !answer.is_ok()) {
            refused.assert_refused("CONFLICT");
        }
        assert_sound(&scene.world, &ground.room).await;
        let log = events(&scene.world, &ground.room).await;
        assert_eq!(
            log.last().unwrap().kind,
            "ROOM_STATUS_CHANGED",
            "nothing is announced after the end"
        );
        let announced = log.iter().filter(|event| event.kind == "WINNER_ANNOUNCED").count();
        assert_eq!(announced, awards.iter().filter(|answer| answer.is_ok()).count());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_prize_has_no_winner_and_a_prize_with_a_winner_is_not_deleted(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    for _ in 0..12 {
        let ground = ground(&scene, 2).await;
        let input = json!({ "prizeId": ground.prize });
        let (awards, deleted) = awards_against(&scene, &ground, "deletePrize", input).await;
        let won = awards.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(deleted.is_ok(), won == 0, "{}: {won} winners", deleted.body);
        if !deleted.is_ok() {
            deleted.assert_refused("CONFLICT");
        }
        for refused in awards.iter().filter(|answer| !answer.is_ok()) {
            assert!(
                matches!(refused.code(), Some("CONFLICT" | "NOT_FOUND")),
                "{}",
                refused.body
            );
        }
        assert_sound(&scene.world, &ground.room).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_removed_wins_before_or_not_at_all(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    for _ in 0..8 {
        let ground = ground(&scene, 2).await;
        let input = json!({ "participantId": ground.places[1] });
        let (awards, removed) = awards_against(&scene, &ground, "removeParticipant", input).await;
        assert!(removed.is_ok(), "{}", removed.body);
        for refused in awards.iter().filter(|answer| !answer.is_ok()) {
            refused.assert_refused_for("NOT_FOUND", "participantId");
        }
        assert_sound(&scene.world, &ground.room).await;
        let log = events(&scene.world, &ground.room).await;
        let position = |kind: &str| log.iter().rposition(|event| event.kind == kind);
        let left = position("PARTICIPANT_LEFT").unwrap();
        let gone = log[left].payload["participantId"].clone();
        let later = log[left..]
            .iter()
            .any(|event| event.kind == "WINNER_ANNOUNCED" && event.payload["participantId"] == gone);
        assert!(!later, "they won after they had gone");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn awards_and_revocations_at_once_keep_the_count(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let ground = ground(&scene, 10).await;
    let input = json!({ "prizeId": ground.prize, "quantity": 5 });
    scene
        .creator
        .mutate("updatePrize", input, "prize { id }")
        .await
        .text("/updatePrize/prize/id");
    let work = ground.places.iter().map(|place| {
        let (client, place, prize) = (scene.creator.clone(), place.clone(), ground.prize.clone());
        async move {
            for _ in 0..4 {
                let input = json!({ "prizeId": prize, "participantId": place });
                let answer = client.mutate("awardPrize", input, "winner { id }").await;
                if !answer.is_ok() {
                    answer.assert_refused_for("CONFLICT", "prizeId");
                    continue;
                }
                let input = json!({ "winnerId": answer.text("/awardPrize/winner/id"), "reason": "Again" });
                let answer = client.mutate("revokeWinner", input, "winner { id }").await;
                assert!(answer.is_ok(), "{}", answer.body);
            }
        }
    });
    join_all(work).await;
    assert_sound(&scene.world, &ground.room).await;
    let document = "query($id: ID!) { room(id: $id) { prizes { nodes { quantityRemaining } } } }";
    let answer = scene.outsider.run(document, json!({ "id": ground.room })).await;
    assert_eq!(answer.number("/room/prizes/nodes/0/quantityRemaining"), 5);
}
