//! Who writes or replays much waits for it, and nobody else does.

use chrono::Duration;
use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene, World, socket::Received};

use super::{much, write_much};
use crate::live::{follower::Follower, replay::fill};

/// One request a second, twelve at once.
async fn scene(database: Database) -> Scene {
    let world = World::with(database, |config| {
        config.rates.requests_per_minute = 60;
        config.rates.burst = 12;
        config.rates.callers_per_address = 25;
    });
    Scene::in_world(world.await).await
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

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_replays_much_of_a_log_waits_for_the_rest(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = scene(database).await;
    fill(&scene, 900).await;
    scene.world.clock.advance(Duration::seconds(60));
    // Each event may cost 101: ten of them are a request.
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
        assert!((500..700).contains(&(last - before)), "{last} after {before}");
        waits += 1;
        scene.world.clock.advance(Duration::seconds(60));
    }
    assert_eq!(waits, 1);
}
