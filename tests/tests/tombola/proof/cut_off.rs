//! A subscriber that is cut off again and again misses nothing and sees nothing twice.

use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, Scene};

const WRITERS: usize = 4;
const CHANGES: usize = 500;
const CUTS: u64 = 100;

const FOLLOW: &str = "subscription($room: ID!, $after: Long) { roomEvents(roomId: $room, after: $after) { sequence } }";

/// Changes one participant's tickets over and over: each change is one event.
async fn change(organizer: Client, place: String) {
    for number in 0..CHANGES {
        let input = json!({ "participantId": place, "tickets": number });
        let answer = organizer
            .mutate("updateParticipant", input, "participant { tickets }")
            .await;
        assert!(answer.is_ok(), "{}", answer.body);
    }
}

/// A fixed walk through small numbers, so that every run cuts at the same places.
fn next(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % 41
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_is_cut_off_a_hundred_times_sees_every_event_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let (_, place) = scene.participant(&format!("Guest {number}")).await;
        writers.push(tokio::spawn(change(scene.creator.clone(), place)));
    }
    let before = i64::try_from(WRITERS).unwrap() + 2;
    let total = before + i64::try_from(WRITERS * CHANGES).unwrap();

    let mut seen = Vec::new();
    let (mut seed, mut cuts) = (7, 0);
    while seen.len() < usize::try_from(total).unwrap() {
        let mut socket = scene.outsider.socket().await;
        let after = seen.last().copied().unwrap_or(0);
        socket
            .subscribe("1", FOLLOW, json!({ "room": scene.room, "after": after }))
            .await;
        let until = if cuts < CUTS { next(&mut seed) } else { u64::MAX };
        let mut received = 0;
        while received < until && seen.len() < usize::try_from(total).unwrap() {
            seen.push(socket.next().await["roomEvents"]["sequence"].as_i64().unwrap());
            received += 1;
        }
        cuts += 1;
        socket.cut();
    }
    for writer in join_all(writers).await {
        writer.unwrap();
    }

    assert!(cuts > CUTS, "the subscriber was cut off {cuts} times only");
    assert_eq!(seen, (1..=total).collect::<Vec<_>>());
}
