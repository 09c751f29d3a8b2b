//! Freezes that a second person must approve.

use draw::Standing;
use entity::organization::membership::MemberRole;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::Database;

use super::stage::Stage;

async fn commit(stage: &Stage) -> String {
    let prizes = json!([{ "prizeId": stage.scene.prize(1).await }]);
    let policy = json!({ "level": "L0", "prizes": prizes, "review": true });
    stage.create(policy).await
}

fn of(draw: &str) -> Json {
    json!({ "drawId": draw })
}

async fn awaits(stage: &Stage, draw: &str) -> (Json, Json) {
    let read = stage.read(draw, "status awaitsReview").await;
    (read["status"].clone(), read["awaitsReview"].clone())
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reviewer_closes_the_list_that_someone_else_asked_to_close(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let (scene, world) = (&stage.scene, stage.world());
    let draw = commit(&stage).await;
    let refused = world.refuses(&scene.reviewer, "approveDraw", of(&draw), "CONFLICT", Some("drawId"));
    let answer = refused.await;
    assert!(
        answer.message().contains("freezeDraw"),
        "nobody asked: {}",
        answer.message()
    );

    stage.call("freezeDraw", &draw).await;
    assert_eq!(awaits(&stage, &draw).await, (json!("COMMITTED"), json!(true)));
    stage.refuses("runDraw", of(&draw), "CONFLICT", Some("drawId")).await;
    stage.refuses("freezeDraw", of(&draw), "CONFLICT", Some("drawId")).await;
    for client in [
        &scene.creator,
        &scene.admin,
        &scene.viewer,
        &scene.outsider,
        &stage.people[0].0,
    ] {
        world.refuses(client, "approveDraw", of(&draw), "FORBIDDEN", None).await;
    }
    let stranger = world.stranger();
    world
        .refuses(stranger, "approveDraw", of(&draw), "UNAUTHENTICATED", None)
        .await;

    let approved = scene.reviewer.mutate("approveDraw", of(&draw), "draw { status }").await;
    assert_eq!(approved.text("/approveDraw/draw/status"), "FROZEN");
    assert_eq!(awaits(&stage, &draw).await, (json!("FROZEN"), json!(false)));
    world
        .refuses(&scene.reviewer, "approveDraw", of(&draw), "CONFLICT", Some("drawId"))
        .await;
    stage.call("runDraw", &draw).await;
    let steps = [
        "COMMITTED",
        "FREEZE_REQUESTED",
        "FREEZE_APPROVED",
        "FROZEN",
        "DRAWN",
        "PRESENTED",
    ];
    assert_eq!(stage.steps(&draw).await, steps);
    assert_eq!(stage.transcript(&draw).await["policy"]["review"], true);
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asked_does_not_approve(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 2).await;
    let (scene, world) = (&stage.scene, stage.world());
    let input = json!({ "roomId": scene.room, "userId": scene.reviewer.user, "role": "ORGANIZER" });
    let added = scene.creator.mutate("addParticipant", input, "__typename").await;
    assert!(added.is_ok(), "{}", added.body);
    let draw = commit(&stage).await;
    let asked = scene
        .reviewer
        .mutate("freezeDraw", of(&draw), "draw { awaitsReview }")
        .await;
    assert_eq!(asked.at("/freezeDraw/draw/awaitsReview"), true);
    let refused = world.refuses(&scene.reviewer, "approveDraw", of(&draw), "FORBIDDEN", None);
    let answer = refused.await;
    assert!(answer.message().contains("another REVIEWER"), "{}", answer.message());

    let other = world
        .member(&scene.organization, "Rolf Reviewer", MemberRole::Reviewer)
        .await;
    let approved = other.mutate("approveDraw", of(&draw), "draw { status }").await;
    assert_eq!(approved.text("/approveDraw/draw/status"), "FROZEN");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exclusion_takes_the_request_back(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 3).await;
    let draw = commit(&stage).await;
    stage.call("freezeDraw", &draw).await;
    let exclude = json!({ "drawId": draw, "participantId": stage.people[0].1, "reason": "Knows the organizer" });
    let excluded = stage.tell("excludeFromDraw", exclude).await;
    assert!(excluded.is_ok(), "{}", excluded.body);
    assert_eq!(awaits(&stage, &draw).await, (json!("COMMITTED"), json!(false)));
    let reviewer = &stage.scene.reviewer;
    stage
        .world()
        .refuses(reviewer, "approveDraw", of(&draw), "CONFLICT", Some("drawId"))
        .await;
    stage.call("freezeDraw", &draw).await;
    let approved = reviewer.mutate("approveDraw", of(&draw), "draw { entryCount }").await;
    assert_eq!(approved.number("/approveDraw/draw/entryCount"), 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_looks_at_everything_again(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 2).await;
    let (scene, world) = (&stage.scene, stage.world());
    let prize = scene.prize(1).await;
    let policy = json!({ "level": "L0", "prizes": [{ "prizeId": prize }], "review": true });
    let draw = stage.create(policy).await;
    stage.call("freezeDraw", &draw).await;
    let award = scene.award(&prize, &stage.people[0].1).await;
    world
        .refuses(&scene.reviewer, "approveDraw", of(&draw), "CONFLICT", Some("drawId"))
        .await;
    let revoke = json!({ "winnerId": award, "reason": "A mistake" });
    assert!(scene.creator.mutate("revokeWinner", revoke, "__typename").await.is_ok());
    scene.participant("Lara Late").await;
    let approved = scene
        .reviewer
        .mutate("approveDraw", of(&draw), "draw { entryCount }")
        .await;
    assert_eq!(
        approved.number("/approveDraw/draw/entryCount"),
        3,
        "who came before the list was closed"
    );

    let plain = stage.create_simple("L0", &scene.prize(1).await, 0).await;
    world
        .refuses(&scene.reviewer, "approveDraw", of(&plain), "CONFLICT", Some("drawId"))
        .await;
}
