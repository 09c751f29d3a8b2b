//! A client that hangs up in the middle leaves no open transaction and no tenant in the pool.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene, World};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::program::PATIENCE;

/// As many events as one page of the log holds, with those of the scene.
const TIMES: usize = 90;

/// Sends a request and hangs up after a few pauses of the scheduler, without reading the answer.
async fn ask_and_hang_up(client: &Client, body: &Json, pauses: usize) {
    let body = body.to_string();
    let host = client.base().trim_start_matches("http://");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        client.token.as_deref().unwrap(),
        body.len()
    );
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    for _ in 0..pauses {
        tokio::task::yield_now().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_leaves_nothing_behind_in_a_pool_of_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::with(database, |config| config.database.max_connections = 1).await;
    let scene = Scene::in_world(world).await;
    let list =
        "{ rooms { nodes { title participants { nodes { user { displayName } } } prizes { nodes { name } } } } }";
    let create = "mutation($input: CreatePrizeInput!) { createPrize(input: $input) { prize { name room { title } } } }";
    for number in 0..TIMES {
        let input = json!({ "roomId": scene.room, "name": format!("Prize {number}") });
        ask_and_hang_up(&scene.creator, &json!({ "query": list }), number * 7 % 50).await;
        let mutation = json!({ "query": create, "variables": { "input": input } });
        ask_and_hang_up(&scene.creator, &mutation, number * 13 % 50).await;
    }

    // The pool of one still serves, and a stranger's snapshot holds no tenant and no user.
    let seen = scene.outsider.query("{ rooms { nodes { title } } }").await;
    assert_eq!(seen.text("/rooms/nodes/0/title"), "The room");
    if database == Database::Postgres {
        let maintenance = scene.world.services().store.maintenance();
        let sql = "SELECT coalesce(current_setting('app.current_tenant_id', true), '') || \
                   coalesce(current_setting('app.current_user_id', true), '') AS left_behind";
        let row = maintenance
            .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.try_get::<String>("", "left_behind").unwrap(), "");
        let sql = "SELECT count(*) AS open FROM pg_stat_activity WHERE datname = current_database() \
                   AND usename = 'tombola_server' AND state LIKE 'idle in transaction%'";
        // Changes go on to their end without their clients; what one of them left open would stay so.
        let ended = async {
            loop {
                let statement = Statement::from_string(DbBackend::Postgres, sql);
                let row = scene.world.db.query_one_raw(statement).await.unwrap().unwrap();
                if row.try_get::<i64>("", "open").unwrap() == 0 {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, ended)
            .await
            .expect("no transaction stays open");
    }

    // Every prize that is there is there as a whole, in any one snapshot: with its event, and no gap in the log.
    let document =
        "query($id: ID!) { room(id: $id) { prizes { totalCount } events(first: 100) { __typename sequence } } }";
    let room = scene.creator.run(document, json!({ "id": scene.room })).await;
    let events = room.list("/room/events");
    let sequences: Vec<_> = events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequences, (1..=events.len() as u64).collect::<Vec<_>>());
    let created = events
        .iter()
        .filter(|event| event["__typename"] == "PrizeCreated")
        .count();
    assert_eq!(i64::try_from(created).unwrap(), room.number("/room/prizes/totalCount"));
}
