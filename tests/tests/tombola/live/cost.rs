//! What delivery costs: one look at the log, and the relations that are asked for, fresh for each event.

use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene};

use super::follower::{Follower, change, newest};

/// Statements that one change takes, until each follower has its event.
async fn cost(scene: &Scene, place: &str, tickets: i64, followers: &mut [Follower]) -> u64 {
    let before = scene.world.statements();
    change(&scene.creator, place, tickets).await;
    for follower in followers.iter_mut() {
        follower.next().await;
    }
    scene.world.statements() - before
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_takes_one_statement_for_all_unless_what_depends_on_the_caller_is_asked_for(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let place = scene.participant("Gina").await.1;
    let alone = cost(&scene, &place, 2, &mut []).await;
    assert_eq!(
        cost(&scene, &place, 3, &mut []).await,
        alone,
        "a change costs the same each time"
    );
    let own = "sequence occurredAt roomId ... on ParticipantChanged { participantId displayName role tickets }";
    let related =
        "sequence room { title } ... on ParticipantChanged { participant { role user { displayName } } user { id } }";
    let deep = "room { participants(first: 5) { nodes { user { displayName } } } }";
    let mut signed_in = vec![scene.outsider.clone()];
    for number in 0..7 {
        signed_in.push(scene.world.user(&format!("Follower {number}")).await);
    }
    let anonymous = vec![scene.world.stranger().clone(); signed_in.len()];
    // Statements: the log, and one for each relation's batch. Those for many are made once; what depends on the caller is made
    // for each who is signed in.
    for (selection, each, is_personal) in [
        ("sequence", 1, false),
        (own, 1, false),
        ("room { title }", 2, true),
        (related, 4, true),
        (deep, 4, true),
    ] {
        for (clients, number) in [(&signed_in, 1), (&signed_in, 8), (&anonymous, 1), (&anonymous, 8)] {
            let last = newest(&scene.outsider, &scene.room).await;
            let mut followers = Vec::new();
            for client in &clients[..number] {
                followers.push(Follower::events(client, &scene.room, Some(last), selection).await);
            }
            let times = match is_personal && clients[0].token.is_some() {
                true => number as u64,
                false => 1,
            };
            let mut found = Vec::new();
            for tickets in 0..8 {
                found.push(cost(&scene, &place, tickets, &mut followers).await - alone);
            }
            // At the start, and when a wake comes during a read, they look once more than they must.
            assert_eq!(
                found.iter().min(),
                Some(&(times * each)),
                "{number} followers of {selection}: {found:?}"
            );
            for follower in followers {
                follower.socket.cut();
            }
            settle(&scene, &place, alone).await;
        }
    }
}

/// Until the server has noticed that the followers are gone, it reads for them.
async fn settle(scene: &Scene, place: &str, alone: u64) {
    for tickets in 10.. {
        if cost(scene, place, tickets, &mut []).await == alone {
            return;
        }
        assert!(tickets < 1000, "the server goes on reading for followers who have gone");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_shows_its_relations_as_they_are_then(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let place = scene.participant("Gina").await.1;
    let last = newest(&scene.outsider, &scene.room).await;
    let selection = "sequence room { title participants { totalCount } winners { totalCount } }
        ... on ParticipantChanged { tickets participant { tickets } }";
    let mut follower = Follower::events(&scene.outsider, &scene.room, Some(last), selection).await;
    let prize = scene.prize(5).await;
    follower.next().await;
    for number in 1..=4_i64 {
        let title = format!("Title {number}");
        let input = json!({ "roomId": scene.room, "title": title });
        scene
            .creator
            .mutate("updateRoom", input, "room { id }")
            .await
            .at("/updateRoom");
        assert_eq!(follower.next().await["room"]["title"], title);
        change(&scene.creator, &place, number).await;
        let event = follower.next().await;
        assert_eq!(
            (&event["tickets"], &event["participant"]["tickets"]),
            (&json!(number), &json!(number))
        );
        let guest = scene.participant(&format!("Guest {number}")).await.1;
        assert_eq!(follower.next().await["room"]["participants"]["totalCount"], number + 2);
        scene.award(&prize, &guest).await;
        assert_eq!(follower.next().await["room"]["winners"]["totalCount"], number);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_is_read_at_once_and_delivered_one_by_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let place = scene.participant("Gina").await.1;
    for number in 0..60 {
        change(&scene.creator, &place, number).await;
    }
    let last = newest(&scene.outsider, &scene.room).await;
    scene.outsider.query("{ __typename }").await.at("/__typename");
    let before = scene.world.statements();
    let mut follower = Follower::events(&scene.outsider, &scene.room, Some(last - 60), "sequence").await;
    for expected in last - 59..=last {
        assert_eq!(follower.sequence().await, expected);
    }
    follower.is_silent().await;
    let spent = scene.world.statements() - before;
    assert!(
        spent <= 6,
        "{spent} statements for a stream's start and 60 events of one burst"
    );
}
