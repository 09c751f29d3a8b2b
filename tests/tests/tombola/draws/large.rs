//! A list that is long enough to tell how far it is.

use draw::Standing;
use rstest::rstest;
use serde_json::json;
use tests::Database;

use super::{
    crowd::crowd,
    sound::{count, draw_is_sound, kinds, wins},
    stage::Stage,
};

/// More than what counts as long.
const ENTRANTS: usize = 120_000;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_of_a_hundred_thousand_tells_how_far_it_is_and_verifies(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 1).await;
    crowd(&stage, ENTRANTS - 1).await;
    let prize = stage.scene.prize(1000).await;
    let draw = stage.create_simple("L0", &prize, 9000).await;
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;

    let log = kinds(stage.world(), &stage.scene.room).await;
    assert!(count(&log, "DRAW_PROGRESS") > 0, "a long draw tells how far it is");
    assert_eq!(count(&log, "WINNER_ANNOUNCED"), 1000);
    let report = stage.verify(&draw).await.unwrap();
    assert_eq!(report.standing, Standing::Drawn);
    assert_eq!(report.prizes[0].winners.len(), 1000);
    let all = wins(stage.world(), &draw).await;
    let people: std::collections::BTreeSet<_> = all.iter().map(|win| win.participant_id).collect();
    assert_eq!((all.len(), people.len()), (1000, 1000));
    let void = json!({ "drawId": draw, "reason": "Only for a test" });
    assert!(stage.tell("voidDraw", void).await.is_ok());
    assert_eq!(stage.remaining(&prize).await, 1000);
    draw_is_sound(&stage, &draw).await;
}
