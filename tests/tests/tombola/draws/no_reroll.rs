//! Every way by which somebody could try to get another result.

use draw::Standing;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::Database;

use super::{
    engine,
    stage::{DICE, Stage, Win},
};
use crate::room::soundness::assert_sound;

/// Something was drawn, and nobody has it any more.
async fn exhausted(stage: &Stage, prize: &str) -> String {
    let draw = stage.drawn(prize, 1).await;
    for _ in 0..2 {
        let win = stage.winners(&draw).await.pop().unwrap();
        assert_eq!(stage.disqualify(&win).await, "REVOKED");
    }
    draw
}

fn of_prize(prize: &str) -> Json {
    json!({ "level": "L0", "prizes": [{ "prizeId": prize }] })
}

/// A commitment to a draw that is refused.
async fn assert_new_refused(stage: &Stage, policy: Json, supersedes: Option<&str>, code: &str, field: &str) {
    let input = json!({ "roomId": stage.scene.room, "policy": policy, "supersedes": supersedes });
    stage.refuses("createDraw", input, code, Some(field)).await;
}

async fn void(stage: &Stage, draw: &str) {
    let input = json!({ "drawId": draw, "reason": "The list was wrong" });
    let answer = stage.tell("voidDraw", input).await;
    assert_eq!(answer.text("/voidDraw/draw/status"), "VOID");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn running_again_at_any_pace_answers_the_same(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 6).await;
    let prize = stage.scene.prize(2).await;
    let draw = stage.drawn(&prize, 2).await;
    let before = stage.world().dump().await;
    for pace in [None, Some(1), Some(600)] {
        let input = json!({ "drawId": draw, "paceSeconds": pace });
        let answer = stage.tell("runDraw", input).await;
        assert_eq!(answer.text("/runDraw/draw/status"), "DRAWN");
    }
    assert_eq!(stage.world().dump().await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_ten_runs_at_once_one_draws(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 6).await;
    let prize = stage.scene.prize(3).await;
    let draw = stage.create_simple("L0", &prize, 2).await;
    stage.call("freezeDraw", &draw).await;
    let runs = (0..10).map(|_| stage.tell("runDraw", json!({ "drawId": draw })));
    for answer in futures::future::join_all(runs).await {
        assert_eq!(answer.text("/runDraw/draw/status"), "DRAWN");
    }
    assert_eq!(stage.winners(&draw).await.len(), 3);
    assert_eq!(stage.steps(&draw).await, ["COMMITTED", "FROZEN", "DRAWN", "PRESENTED"]);
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
    assert_sound(stage.world(), &stage.scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_closed_once(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    stage.call("freezeDraw", &draw).await;
    let freeze = json!({ "drawId": draw });
    for end in ["runDraw", "voidDraw"] {
        stage
            .refuses("freezeDraw", freeze.clone(), "CONFLICT", Some("drawId"))
            .await;
        let input = match end {
            "voidDraw" => json!({ "drawId": draw, "reason": "The list was wrong" }),
            _ => freeze.clone(),
        };
        let answer = stage.tell(end, input).await;
        assert!(answer.is_ok(), "{}", answer.body);
    }
    for mutation in ["freezeDraw", "runDraw"] {
        stage
            .refuses(mutation, freeze.clone(), "CONFLICT", Some("drawId"))
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entropy_is_given_once_whether_or_not_it_was_used(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 5).await;
    let prize = stage.scene.prize(2).await;
    let draw = stage.create_simple("L1", &prize, 0).await;
    stage.call("freezeDraw", &draw).await;
    let dice = |dice: &str| json!({ "drawId": draw, "dice": dice });
    let given = stage.tell("provideDrawEntropy", dice(DICE)).await;
    assert!(given.is_ok(), "{}", given.body);
    let other: String = DICE.chars().rev().collect();
    for run in [true, false] {
        let before = stage.world().dump().await;
        let again = stage.tell("provideDrawEntropy", dice(DICE)).await;
        assert!(again.is_ok(), "{}", again.body);
        assert_eq!(stage.world().dump().await, before, "the same again changes nothing");
        stage
            .refuses("provideDrawEntropy", dice(&other), "CONFLICT", Some("drawId"))
            .await;
        if run {
            stage.call("runDraw", &draw).await;
        }
    }
    assert_eq!(stage.transcript(&draw).await["entropy"]["dice"], DICE);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prize_is_in_one_draw_that_is_not_void(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 3).await;
    let (prize, other) = (stage.scene.prize(2).await, stage.scene.prize(1).await);
    let half = json!([{ "prizeId": prize, "quantity": 1 }]);
    let draw = stage.create(json!({ "level": "L0", "prizes": half })).await;
    let both = json!({ "level": "L0", "prizes": [{ "prizeId": other }, { "prizeId": prize, "quantity": 1 }] });
    for next in ["freezeDraw", "runDraw", ""] {
        assert_new_refused(&stage, both.clone(), None, "CONFLICT", "prizes").await;
        assert_new_refused(&stage, both.clone(), Some(&draw), "CONFLICT", "prizes").await;
        if !next.is_empty() {
            stage.call(next, &draw).await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_after_a_void_one_names_it(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 5).await;
    let (prize, unrelated) = (stage.scene.prize(2).await, stage.scene.prize(1).await);
    let first = stage.drawn(&prize, 1).await;
    let thrown_away = stage.winners(&first).await;
    void(&stage, &first).await;
    assert_eq!(stage.remaining(&prize).await, 2);

    let policy = of_prize(&prize);
    assert_new_refused(&stage, policy.clone(), None, "CONFLICT", "supersedes").await;
    assert_new_refused(&stage, of_prize(&unrelated), Some(&first), "VALIDATION", "supersedes").await;
    let unknown = "draw_01jzzzzzzzzzzzzzzzzzzzzzzz";
    assert_new_refused(&stage, policy.clone(), Some(unknown), "NOT_FOUND", "supersedes").await;

    let input = json!({ "roomId": stage.scene.room, "policy": policy, "supersedes": first });
    let answer = stage.tell("createDraw", input).await;
    let second = answer.text("/createDraw/draw/id");
    let read = stage.read(&second, "supersedes { id status voidReason seed }").await;
    let old = &read["supersedes"];
    assert_eq!((&old["id"], &old["status"]), (&json!(first), &json!("VOID")));
    assert_eq!(old["voidReason"], "The list was wrong");
    stage.call("freezeDraw", &second).await;
    stage.call("runDraw", &second).await;
    assert_eq!(stage.transcript(&second).await["policy"]["supersedes"], json!(first));
    assert_eq!(stage.verify(&second).await.unwrap().standing, Standing::Drawn);

    // What was thrown away can be computed by everybody, for ever.
    let transcript = stage.transcript(&first).await;
    assert_eq!(transcript["seed"], old["seed"]);
    assert!(transcript["seed"].is_string());
    let rankings = engine::rankings(&transcript);
    assert_eq!(transcript["prizes"], engine::as_published(&transcript, &rankings));
    let last = transcript["events"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["type"], &last["reason"]),
        (&json!("VOIDED"), &json!("The list was wrong"))
    );
    assert_eq!(last["actor"], json!(stage.scene.creator.user));
    assert_eq!(stage.verify(&first).await.unwrap().standing, Standing::Void);
    let ids = |wins: &[Win]| wins.iter().map(|win| win.id.clone()).collect::<Vec<_>>();
    let still_there = stage.winners(&first).await;
    assert_eq!(ids(&still_there), ids(&thrown_away));
    assert!(still_there.iter().all(|win| win.status == "REVOKED"));

    // The chain has no branches.
    void(&stage, &second).await;
    assert_new_refused(&stage, of_prize(&prize), Some(&first), "CONFLICT", "supersedes").await;
    assert_sound(stage.world(), &stage.scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_that_was_voided_before_it_was_drawn_shows_its_seed_too(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    for (frozen, thrown) in [(false, false), (true, false), (true, true)] {
        let prize = stage.scene.prize(1).await;
        let draw = stage.create_simple("L1", &prize, 0).await;
        if frozen {
            stage.call("freezeDraw", &draw).await;
        }
        if thrown {
            let dice = json!({ "drawId": draw, "dice": DICE });
            stage
                .tell("provideDrawEntropy", dice)
                .await
                .text("/provideDrawEntropy/draw/id");
        }
        void(&stage, &draw).await;
        let transcript = stage.transcript(&draw).await;
        assert!(transcript["seed"].is_string());
        assert_eq!(transcript["prizes"], json!([]));
        assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Void);
        assert_new_refused(&stage, of_prize(&prize), None, "CONFLICT", "supersedes").await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_is_voided_once_and_for_a_reason(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.drawn(&prize, 0).await;
    for reason in [String::new(), "  ".to_owned(), "x".repeat(501)] {
        let input = json!({ "drawId": draw, "reason": reason });
        stage.refuses("voidDraw", input, "VALIDATION", Some("reason")).await;
    }
    let input = json!({ "drawId": draw, "reason": "The list was wrong" });
    for client in [&stage.scene.viewer, &stage.scene.reviewer, &stage.people[0].0] {
        let world = stage.world();
        world
            .refuses(client, "voidDraw", input.clone(), "FORBIDDEN", None)
            .await;
    }
    void(&stage, &draw).await;
    stage.refuses("voidDraw", input, "CONFLICT", Some("drawId")).await;
    let win = stage.winners(&draw).await.remove(0);
    let winner = stage.person(&win.participant);
    let claim = json!({ "winnerId": win.id });
    stage
        .world()
        .refuses(winner, "claimPrize", claim, "CONFLICT", Some("winnerId"))
        .await;
    let disqualify = json!({ "winnerId": win.id, "reason": "Broke the rules" });
    stage
        .refuses("disqualifyWinner", disqualify, "CONFLICT", Some("drawId"))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disqualifying_everybody_frees_the_prize_for_nobody(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 4).await;
    let prize = stage.scene.prize(1).await;
    let draw = exhausted(&stage, &prize).await;
    assert_eq!(stage.remaining(&prize).await, 1, "it stays unawarded");
    for (_, place) in &stage.people {
        let input = json!({ "prizeId": prize, "participantId": place });
        stage.refuses("awardPrize", input, "CONFLICT", Some("prizeId")).await;
    }
    assert_new_refused(&stage, of_prize(&prize), None, "CONFLICT", "prizes").await;
    assert_new_refused(&stage, of_prize(&prize), Some(&draw), "CONFLICT", "prizes").await;
    let before = stage.transcript_text(&draw).await;
    stage.call("runDraw", &draw).await;
    assert_eq!(stage.transcript_text(&draw).await, before);
    assert_eq!(stage.winners(&draw).await.len(), 2, "nobody new");
    let report = stage.verify(&draw).await.unwrap();
    assert_eq!((report.standing, report.prizes[0].unawarded), (Standing::Drawn, 1));
}
