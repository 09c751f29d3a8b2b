//! Sequences count from 1 without gaps, whoever writes at the same time and whatever is refused.

use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, Scene, World};

use super::follower::{Follower, log};

const WRITERS: usize = 20;
const CHANGES: i64 = 8;

/// One organizer's share: changes that count, and between them some that are refused.
async fn write(client: Client, room: String, place: String, prize: String, number: usize) -> usize {
    let mut counted = 0;
    for step in 0..CHANGES {
        let input = json!({ "participantId": place, "tickets": step });
        client
            .mutate("updateParticipant", input, "participant { id }")
            .await
            .at("/updateParticipant");
        counted += 1;
        let input = json!({ "prizeId": prize, "participantId": place });
        let award = client.mutate("awardPrize", input, "winner { id }").await;
        match award.code() {
            None => counted += 1,
            Some(code) => assert_eq!(code, "CONFLICT", "{}", award.body),
        }
        if step % 4 == 0 {
            let input = json!({ "roomId": room, "name": format!("Prize {number}.{step}") });
            client
                .mutate("createPrize", input, "prize { id }")
                .await
                .at("/createPrize");
            counted += 1;
            let input = json!({ "roomId": room, "maxParticipants": 1 });
            client
                .mutate("updateRoom", input, "room { id }")
                .await
                .assert_refused("CONFLICT");
        }
    }
    counted
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_parallel_writers_leave_no_gap_and_no_event_of_a_refused_change(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::with(database, |config| config.database.max_connections = 16).await;
    let scene = Scene::in_world(world).await;
    let prize = scene.prize(5).await;
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let (client, place) = scene.staff(&format!("Organizer {number}"), "ORGANIZER").await;
        writers.push((client, place));
    }
    let before = log(&scene.outsider, &scene.room, "sequence").await.len();
    let mut follower = Follower::events(&scene.outsider, &scene.room, Some(0), "sequence").await;

    let work = writers
        .into_iter()
        .enumerate()
        .map(|(number, (client, place))| tokio::spawn(write(client, scene.room.clone(), place, prize.clone(), number)));
    let counted: usize = join_all(work).await.into_iter().map(Result::unwrap).sum();

    let total = before + counted;
    let events = log(&scene.outsider, &scene.room, "sequence __typename").await;
    let sequences: Vec<_> = events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequences, (1..=total as u64).collect::<Vec<_>>());
    let announced = events
        .iter()
        .filter(|event| event["__typename"] == "WinnerAnnounced")
        .count();
    assert_eq!(announced, 5);
    for expected in 1..=total as i64 {
        assert_eq!(follower.sequence().await, expected);
    }
    follower.is_silent().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_change_takes_no_sequence_and_wakes_nobody(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let place = scene.participant("Gina").await.1;
    let prize = scene.prize(1).await;
    scene.award(&prize, &place).await;
    let input = json!({ "roomId": scene.room, "maxParticipants": 2 });
    scene
        .creator
        .mutate("updateRoom", input, "room { id }")
        .await
        .at("/updateRoom");
    let events = log(&scene.outsider, &scene.room, "sequence").await;
    let last = events.len() as i64;
    let mut follower = Follower::events(&scene.outsider, &scene.room, Some(last), "sequence").await;

    // Each of these fails at another place: before the change, in its middle, and in its very last statement.
    let again = json!({ "prizeId": prize, "participantId": place });
    scene
        .world
        .refuses(&scene.creator, "awardPrize", again, "CONFLICT", None)
        .await;
    let room = json!({ "roomId": scene.room });
    let late = scene.world.user("Late").await;
    scene
        .world
        .refuses(&late, "joinRoom", room.clone(), "CONFLICT", None)
        .await;
    scene
        .world
        .refuses(&scene.creator, "openRoom", room.clone(), "CONFLICT", None)
        .await;
    let delete = json!({ "prizeId": prize });
    scene
        .world
        .refuses(&scene.creator, "deletePrize", delete, "CONFLICT", None)
        .await;
    let title = json!({ "roomId": scene.room, "title": " " });
    scene
        .world
        .refuses(&scene.creator, "updateRoom", title, "VALIDATION", Some("title"))
        .await;
    scene
        .world
        .refuses(&scene.outsider, "completeRoom", room.clone(), "FORBIDDEN", None)
        .await;

    follower.is_silent().await;
    scene
        .creator
        .mutate("completeRoom", room, "room { id }")
        .await
        .at("/completeRoom");
    assert_eq!(follower.sequence().await, last + 1);
}
