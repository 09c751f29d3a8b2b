//! Fewer entrants than prizes, or none.

use draw::Standing;
use rstest::rstest;
use serde_json::json;
use tests::Database;

use super::stage::Stage;
use crate::room::soundness::assert_sound;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_can_win_stays_unawarded(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    for people in [0, 2] {
        let stage = Stage::new(database, people).await;
        let (cars, pens) = (stage.scene.prize(1).await, stage.scene.prize(3).await);
        let prizes = json!([{ "prizeId": cars }, { "prizeId": pens, "alternates": 5 }]);
        let draw = stage.create(json!({ "level": "L0", "prizes": prizes })).await;
        stage.call("freezeDraw", &draw).await;
        stage.call("runDraw", &draw).await;
        let winners = stage.winners(&draw).await;
        assert_eq!(winners.len(), people, "one for each who came");
        let left = (stage.remaining(&cars).await, stage.remaining(&pens).await);
        assert_eq!(left, if people == 0 { (1, 3) } else { (0, 2) });
        let report = stage.verify(&draw).await.unwrap();
        assert_eq!(report.standing, Standing::Drawn);
        let unawarded: Vec<_> = report.prizes.iter().map(|prize| i64::from(prize.unawarded)).collect();
        assert_eq!(unawarded, [left.0, left.1]);
        assert_sound(stage.world(), &stage.scene.room).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_may_win_twice_gets_both(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 1).await;
    let (car, pens) = (stage.scene.prize(1).await, stage.scene.prize(2).await);
    let prizes = json!([{ "prizeId": car }, { "prizeId": pens }]);
    let policy = json!({ "level": "L0", "prizes": prizes, "winLimit": 2 });
    let draw = stage.create(policy).await;
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;
    assert_eq!(stage.winners(&draw).await.len(), 2, "one of each, and no prize twice");
    assert_eq!((stage.remaining(&car).await, stage.remaining(&pens).await), (0, 1));
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
    assert_sound(stage.world(), &stage.scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_can_refuse_a_list_that_is_too_short(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 2).await;
    let (car, pens) = (stage.scene.prize(1).await, stage.scene.prize(2).await);
    let prizes = json!([{ "prizeId": car, "alternates": 9 }, { "prizeId": pens }]);
    let policy = json!({ "level": "L0", "prizes": prizes, "tooFewEntrants": "REFUSE" });
    let draw = stage.create(policy).await;
    let freeze = json!({ "drawId": draw });
    let answer = stage.refuses("freezeDraw", freeze, "CONFLICT", Some("drawId")).await;
    assert!(
        answer.message().contains("2 are on the list and 3"),
        "{}",
        answer.message()
    );
    stage.scene.participant("Tina Third").await;
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;
    assert_eq!(stage.winners(&draw).await.len(), 3);
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
}
