//! Steps of a draw that come too early, too late, or with the wrong things.

use chrono::Duration;
use rstest::rstest;
use serde_json::json;
use tests::{Database, database::execute};

use super::stage::{DICE, Stage, done};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_closed_neither_early_nor_in_a_room_that_is_not_open(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 2).await;
    let (prize, clock) = (stage.scene.prize(1).await, &stage.world().clock);
    let closes = clock.now() + Duration::seconds(100);
    let policy = json!({ "level": "L0", "prizes": [{ "prizeId": prize }], "closesAt": closes });
    let draw = stage.create(policy).await;
    let freeze = json!({ "drawId": draw });
    for wait in [0, 99_999] {
        clock.advance(Duration::milliseconds(wait));
        stage
            .refuses("freezeDraw", freeze.clone(), "CONFLICT", Some("drawId"))
            .await;
    }
    clock.advance(Duration::milliseconds(1));
    stage.call("freezeDraw", &draw).await;

    let scene = &stage.scene;
    let room = scene.creator.draft_room(&scene.organization, json!({})).await;
    let input = json!({ "roomId": room, "name": "A prize" });
    let prize = scene.creator.mutate("createPrize", input, "prize { id }").await;
    let prize = prize.text("/createPrize/prize/id");
    let input = json!({ "roomId": room, "policy": { "level": "L0", "prizes": [{ "prizeId": prize }] } });
    let draw = stage.tell("createDraw", input).await.text("/createDraw/draw/id");
    let freeze = json!({ "drawId": draw });
    let answer = stage.refuses("freezeDraw", freeze, "CONFLICT", None).await;
    assert!(answer.message().contains("DRAFT"), "{}", answer.message());
    done(&scene.creator, "openRoom", json!({ "roomId": room })).await;
    stage.call("freezeDraw", &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_closed_over_the_prizes_that_were_promised(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let (creator, place) = (&stage.scene.creator, &stage.people[0].1);
    let renamed = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &renamed, 0).await;
    let freeze = json!({ "drawId": draw });
    let db = &stage.world().db;
    // The server renames no such prize; who has the database could.
    execute(db, "UPDATE prizes SET name = 'Another name' WHERE name = 'A prize'").await;
    stage
        .refuses("freezeDraw", freeze.clone(), "CONFLICT", Some("drawId"))
        .await;
    execute(db, "UPDATE prizes SET name = 'A prize' WHERE name = 'Another name'").await;
    stage.call("freezeDraw", &draw).await;

    let short = stage.scene.prize(2).await;
    let draw = stage.create_simple("L0", &short, 0).await;
    let freeze = json!({ "drawId": draw });
    let win = stage.scene.award(&short, place).await;
    let answer = stage
        .refuses("freezeDraw", freeze.clone(), "CONFLICT", Some("drawId"))
        .await;
    assert!(answer.message().contains("1 of"), "{}", answer.message());
    execute(
        db,
        "UPDATE prizes SET quantity = 3, quantity_remaining = 2 WHERE quantity = 2",
    )
    .await;
    let answer = stage
        .refuses("freezeDraw", freeze.clone(), "CONFLICT", Some("drawId"))
        .await;
    assert!(
        answer.message().contains(&win),
        "who has it already: {}",
        answer.message()
    );
    done(
        creator,
        "revokeWinner",
        json!({ "winnerId": win, "reason": "A mistake" }),
    )
    .await;
    stage.call("freezeDraw", &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_runs_after_its_freeze_and_its_entropy(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 2).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L1", &prize, 0).await;
    let run = json!({ "drawId": draw });
    stage.refuses("runDraw", run.clone(), "CONFLICT", Some("drawId")).await;
    let dice = json!({ "drawId": draw, "dice": DICE });
    stage
        .refuses("provideDrawEntropy", dice, "CONFLICT", Some("drawId"))
        .await;
    stage.call("freezeDraw", &draw).await;
    let answer = stage.refuses("runDraw", run.clone(), "CONFLICT", Some("drawId")).await;
    assert!(answer.message().contains("provideDrawEntropy"), "{}", answer.message());
    for mutation in ["freezeDraw", "runDraw", "approveDraw"] {
        let unknown = json!({ "drawId": "draw_01jzzzzzzzzzzzzzzzzzzzzzzz" });
        stage.refuses(mutation, unknown, "NOT_FOUND", None).await;
    }
    for client in [&stage.scene.viewer, &stage.scene.reviewer, &stage.people[0].0] {
        for mutation in ["freezeDraw", "runDraw"] {
            let world = stage.world();
            world.refuses(client, mutation, run.clone(), "FORBIDDEN", None).await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dice_are_throws_of_a_die(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 2).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L1", &prize, 0).await;
    stage.call("freezeDraw", &draw).await;
    let no_throws = [
        String::new(),
        DICE[1..].to_owned(),
        DICE.replacen('3', "7", 1),
        DICE.replacen('3', "0", 1),
        DICE.replacen('3', "-", 1),
        DICE.replacen('3', "３", 1),
        "1".repeat(25),
        "6".repeat(1000),
        "12".repeat(13),
        "123456".repeat(5),
        "12345612".repeat(4),
        "1234561".repeat(4)[..25].to_owned(),
        DICE.repeat(41),
    ];
    for dice in no_throws {
        let input = json!({ "drawId": draw, "dice": dice });
        stage
            .refuses("provideDrawEntropy", input, "VALIDATION", Some("dice"))
            .await;
    }
    let signature = "b7".repeat(48);
    for input in [
        json!({ "drawId": draw }),
        json!({ "drawId": draw, "dice": DICE, "drandSignature": signature }),
        json!({ "drawId": draw, "dice": DICE, "fetch": true }),
        json!({ "drawId": draw, "drandSignature": signature, "fetch": true }),
    ] {
        stage
            .refuses("provideDrawEntropy", input, "VALIDATION", Some("dice"))
            .await;
    }
    for input in [
        json!({ "drawId": draw, "drandSignature": signature }),
        json!({ "drawId": draw, "fetch": true }),
    ] {
        let answer = stage
            .refuses("provideDrawEntropy", input, "CONFLICT", Some("drawId"))
            .await;
        assert!(answer.message().contains("dice"), "{}", answer.message());
    }
    let groups = format!(" {} {}\n{} ", &DICE[..5], &DICE[5..10], &DICE[10..]);
    done(
        &stage.scene.creator,
        "provideDrawEntropy",
        json!({ "drawId": draw, "dice": groups }),
    )
    .await;
    assert_eq!(
        stage.transcript(&draw).await["entropy"],
        json!({ "level": "L1", "dice": DICE })
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seed_draw_takes_no_entropy(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 2).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    stage.call("freezeDraw", &draw).await;
    for input in [
        json!({ "drawId": draw, "dice": DICE }),
        json!({ "drawId": draw, "drandSignature": "b7".repeat(48) }),
        json!({ "drawId": draw, "fetch": true }),
    ] {
        stage
            .refuses("provideDrawEntropy", input, "CONFLICT", Some("drawId"))
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exclusions_come_before_the_freeze_once_and_for_a_reason(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let (scene, prize) = (&stage.scene, stage.scene.prize(1).await);
    let draw = stage.create_simple("L0", &prize, 0).await;
    let exclude = |place: &str, reason: &str| json!({ "drawId": draw, "participantId": place, "reason": reason });
    let place = &stage.people[0].1;
    for reason in ["", " ", &"x".repeat(501)] {
        let input = exclude(place, reason);
        stage
            .refuses("excludeFromDraw", input, "VALIDATION", Some("reason"))
            .await;
    }
    let elsewhere = scene
        .creator
        .active_room(&scene.organization, json!({ "isPublic": true }))
        .await;
    let foreign = scene.outsider.join(&elsewhere).await;
    let input = exclude(&foreign, "Broke the rules");
    stage
        .refuses("excludeFromDraw", input, "VALIDATION", Some("participantId"))
        .await;
    let unknown = exclude("participant_01jzzzzzzzzzzzzzzzzzzzzzzz", "Broke the rules");
    stage.refuses("excludeFromDraw", unknown, "NOT_FOUND", None).await;
    let input = exclude(place, "Broke the rules");
    for client in [&scene.viewer, &scene.reviewer, &stage.people[1].0] {
        let world = stage.world();
        world
            .refuses(client, "excludeFromDraw", input.clone(), "FORBIDDEN", None)
            .await;
    }
    done(&scene.creator, "excludeFromDraw", input.clone()).await;
    stage
        .refuses("excludeFromDraw", input, "CONFLICT", Some("participantId"))
        .await;
    stage.call("freezeDraw", &draw).await;
    let input = exclude(&stage.people[1].1, "Broke the rules");
    stage
        .refuses("excludeFromDraw", input, "CONFLICT", Some("drawId"))
        .await;
    assert_eq!(stage.transcript(&draw).await["freeze"]["n"], 2);
}
