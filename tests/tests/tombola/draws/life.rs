//! A draw from its commitment to its last claim, at each level.

use draw::Standing;
use rstest::rstest;
use serde_json::json;
use tests::Database;

use super::stage::{DICE, Stage};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seed_draw_verifies_from_its_transcript_alone(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 12).await;
    let (car, pens) = (stage.scene.prize(1).await, stage.scene.prize(3).await);
    let prizes = json!([{ "prizeId": car, "alternates": 2 }, { "prizeId": pens, "alternates": 1 }]);
    let draw = stage
        .create(json!({ "level": "L0", "prizes": prizes, "claimWindowSeconds": 3600 }))
        .await;
    let open = stage.verify(&draw).await.unwrap();
    assert!(matches!(open.standing, Standing::Open(_)));

    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;

    let report = stage.verify(&draw).await.unwrap();
    assert_eq!(report.standing, Standing::Drawn);
    let winners = stage.winners(&draw).await;
    let ranks: Vec<_> = winners.iter().map(|win| (win.prize.as_str(), win.rank)).collect();
    let pens = pens.as_str();
    assert_eq!(
        ranks,
        [(pens, 3), (pens, 2), (pens, 1), (car.as_str(), 1)],
        "the last prize first, its first rank last"
    );
    assert_eq!((stage.remaining(&car).await, stage.remaining(pens).await), (0, 0));
    let steps = ["COMMITTED", "FROZEN", "DRAWN", "PRESENTED"];
    assert_eq!(stage.steps(&draw).await, steps);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dice_draw_waits_for_its_throws(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 5).await;
    let prize = stage.scene.prize(2).await;
    let draw = stage.create_simple("L1", &prize, 0).await;
    stage.call("freezeDraw", &draw).await;
    let creator = &stage.scene.creator;
    let run = json!({ "drawId": draw });
    stage
        .world()
        .refuses(creator, "runDraw", run, "CONFLICT", Some("drawId"))
        .await;
    let given = stage
        .tell("provideDrawEntropy", json!({ "drawId": draw, "dice": DICE }))
        .await;
    assert!(given.is_ok(), "{}", given.body);
    stage.call("runDraw", &draw).await;
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
    assert_eq!(stage.transcript(&draw).await["entropy"]["dice"], DICE);
}
