//! Two server processes on one PostgreSQL database: what one commits, the followers of the other see.

use std::sync::atomic::{AtomicBool, Ordering};

use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene, Second};

use super::follower::{Follower, change, newest};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_sees_what_another_process_commits(
    #[values(Database::Postgres)] database: Database,
    // Once by looking now and then, once by the database's wakes alone.
    #[values(50, 60_000)] poll_milliseconds: u64,
) {
    let scene = Scene::new(database).await;
    let place = scene.participant("Gina").await.1;
    let prize = scene.prize(3).await;
    let second = Second::start(&scene.world, |config| {
        config.events.poll_milliseconds = poll_milliseconds
    })
    .await;
    let last = newest(&scene.outsider, &scene.room).await;
    let elsewhere = second.client(&scene.outsider);
    let mut here = Follower::events(&scene.outsider, &scene.room, Some(last), "sequence room { title }").await;
    let mut there = Follower::events(&elsewhere, &scene.room, Some(last), "sequence room { title }").await;
    let mut winners = Follower::winners(&second.stranger, &scene.room, Some(last), "sequence displayName").await;
    let writers = [&scene.creator, &second.client(&scene.creator)];
    for number in 0..20 {
        change(writers[number % 2], &place, number as i64).await;
        let sequence = last + 1 + number as i64;
        assert_eq!((there.sequence().await, here.sequence().await), (sequence, sequence));
    }
    scene.award(&prize, &place).await;
    assert_eq!(
        winners.next().await,
        json!({ "sequence": last + 21, "displayName": "Gina" })
    );
    assert_eq!(
        there.next().await,
        json!({ "sequence": last + 21, "room": { "title": "The room" } })
    );
    second.stop().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn access_that_ends_in_one_process_ends_the_streams_of_the_other(
    #[values(Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let room = scene
        .creator
        .active_room(&scene.organization, json!({ "title": "Private" }))
        .await;
    let guest = scene.world.user("Gina").await;
    let input = json!({ "roomId": room, "userId": guest.user });
    let added = scene
        .creator
        .mutate("addParticipant", input, "participant { id }")
        .await;
    let place = added.text("/addParticipant/participant/id");
    let second = Second::start(&scene.world, |config| config.events.poll_milliseconds = 50).await;
    let last = newest(&guest, &room).await;
    let mut follower = Follower::events(&second.client(&guest), &room, Some(last), "sequence").await;
    change(&scene.creator, &place, 2).await;
    assert_eq!(follower.sequence().await, last + 1);
    scene
        .creator
        .mutate(
            "removeParticipant",
            json!({ "participantId": place }),
            "participant { id }",
        )
        .await
        .at("/removeParticipant");
    assert_eq!(follower.end().await, "NOT_FOUND");

    let last = newest(&scene.outsider, &scene.room).await;
    let mut follower = Follower::events(&second.stranger, &scene.room, Some(last), "sequence").await;
    follower.is_silent().await;
    let input = json!({ "roomId": scene.room });
    scene
        .creator
        .mutate("cancelRoom", input.clone(), "room { id }")
        .await
        .at("/cancelRoom");
    assert_eq!(follower.sequence().await, last + 1);
    scene
        .creator
        .mutate("deleteRoom", input, "room { id }")
        .await
        .at("/deleteRoom");
    assert_eq!(follower.end().await, "NOT_FOUND");
    second.stop().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_comes_back_to_another_process_misses_nothing(
    #[values(Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let second = Second::start(&scene.world, |config| config.events.poll_milliseconds = 60_000).await;
    let places = [scene.participant("Gina").await.1, scene.participant("Hans").await.1];
    let before = newest(&scene.outsider, &scene.room).await;
    let done = AtomicBool::new(false);
    let write = async {
        let writers = [scene.creator.clone(), second.client(&scene.creator)];
        let share = |number: usize| {
            let (client, place) = (writers[number].clone(), places[number].clone());
            async move {
                for tickets in 0..200 {
                    change(&client, &place, tickets).await;
                }
            }
        };
        futures::join!(share(0), share(1));
        done.store(true, Ordering::SeqCst);
    };
    let total = before + 400;
    let follow = async {
        let clients = [scene.outsider.clone(), second.client(&scene.outsider)];
        let (mut seen, mut cuts, mut cuts_while_writing) = (Vec::new(), 0_usize, 0);
        while seen.len() < 400 {
            let last = seen.last().copied().unwrap_or(before);
            let mut follower = Follower::events(&clients[cuts % 2], &scene.room, Some(last), "sequence").await;
            // Sometimes nothing is read at all, sometimes more than was there when the stream began.
            let wanted = [0, 1, 7, 2, 13, 0, 5, 30][cuts % 8].min(400 - seen.len());
            for _ in 0..wanted {
                seen.push(follower.sequence().await);
            }
            follower.socket.cut();
            cuts += 1;
            cuts_while_writing += usize::from(!done.load(Ordering::SeqCst));
        }
        (seen, cuts_while_writing)
    };
    let ((), (seen, cuts)) = futures::join!(write, follow);
    assert_eq!(seen, (before + 1..=total).collect::<Vec<_>>());
    assert!(cuts > 10, "{cuts} cuts while changes went on");
    second.stop().await;
}
