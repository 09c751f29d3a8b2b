//! A server that is killed in the middle of an operation: each root field was made or not, and the retry makes the rest.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use chrono::Utc;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene, World};

use super::{count, document};
use crate::program::{Program, Serving};

const TRIES: u32 = 12;
const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// A scene whose people are known to a process beside it, which lives in the present.
async fn scene(database: Database) -> Scene {
    let world = World::new(database).await;
    world.clock.advance(Utc::now() - world.clock.now());
    Scene::in_world(world).await
}

fn program(scene: &Scene) -> Program {
    let key = scene.world.folder().join("tombola.key");
    Program::on(&scene.world.database.server_url())
        .with("TOMBOLA_AUTH__SIGNING_KEY_FILE", key.to_str().unwrap())
        .with("TOMBOLA_DRAWS__TICK_MILLISECONDS", "60000")
}

fn creator(scene: &Scene, serving: &Serving) -> Client {
    let creator = &scene.creator;
    serving
        .client()
        .signed_in(creator.token.as_deref().unwrap(), &creator.user)
}

/// Whether the answer came before the server ended.
async fn answered(client: &Client, key: &str, document: &str) -> bool {
    let request = client
        .http()
        .post(format!("{}/graphql", client.base()))
        .header("authorization", format!("Bearer {}", client.token.as_deref().unwrap()))
        .header("idempotency-key", key)
        .json(&json!({ "query": document }));
    let Ok(response) = request.send().await else {
        return false;
    };
    let Ok(body) = response.json::<Json>().await else {
        return false;
    };
    assert!(body["errors"].is_null(), "{body}");
    true
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_after_a_kill_makes_each_field_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = scene(database).await;
    let document = document(&scene, &NAMES);
    let program = program(&scene);
    let serving = program.serve(&["serve"]).await;
    let begun = Instant::now();
    assert!(answered(&creator(&scene, &serving), "measured", &document).await);
    let takes = begun.elapsed();
    serving.stop().await.is_ok();

    let (mut wait, mut runs, mut cut_in_the_middle) = (Duration::ZERO, 1, 0);
    loop {
        let key = format!("killed-after-{}", wait.as_micros());
        let mut serving = program.serve(&["serve"]).await;
        let client = creator(&scene, &serving);
        let told = tokio::select! {
            told = answered(&client, &key, &document) => told,
            () = tokio::time::sleep(wait) => false,
        };
        serving.kill();
        assert_eq!(serving.ended().await.code, None, "it was killed");

        let serving = program.serve(&["serve"]).await;
        let client = creator(&scene, &serving).keyed(&key);
        // PostgreSQL may still be busy with what the dead process sent: the retry waits for that.
        let made_before = count(&scene.world, "prizes").await - runs * NAMES.len() as i64;
        cut_in_the_middle += i32::from((1..NAMES.len() as i64).contains(&made_before));
        let retried = client.query(&document).await;
        assert!(retried.is_ok(), "after {wait:?}: {}", retried.body);
        runs += 1;
        let ids: BTreeSet<_> = NAMES
            .iter()
            .map(|name| retried.text(&format!("/{name}/prize/id")))
            .collect();
        assert_eq!(ids.len(), NAMES.len());
        for table in ["prizes", "idempotency_keys"] {
            assert_eq!(
                count(&scene.world, table).await,
                runs * NAMES.len() as i64,
                "{table} after {wait:?}"
            );
        }
        assert_eq!(client.query(&document).await.body["data"], retried.body["data"]);
        serving.stop().await.is_ok();
        if told {
            break;
        }
        wait += takes / TRIES;
    }
    assert!(cut_in_the_middle > 0, "no kill came in the middle of the operation");
}
