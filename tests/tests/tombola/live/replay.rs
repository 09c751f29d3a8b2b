//! `after` replays what was missed and goes over to live; without it, only what comes.

use api::room::RoomFacts;
use entity::room::{room, room_counter, room_event};
use rstest::rstest;
use sea_orm::{EntityTrait, sea_query::Expr};
use serde_json::json;
use tests::{Database, Scene, socket::Received};

use super::follower::{Follower, change, log, newest};
use crate::relations::rows::{Rows, insert};

/// Writes so many events into the room's log that it has `total`.
pub(crate) async fn fill(scene: &Scene, total: i64) {
    let found = room::Entity::find().one(&scene.world.db).await.unwrap().unwrap();
    let rows = Rows(scene.world.clock.clone());
    let title = |number| {
        api::room::Event::RoomChanged(RoomFacts {
            title: format!("Title {number}"),
            ..RoomFacts::default()
        })
    };
    let before = newest(&scene.outsider, &scene.room).await;
    let events: Vec<_> = (before + 1..=total)
        .map(|number| rows.event(&found, number, title(number)))
        .collect();
    insert::<room_event::Entity>(&scene.world.db, &events).await;
    room_counter::Entity::update_many()
        .col_expr(room_counter::Column::NextSequence, Expr::value(total + 1))
        .exec(&scene.world.db)
        .await
        .unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_missed_is_replayed_and_then_it_goes_on_live(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    // Events are read a hundred at a time: less, exactly as many, one more, and several times.
    #[values(99, 100, 101, 250)] total: i64,
) {
    let scene = Scene::new(database).await;
    let (_, place) = scene.participant("Gina").await;
    fill(&scene, total).await;
    for after in [0, 1, total - 100, total - 1, total] {
        let after = after.max(0);
        let mut follower = Follower::events(&scene.outsider, &scene.room, Some(after), "sequence").await;
        for expected in after + 1..=total {
            assert_eq!(follower.sequence().await, expected, "after {after} of {total}");
        }
        follower.is_silent().await;
    }
    let mut follower = Follower::events(&scene.outsider, &scene.room, Some(total - 3), "sequence").await;
    for number in 1..=5 {
        change(&scene.creator, &place, number).await;
    }
    for expected in total - 2..=total + 5 {
        assert_eq!(follower.sequence().await, expected);
    }
    follower.is_silent().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_without_after_sees_only_what_comes(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let (_, place) = scene.participant("Gina").await;
    fill(&scene, 30).await;
    let mut follower = Follower::events(&scene.outsider, &scene.room, None, "sequence").await;
    // The subscription begins some time after it was asked for: changes go on until the first of them arrives.
    let changes = async {
        for number in 1.. {
            change(&scene.creator, &place, number).await;
        }
    };
    let first = tokio::select! {
        () = changes => unreachable!("the changes go on"),
        first = follower.sequence() => first,
    };
    assert!(first > 30, "{first} had happened before");
    let last = newest(&scene.outsider, &scene.room).await;
    for expected in first + 1..=last {
        assert_eq!(follower.sequence().await, expected);
    }
    // The change that was under way when the first event came may still be made: no silence is to be expected.
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn announcements_of_winners_are_replayed_and_go_on_live(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(10).await;
    let mut places = Vec::new();
    for number in 0..6 {
        places.push(scene.participant(&format!("Guest {number}")).await.1);
    }
    for place in &places[..4] {
        scene.award(&prize, place).await;
    }
    let expected = |log: &[serde_json::Value]| -> Vec<(i64, String)> {
        let announced = log.iter().filter(|event| event["__typename"] == "WinnerAnnounced");
        announced
            .map(|event| {
                (
                    event["sequence"].as_i64().unwrap(),
                    event["displayName"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    };
    let selection = "__typename sequence ... on WinnerAnnounced { displayName }";
    let before = expected(&log(&scene.outsider, &scene.room, selection).await);
    let mut from_start = Follower::winners(&scene.outsider, &scene.room, Some(0), "sequence displayName").await;
    let mut from_second =
        Follower::winners(&scene.outsider, &scene.room, Some(before[1].0), "sequence displayName").await;
    for place in &places[4..] {
        change(&scene.creator, place, 5).await;
        scene.award(&prize, place).await;
    }
    let all = expected(&log(&scene.outsider, &scene.room, selection).await);
    assert_eq!(all.len(), 6);
    for (follower, expected) in [(&mut from_start, &all[..]), (&mut from_second, &all[2..])] {
        for (sequence, name) in expected {
            let event = follower.next().await;
            assert_eq!(
                (&event["sequence"], &event["displayName"]),
                (&json!(sequence), &json!(name))
            );
        }
        follower.is_silent().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_subscriptions_share_a_socket_and_end_one_by_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let (_, place) = scene.participant("Gina").await;
    let prize = scene.prize(5).await;
    let other = scene
        .creator
        .active_room(&scene.organization, json!({ "isPublic": true }))
        .await;
    let document =
        "subscription($room: ID!, $after: Long!) { roomEvents(roomId: $room, after: $after) { sequence roomId } }";
    let winners = "subscription($room: ID!) { winnerAnnounced(roomId: $room, after: 0) { sequence roomId } }";
    let (here, there) = (
        newest(&scene.outsider, &scene.room).await,
        newest(&scene.outsider, &other).await,
    );
    let mut socket = scene.outsider.socket().await;
    socket
        .subscribe("here", document, json!({ "room": scene.room, "after": here }))
        .await;
    socket
        .subscribe("there", document, json!({ "room": other, "after": there }))
        .await;
    socket
        .subscribe("winners", winners, json!({ "room": scene.room }))
        .await;

    scene.award(&prize, &place).await;
    let mut seen = vec![receive(&mut socket).await, receive(&mut socket).await];
    seen.sort();
    assert_eq!(
        seen,
        [
            ("here".to_owned(), here + 1, scene.room.clone()),
            ("winners".to_owned(), here + 1, scene.room.clone())
        ]
    );
    scene
        .creator
        .mutate("cancelRoom", json!({ "roomId": other }), "room { id }")
        .await
        .at("/cancelRoom");
    assert_eq!(receive(&mut socket).await, ("there".to_owned(), there + 1, other));

    socket.send(json!({ "type": "complete", "id": "here" })).await;
    let second = scene.participant("Hans").await.1;
    scene.award(&prize, &second).await;
    let (id, sequence, _) = receive(&mut socket).await;
    assert_eq!((id.as_str(), sequence), ("winners", here + 3));
}

async fn receive(socket: &mut tests::Socket) -> (String, i64, String) {
    let Received::Next(id, payload) = socket.receive().await else {
        panic!("expected an event");
    };
    let event = payload["data"].as_object().unwrap().values().next().unwrap().clone();
    (
        id,
        event["sequence"].as_i64().unwrap(),
        event["roomId"].as_str().unwrap().to_owned(),
    )
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sequence_that_never_was_is_refused(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let last = newest(&scene.outsider, &scene.room).await;
    for after in [-1, last + 1, i64::from(u32::MAX)] {
        let mut follower = Follower::events(&scene.outsider, &scene.room, Some(after), "sequence").await;
        assert_eq!(follower.end().await, "VALIDATION", "after {after}");
    }
}
