//! Events are made in turns: however many subscriptions have something to tell, those who ask are answered beside them.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use tests::{Database, Scene, Socket, World, database::execute};

use crate::program::PATIENCE;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_so_many_events_are_made_at_a_time(#[values(Database::Postgres)] database: Database) {
    let processors = std::thread::available_parallelism().unwrap().get();
    let turns = 4 * processors;
    let world = World::with(database, |config| config.database.max_connections = turns as u32 + 20).await;
    let scene = Scene::in_world(world).await;
    scene.prize(1).await;
    // Whoever reads prizes waits.
    let tx = scene.world.db.begin().await.unwrap();
    execute(&tx, "LOCK TABLE prizes IN ACCESS EXCLUSIVE MODE").await;
    let mut sockets = Vec::new();
    let document = format!(
        "subscription {{ roomEvents(roomId: \"{}\", after: 0) {{ room {{ prizes {{ nodes {{ name }} }} }} }} }}",
        scene.room
    );
    for _ in 0..turns + 15 {
        let mut socket = Socket::open(scene.outsider.base(), scene.outsider.token.as_deref()).await;
        socket.subscribe("1", &document, serde_json::json!({})).await;
        sockets.push(socket);
    }
    let db = scene.world.database.superuser().await;
    let waiting = async || {
        let sql = "SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() \
                   AND usename = 'tombola_server' AND wait_event_type = 'Lock'";
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = db.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get::<i64>("", "waiting").unwrap()
    };
    let all = async { while waiting().await < turns as i64 {} };
    tokio::time::timeout(PATIENCE, all)
        .await
        .expect("as many as have a turn wait");
    for _ in 0..50 {
        assert!(scene.outsider.query("{ rooms { nodes { title } } }").await.is_ok());
    }
    assert_eq!(waiting().await, turns as i64);
    tx.rollback().await.unwrap();
    for mut socket in sockets {
        socket.next().await;
    }
}
