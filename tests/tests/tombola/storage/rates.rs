//! Who writes or replays much waits for it, and nobody else does.

use chrono::Duration;
use rstest::rstest;
use serde_json::json;
use tests::{Answer, Database, Scene, World, database::execute, socket::Received};

use super::{much, write_much};
use crate::{
    draws::{crowd::crowd, stage::Stage},
    live::{follower::Follower, replay::fill},
};

/// One request a second, twelve at once.
async fn strict(database: Database) -> World {
    World::with(database, |config| {
        config.rates.requests_per_minute = 60;
        config.rates.burst = 12;
        config.rates.callers_per_address = 25;
    })
    .await
}

async fn scene(database: Database) -> Scene {
    Scene::in_world(strict(database).await).await
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_written_much_waits_before_the_next_change(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = scene(database).await;
    scene.world.clock.advance(Duration::seconds(60));
    // 80 kB and more each: twenty requests, of which twelve were there.
    write_much(&scene, '🎉').await.at("/updateRoom");
    let input = much(&scene, 'x');
    let refused = scene
        .world
        .refuses(&scene.creator, "updateRoom", input, "RATE_LIMITED", None)
        .await;
    assert_eq!(refused.status, 429);
    scene.viewer.query("{ viewer { email } }").await.at("/viewer");
    scene.admin.draft_room(&scene.organization, json!({})).await;
    scene.world.clock.advance(Duration::seconds(3));
    assert_eq!(
        write_much(&scene, 'x').await.code(),
        Some("RATE_LIMITED"),
        "it is not paid yet"
    );
    scene.world.clock.advance(Duration::seconds(60));
    write_much(&scene, 'x').await.at("/updateRoom");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_change_is_not_charged_for_what_it_did_not_write(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = scene(database).await;
    scene.world.clock.advance(Duration::seconds(60));
    for _ in 0..12 {
        let mut input = much(&scene, '🎉');
        input["endsAt"] = json!("2020-01-01T00:00:00Z");
        input["startsAt"] = json!("2021-01-01T00:00:00Z");
        let answer = scene.creator.mutate("updateRoom", input, "room { id }").await;
        assert_eq!(answer.code(), Some("VALIDATION"), "{}", answer.body);
    }
}

/// A request with 20 changes of 1 kB each.
async fn write_little_often(scene: &Scene) -> Answer {
    let change = |number: usize| {
        let text = "x".repeat(1000);
        format!(
            "c{number}: updateRoom(input: {{ roomId: \"{}\", settings: {{ a: \"{number}{text}\" }} }}) {{ room {{ id }} }}",
            scene.room
        )
    };
    let changes: Vec<_> = (0..20).map(change).collect();
    scene
        .creator
        .query(&format!("mutation {{ {} }}", changes.join(" ")))
        .await
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_changes_of_one_request_are_charged_together(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = scene(database).await;
    scene.world.clock.advance(Duration::seconds(60));
    write_little_often(&scene).await;
    let input = much(&scene, 'x');
    scene
        .world
        .refuses(&scene.creator, "updateRoom", input, "RATE_LIMITED", None)
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_rolled_back_is_charged_as_well(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = scene(database).await;
    scene.world.clock.advance(Duration::seconds(60));
    // A gigabyte is the smallest plan's.
    execute(&scene.world.db, "UPDATE storage_counters SET bytes = 1000000000").await;
    let input = much(&scene, '🎉');
    let refuse = |input, code| scene.world.refuses(&scene.creator, "updateRoom", input, code, None);
    refuse(input.clone(), "LIMITED").await;
    refuse(input, "RATE_LIMITED").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_replays_much_of_a_log_waits_for_the_rest(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = scene(database).await;
    fill(&scene, 900).await;
    scene.world.clock.advance(Duration::seconds(60));
    // Each event may cost 101: ten of them are a request. The first 16 are paid for when the subscription begins.
    let selection = "sequence room { participants(first: 99) { nodes { id } } }";
    let mut last = 0;
    let mut waits = 0;
    while last < 900 {
        let mut follower = Follower::events(&scene.outsider, &scene.room, Some(last), selection).await;
        let before = last;
        let code = loop {
            match follower.socket.receive().await {
                Received::Next(_, payload) if payload["errors"].is_null() => {
                    last += 1;
                    assert_eq!(payload["data"]["roomEvents"]["sequence"], last, "none is missed");
                    if last == 900 {
                        break None;
                    }
                }
                Received::Next(_, payload) => {
                    break payload["errors"][0]["extensions"]["code"].as_str().map(str::to_owned);
                }
                Received::Error(_, errors) => break errors[0]["extensions"]["code"].as_str().map(str::to_owned),
                other => panic!("after {last}: {other:?}"),
            }
        };
        let Some(code) = code else { break };
        assert_eq!(code, "RATE_LIMITED", "after {last}");
        assert!((100..160).contains(&(last - before)), "{last} after {before}");
        waits += 1;
        scene.world.clock.advance(Duration::seconds(60));
    }
    assert!((5..9).contains(&waits), "{waits}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_transcript_counts_as_several_requests(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::in_world(strict(database).await, 1).await;
    crowd(&stage, 40_000).await;
    stage.world().clock.advance(Duration::seconds(60));
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    stage.call("freezeDraw", &draw).await;
    let reader = &stage.scene.outsider;
    let mut answered = 0;
    let refused = loop {
        let path = format!("{}/draws/{draw}/transcript.json", reader.base());
        let request = reader.http().get(path).bearer_auth(reader.token.as_deref().unwrap());
        let response = request.send().await.unwrap();
        if response.status() != 200 {
            break response;
        }
        assert!(response.bytes().await.unwrap().len() > 1_000_000);
        answered += 1;
        assert!(answered < 12, "as many as there are requests");
    };
    assert_eq!(refused.status(), 429);
    // Twelve at once: the first is read and packed, others are handed what was.
    assert!((3..8).contains(&answered), "{answered}");
}
