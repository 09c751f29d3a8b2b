//! A prize's quantity is never below what is awarded.

use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene};

use super::soundness::assert_sound;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quantity_below_what_is_awarded_is_refused(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(5).await;
    for name in ["Gustav", "Greta", "Gerd"] {
        let (_, place) = scene.participant(name).await;
        scene.award(&prize, &place).await;
    }
    for quantity in [1, 2] {
        let input = json!({ "prizeId": prize, "quantity": quantity, "name": "Renamed" });
        let answer = scene
            .world
            .refuses(&scene.creator, "updatePrize", input, "CONFLICT", Some("quantity"))
            .await;
        let said = answer.message();
        assert!(said.contains('3') && said.contains(&quantity.to_string()), "{said}");
    }
    for (quantity, remaining) in [(3, 0), (4, 1), (1_000_000, 999_997), (3, 0)] {
        let input = json!({ "prizeId": prize, "quantity": quantity });
        let answer = scene
            .creator
            .mutate("updatePrize", input, "prize { quantity quantityRemaining }")
            .await;
        assert_eq!(
            answer.at("/updatePrize/prize"),
            &json!({ "quantity": quantity, "quantityRemaining": remaining })
        );
        assert_sound(&scene.world, &scene.room).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quantity_that_shrinks_while_prizes_are_awarded_stays_true(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let mut places = Vec::new();
    for number in 0..6 {
        places.push(scene.participant(&format!("Guest {number}")).await.1);
    }
    for _ in 0..5 {
        let prize = scene.prize(6).await;
        let awards = places.iter().map(|place| {
            let input = json!({ "prizeId": prize, "participantId": place });
            scene.creator.mutate("awardPrize", input, "winner { id }")
        });
        let shrinks = [3, 1].map(|quantity| {
            let input = json!({ "prizeId": prize, "quantity": quantity });
            scene.creator.mutate("updatePrize", input, "prize { id }")
        });
        let (awards, shrinks) = tokio::join!(join_all(awards), join_all(shrinks));
        for answer in awards.iter().chain(&shrinks).filter(|answer| !answer.is_ok()) {
            answer.assert_refused("CONFLICT");
        }
        assert_sound(&scene.world, &scene.room).await;
    }
}
