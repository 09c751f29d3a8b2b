//! Void draws of several prizes: whatever takes the place of one names it, prize by prize.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Answer, Database};

use super::stage::Stage;

async fn void(stage: &Stage, draw: &str) {
    let input = json!({ "drawId": draw, "reason": "The list was wrong" });
    stage.tell("voidDraw", input).await.text("/voidDraw/draw/id");
}

fn over(stage: &Stage, prizes: &[&String], supersedes: Option<&String>) -> Json {
    let prizes: Vec<_> = prizes.iter().map(|prize| json!({ "prizeId": prize })).collect();
    let policy = json!({ "level": "L0", "prizes": prizes });
    json!({ "roomId": stage.scene.room, "policy": policy, "supersedes": supersedes })
}

async fn make(stage: &Stage, prizes: &[&String], supersedes: Option<&String>) -> String {
    let answer: Answer = stage.tell("createDraw", over(stage, prizes, supersedes)).await;
    answer.text("/createDraw/draw/id")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_prize_of_a_void_draw_leads_back_to_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let (car, pen) = (stage.scene.prize(1).await, stage.scene.prize(1).await);
    let first = make(&stage, &[&car, &pen], None).await;
    stage.call("freezeDraw", &first).await;
    stage.call("runDraw", &first).await;
    void(&stage, &first).await;

    // A draw of the pen alone must not wash the car clean.
    let of_pen = make(&stage, &[&pen], Some(&first)).await;
    let unnamed = over(&stage, &[&car], None);
    stage
        .refuses("createDraw", unnamed.clone(), "CONFLICT", Some("supersedes"))
        .await;
    void(&stage, &of_pen).await;
    stage
        .refuses("createDraw", unnamed, "CONFLICT", Some("supersedes"))
        .await;
    let other = over(&stage, &[&car], Some(&of_pen));
    stage.refuses("createDraw", other, "CONFLICT", Some("supersedes")).await;

    // Over both, the newest leads back to the one before.
    let older = over(&stage, &[&car, &pen], Some(&first));
    stage.refuses("createDraw", older, "CONFLICT", Some("supersedes")).await;
    let both = make(&stage, &[&car, &pen], Some(&of_pen)).await;
    void(&stage, &both).await;
    let of_car = make(&stage, &[&car], Some(&both)).await;
    let read = stage
        .read(
            &of_car,
            "supersedes { id supersedes { id supersedes { id supersedes { id } } } }",
        )
        .await;
    let chain = json!({ "supersedes": { "id": both, "supersedes": { "id": of_pen, "supersedes": {
        "id": first, "supersedes": null } } } });
    assert_eq!(read, chain);
    make(&stage, &[&pen], Some(&both)).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prizes_of_two_void_draws_are_drawn_apart(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 3).await;
    let (car, pen) = (stage.scene.prize(1).await, stage.scene.prize(1).await);
    let (of_car, of_pen) = (make(&stage, &[&car], None).await, make(&stage, &[&pen], None).await);
    void(&stage, &of_car).await;
    void(&stage, &of_pen).await;
    for named in [None, Some(&of_car), Some(&of_pen)] {
        let input = over(&stage, &[&car, &pen], named);
        let answer = stage.refuses("createDraw", input, "CONFLICT", Some("prizes")).await;
        let said = answer.message();
        assert!(said.contains(&of_car) && said.contains(&of_pen), "{said}");
    }
    make(&stage, &[&car], Some(&of_car)).await;
    make(&stage, &[&pen], Some(&of_pen)).await;
}
