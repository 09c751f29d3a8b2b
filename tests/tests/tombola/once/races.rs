//! Equal requests at the same time: one acts, and all get its answer.

use futures::future::join_all;
use rstest::rstest;
use tests::{Client, Database, Scene, Second};

use super::{count, document, prize, prizes};

const MANY: usize = 30;

/// All at once, in turn over the clients.
async fn all_at_once(scene: &Scene, clients: &[Client]) {
    let names = ["a", "b", "c"];
    let document = document(scene, &names);
    let requests = (0..MANY).map(|number| {
        let client = clients[number % clients.len()].keyed("one");
        let document = document.clone();
        tokio::spawn(async move { client.query(&document).await })
    });
    let answers = join_all(requests).await;
    let first = &answers[0].as_ref().unwrap().body["data"];
    for answer in &answers {
        let answer = answer.as_ref().unwrap();
        assert!(answer.is_ok(), "{}", answer.body);
        assert_eq!(&answer.body["data"], first);
    }
    assert_eq!(prizes(scene).await, names);
    assert_eq!(count(&scene.world, "idempotency_keys").await, 3);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_thirty_equal_requests_one_acts(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    all_at_once(&scene, std::slice::from_ref(&scene.creator)).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_thirty_equal_requests_to_two_processes_one_acts(#[values(Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let second = Second::start(&scene.world, |_| {}).await;
    all_at_once(&scene, &[scene.creator.clone(), second.client(&scene.creator)]).await;
    second.stop().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_operations_at_once_under_one_key_one_acts(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    for round in 0..10 {
        let client = scene.creator.keyed(&format!("round {round}").replace(' ', "-"));
        let names = [format!("a{round}"), format!("b{round}")];
        let (one, other) = tokio::join!(
            client.mutate("createPrize", prize(&scene, &names[0]), "prize { id }"),
            client.mutate("createPrize", prize(&scene, &names[1]), "prize { id }"),
        );
        assert_ne!(one.is_ok(), other.is_ok(), "{} {}", one.body, other.body);
        let refused = if one.is_ok() { other } else { one };
        refused.assert_refused_for("CONFLICT", "Idempotency-Key");
    }
    assert_eq!(prizes(&scene).await.len(), 10);
}
