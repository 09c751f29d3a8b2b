//! Whether the process lives, and whether it is to get requests.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, TestDatabase, World, database::execute};

use crate::program::{PATIENCE, Program};

async fn get(http: &reqwest::Client, base: &str, path: &str) -> (u16, Json) {
    let answer = http.get(format!("{base}{path}")).send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

pub(super) async fn ready(world: &World) -> (u16, Json) {
    let client = world.stranger();
    get(client.http(), client.base(), "/health/ready").await
}

/// Waits until a check says this.
pub(super) async fn until(world: &World, check: &str, word: &str) -> (u16, Json) {
    let said = async {
        loop {
            let (status, body) = ready(world).await;
            if body["checks"][check] == word {
                return (status, body);
            }
        }
    };
    tokio::time::timeout(PATIENCE, said).await.expect("the check changes")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sound_server_is_live_and_ready(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let (status, body) = until(&world, "events", "ok").await;
    let checks = json!({ "database": "ok", "migrations": "ok", "writable": "ok", "events": "ok", "serving": "ok" });
    assert_eq!((status, body), (200, json!({ "status": "ready", "checks": checks })));
    let client = world.stranger();
    let (status, body) = get(client.http(), client.base(), "/health/live").await;
    assert_eq!((status, body), (200, json!({ "status": "live" })));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_migration_is_noticed(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    until(&world, "events", "ok").await;
    execute(
        &world.db,
        "UPDATE seaql_migrations SET version = 'm9999_later' WHERE version LIKE 'm0007%'",
    )
    .await;
    // One that this program does not know is no reason: a later version is being rolled out.
    let (status, _) = ready(&world).await;
    assert_eq!(status, 200);
    execute(&world.db, "DELETE FROM seaql_migrations WHERE version = 'm9999_later'").await;
    let (status, body) = until(&world, "migrations", "failed").await;
    assert_eq!((status, &body["status"]), (503, &json!("unready")));
    assert_eq!(body["checks"]["database"], "ok");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_is_noticed_without_its_name(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let serving = Program::on(&test.server_url())
        .with("TOMBOLA_DATABASE__ACQUIRE_SECONDS", "1")
        .serve(&[])
        .await;
    let superuser = test.superuser().await;
    let client = serving.client();
    let address = reqwest::Url::parse(&test.server_url()).unwrap();
    let name = address.path().trim_start_matches('/').to_owned();
    let revoke = format!("REVOKE CONNECT ON DATABASE \"{name}\" FROM PUBLIC, tombola_server");
    execute(&superuser, &revoke).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    execute(&superuser, end).await;
    let gone = async {
        loop {
            let (status, body) = get(client.http(), client.base(), "/health/ready").await;
            if body["checks"]["database"] == "failed" && body["checks"]["events"] == "failed" {
                return (status, body);
            }
        }
    };
    let (status, body) = tokio::time::timeout(PATIENCE, gone).await.expect("it is noticed");
    assert_eq!(status, 503);
    assert!(!body.to_string().contains(&name), "{body}");
    let (status, _) = get(client.http(), client.base(), "/health/live").await;
    assert_eq!(status, 200, "restarting the process would not help");
    execute(&superuser, &format!("GRANT CONNECT ON DATABASE \"{name}\" TO PUBLIC")).await;
    let back = async { while get(client.http(), client.base(), "/health/ready").await.0 != 200 {} };
    tokio::time::timeout(PATIENCE, back)
        .await
        .expect("it comes back by itself");
    serving.stop().await.is_ok();
}

#[tokio::test]
async fn asking_again_and_again_costs_the_database_and_the_log_nothing() {
    let serving = Program::new().serve(&[]).await;
    let client = serving.client();
    for _ in 0..50 {
        for path in ["/health/live", "/health/ready"] {
            get(client.http(), client.base(), path).await;
        }
        client
            .http()
            .get(format!("{}/metrics", client.base()))
            .send()
            .await
            .unwrap();
    }
    let log = serving.stop().await.is_ok().err.clone();
    assert!(!log.contains("answered"), "{log}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_ask_share_one_look(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    ready(&world).await;
    let (client, before) = (world.stranger(), world.statements());
    let start = std::time::Instant::now();
    let asked = (0..200).map(|_| get(client.http(), client.base(), "/health/ready"));
    for (status, _) in futures::future::join_all(asked).await {
        assert_eq!(status, 200);
    }
    // One look each half second; a machine under load gets more of them.
    let most = 2 + start.elapsed().as_millis() / 500;
    assert!(u128::from(world.statements() - before) <= most);
}
