//! A database that ends connections, only reads, or is full: what had not begun is done elsewhere, the rest is told to come
//! again, and nothing of it needs a restart.

use chrono::Duration;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene, World, database::execute};

use super::health::{ready, until};
use crate::{
    draws::sound::until as eventually,
    live::follower::{Follower, change},
};

/// Ends the server's connections, all or some of them.
async fn end_connections(world: &World, which: &str) {
    let end = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND usename = 'tombola_server' AND {which}"
    );
    execute(&world.db, &end).await;
}

/// Ends the server's connection that waits for a lock, as soon as there is one.
async fn end_what_waits(world: &World) {
    let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND usename = 'tombola_server'
                 AND wait_event_type = 'Lock'";
    eventually("a statement waits", async || {
        let statement = sea_orm::Statement::from_string(Database::Postgres.backend(), waits);
        world.db.query_one_raw(statement).await.unwrap().is_some()
    })
    .await;
    end_connections(world, "wait_event_type = 'Lock'").await;
}

fn prize(scene: &Scene, name: &str) -> Json {
    json!({ "roomId": scene.room, "name": name })
}

/// The same mutation with the headers of its answer.
async fn prize_with_headers(client: &Client, scene: &Scene) -> (Option<String>, Json) {
    let document = "mutation($input: CreatePrizeInput!) { createPrize(input: $input) { prize { id } } }";
    let response = client
        .http()
        .post(format!("{}/graphql", client.base()))
        .header("authorization", format!("Bearer {}", client.token.as_deref().unwrap()))
        .json(&json!({ "query": document, "variables": { "input": prize(scene, "A") } }))
        .send()
        .await
        .unwrap();
    let wait = response.headers().get("retry-after");
    let wait = wait.map(|wait| wait.to_str().unwrap().to_owned());
    (wait, response.json().await.unwrap())
}

