//! Winners: awarded and revoked.

use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_awards_never_exceed_the_quantity(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(5).await;
    let mut places = Vec::new();
    for number in 0..200 {
        places.push(scene.participant(&format!("Guest {number}")).await.1);
    }

    let awards = places.iter().map(|place| {
        let input = json!({ "prizeId": prize, "participantId": place });
        scene.creator.mutate("awardPrize", input, "winner { id }")
    });
    let answers = join_all(awards).await;

    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5);
    assert_eq!(
        answers
            .iter()
            .filter(|answer| answer.code() == Some("CONFLICT"))
            .count(),
        195
    );
    let document =
        "query($id: ID!) { room(id: $id) { winners { totalCount } prizes { nodes { quantityRemaining } } } }";
    let room = scene.outsider.run(document, json!({ "id": scene.room })).await;
    assert_eq!(room.number("/room/winners/totalCount"), 5);
    assert_eq!(room.number("/room/prizes/nodes/0/quantityRemaining"), 0);
}