async fn prizes(scene: &Scene) -> i64 {
    let document = format!("{{ room(id: \"{}\") {{ prizes {{ totalCount }} }} }}", scene.room);
    scene.creator.query(&document).await.number("/room/prizes/totalCount")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_were_ended_fail_no_request(#[values(Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    for round in 0..3 {
        let read = async || scene.creator.query("{ viewer { email } rooms { totalCount } }").await;
        let write = async |number: usize| {
            let name = format!("{round}-{number}");
            scene
                .creator
                .mutate("createPrize", prize(&scene, &name), "prize { id }")
                .await
        };
        // All connections of the pool are open, and idle.
        futures::future::join_all((0..40).map(|_| read())).await;
        end_connections(&scene.world, "true").await;
        // Nobody remembers the session: its look-up is the first statement on a dead connection.
        scene.world.clock.advance(Duration::seconds(2));
        for answer in futures::future::join_all((0..20).map(|_| read())).await {
            assert!(answer.is_ok(), "{}", answer.body);
        }
        end_connections(&scene.world, "true").await;
        for answer in futures::future::join_all((0..20).map(write)).await {
            assert!(answer.is_ok(), "{}", answer.body);
        }
    }
    end_connections(&scene.world, "true").await;
    // So does what nobody asked for.
    let services = scene.world.services();
    assert!(services.sessions.write_last_seen().await.is_ok());
    end_connections(&scene.world, "true").await;
    assert!(
        api::draw::due_draws(&services.store, services.clock.now())
            .await
            .is_ok()
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_is_cut_in_the_middle_was_not_made(#[values(Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let holder = scene.world.database.superuser().await;
    let held = sea_orm::TransactionTrait::begin(&holder).await.unwrap();
    held.execute_unprepared("SELECT 1 FROM rooms FOR UPDATE").await.unwrap();
    let ((wait, body), ()) = tokio::join!(prize_with_headers(&scene.creator, &scene), end_what_waits(&scene.world));
    held.rollback().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "LIMITED", "{body}");
    assert_eq!(body["errors"][0]["extensions"]["retryAfter"], 1, "{body}");
    assert_eq!(wait.as_deref(), Some("1"));
    assert_eq!(prizes(&scene).await, 0);
    let again = scene
        .creator
        .mutate("createPrize", prize(&scene, "A"), "prize { id }")
        .await;
    assert!(again.is_ok(), "{}", again.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_without_an_answer_is_told_by_the_retry(
    #[values(Database::Postgres)] database: Database,
    #[values(true, false)] has_key: bool,
) {
    let scene = Scene::new(database).await;
    // COMMIT waits for a lock.
    let slow = "CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
                  'begin perform pg_advisory_xact_lock_shared(77); return null; end';
                CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON prizes DEFERRABLE INITIALLY DEFERRED
                  FOR EACH ROW EXECUTE FUNCTION wait_at_commit()";
    execute(&scene.world.db, slow).await;
    let holder = scene.world.database.superuser().await;
    let held = sea_orm::TransactionTrait::begin(&holder).await.unwrap();
    held.execute_unprepared("SELECT pg_advisory_xact_lock(77)")
        .await
        .unwrap();
    let client = match has_key {
        true => scene.creator.keyed("cut-at-its-commit"),
        false => scene.creator.clone(),
    };
    let (answer, ()) = tokio::join!(
        client.mutate("createPrize", prize(&scene, "A"), "prize { id }"),
        end_what_waits(&scene.world)
    );
    held.rollback().await.unwrap();
    let retry = &answer.errors()[0]["extensions"]["retryAfter"];
    match has_key {
        true => {
            answer.assert_refused("CONFLICT");
            assert_eq!(retry, 1);
            for _ in 0..2 {
                let again = client.mutate("createPrize", prize(&scene, "A"), "prize { id }").await;
                assert!(again.is_ok(), "{}", again.body);
            }
            assert_eq!(prizes(&scene).await, 1);
        }
        false => {
            answer.assert_refused("INTERNAL");
            assert!(answer.message().contains("may have been made"), "{}", answer.body);
            assert!(retry.is_null(), "nobody is told to do it again unseen");
        }
    }
}

/// Makes the database refuse changes, or take them again.
async fn only_read(world: &World, only: bool) {
    match world.database.database() {
        Database::Sqlite => {
            let word = if only { "on" } else { "off" };
            execute(
                &world.services().store.maintenance(),
                &format!("PRAGMA query_only = {word}"),
            )
            .await;
        }
        Database::Postgres => {
            let word = if only {
                "SET default_transaction_read_only = on"
            } else {
                "RESET ALL"
            };
            let sql = format!("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I {word}', current_database()); END $$");
            execute(&world.db, &sql).await;
            if only {
                end_connections(world, "true").await;
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_only_reads_limits_changes_until_it_writes(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    until(&scene.world, "writable", "ok").await;
    only_read(&scene.world, true).await;
    let (wait, body) = prize_with_headers(&scene.creator, &scene).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "LIMITED", "{body}");
    assert_eq!(
        (wait.as_deref(), &body["errors"][0]["extensions"]["retryAfter"]),
        (Some("5"), &json!(5))
    );
    assert_eq!(prizes(&scene).await, 0, "what reads goes on");
    let (status, body) = until(&scene.world, "writable", "failed").await;
    assert_eq!(
        (status, &body["status"], &body["checks"]["database"]),
        (503, &json!("unready"), &json!("ok"))
    );

    only_read(&scene.world, false).await;
    // An embedded database says nothing of itself: it is given another chance after a while.
    scene.world.clock.advance(Duration::seconds(6));
    until(&scene.world, "writable", "ok").await;
    let (status, body) = until(&scene.world, "events", "ok").await;
    assert_eq!(status, 200, "{body}");
    let again = scene
        .creator
        .mutate("createPrize", prize(&scene, "A"), "prize { id }")
        .await;
    assert!(again.is_ok(), "{}", again.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_limits_changes_until_there_is_room(#[values(Database::Sqlite)] database: Database) {
    let scene = Scene::new(database).await;
    let writer = scene.world.services().store.maintenance();
    execute(&writer, "PRAGMA max_page_count = 1").await;
    let mut refused = None;
    for number in 0..400 {
        let long = json!({ "roomId": scene.room, "name": format!("{number}"), "description": "x".repeat(2000) });
        let answer = scene.creator.mutate("createPrize", long, "prize { id }").await;
        if !answer.is_ok() {
            refused = Some((number, answer));
            break;
        }
    }
    let (made, answer) = refused.expect("there is no room for all of them");
    answer.assert_refused("LIMITED");
    assert_eq!(prizes(&scene).await, made);
    assert_eq!(ready(&scene.world).await.1["checks"]["writable"], "failed");
    execute(&writer, "PRAGMA max_page_count = 1000000").await;
    let again = scene
        .creator
        .mutate("createPrize", prize(&scene, "A"), "prize { id }")
        .await;
    assert!(again.is_ok(), "{}", again.body);
    until(&scene.world, "writable", "ok").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_outlive_the_connections_of_the_database(#[values(Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let second = tests::Second::start(&scene.world, |_| {}).await;
    until(&scene.world, "events", "ok").await;
    let (_, place) = scene.participant("Gina").await;
    let mut follower = Follower::events(&scene.creator, &scene.room, Some(0), "sequence").await;
    let newest = crate::live::follower::newest(&scene.creator, &scene.room).await;
    for expected in 1..=newest {
        assert_eq!(follower.sequence().await, expected);
    }
    for number in 1..=4 {
        // The announcements of other processes are lost with the rest, and heard again by itself.
        end_connections(&scene.world, "true").await;
        let client = if number % 2 == 0 {
            second.client(&scene.creator)
        } else {
            scene.creator.clone()
        };
        change(&client, &place, number).await;
        assert_eq!(follower.sequence().await, newest + number);
    }
    second.stop().await;
}
