//! Calls about draws against each other, and against the work that the server does by itself.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::Duration;
use draw::Standing;
use entity::room::winner::WinnerStatus;
use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, Second};

use super::{
    sound::{assert_sound_for, count, draw_is_sound, kinds, steps, until, wins},
    stage::Stage,
};

const MANY: usize = 50;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_runs_at_once_all_answer_one_result(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 8).await;
    let prize = stage.scene.prize(3).await;
    let draw = stage.create_simple("L0", &prize, 2).await;
    stage.call("freezeDraw", &draw).await;

    let selection = "draw { status drawnAt seed winners { totalCount nodes { id rank } } }";
    let runs = (0..MANY).map(|_| {
        stage
            .scene
            .creator
            .mutate("runDraw", json!({ "drawId": draw }), selection)
    });
    let answers = join_all(runs).await;
    for answer in &answers {
        assert!(answer.is_ok(), "{}", answer.body);
        assert_eq!(answer.body["data"], answers[0].body["data"]);
    }
    assert_eq!(answers[0].text("/runDraw/draw/status"), "DRAWN");
    assert_eq!(answers[0].number("/runDraw/draw/winners/totalCount"), 3);
    assert_eq!(wins(stage.world(), &draw).await.len(), 3);
    assert_eq!(stage.remaining(&prize).await, 0);
    assert_eq!(stage.steps(&draw).await, ["COMMITTED", "FROZEN", "DRAWN", "PRESENTED"]);
    let log = kinds(stage.world(), &stage.scene.room).await;
    assert_eq!(count(&log, "WINNER_ANNOUNCED"), 3);
    draw_is_sound(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_freezes_at_once_one_closes_the_list(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 5).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 0).await;

    let input = json!({ "drawId": draw });
    let answers = join_all((0..MANY).map(|_| stage.tell("freezeDraw", input.clone()))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for refused in answers.iter().filter(|answer| !answer.is_ok()) {
        refused.assert_refused_for("CONFLICT", "drawId");
    }
    assert_eq!(stage.steps(&draw).await, ["COMMITTED", "FROZEN"]);
    draw_is_sound(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_claims_at_once_one_takes_the_win(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.drawn(&prize, 1).await;
    let win = stage.winners(&draw).await.remove(0);
    let winner = stage.person(&win.participant);

    let input = json!({ "winnerId": win.id });
    let claims = (0..MANY).map(|_| winner.mutate("claimPrize", input.clone(), "winner { status }"));
    let answers = join_all(claims).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for refused in answers.iter().filter(|answer| !answer.is_ok()) {
        refused.assert_refused_for("CONFLICT", "winnerId");
        assert!(refused.message().contains("CLAIMED"), "{}", refused.message());
    }
    assert_eq!(stage.steps(&draw).await.last().unwrap(), "CLAIMED");
    let log = kinds(stage.world(), &stage.scene.room).await;
    assert_eq!(count(&log, "WINNER_STATUS_CHANGED"), 1);
    draw_is_sound(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_win_is_claimed_or_runs_out_and_never_both(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 30).await;
    // The clock moves on after so many claims were answered.
    for answered in [0, 5, 10, 15] {
        let prize = stage.scene.prize(20).await;
        let prizes = json!([{ "prizeId": prize, "alternates": 4 }]);
        let draw = stage
            .create(json!({ "level": "L0", "prizes": prizes, "claimWindowSeconds": 60 }))
            .await;
        stage.call("freezeDraw", &draw).await;
        stage.call("runDraw", &draw).await;
        let first = stage.winners(&draw).await;
        let done = AtomicUsize::new(0);
        let claims = join_all(first.iter().map(|win| {
            let done = &done;
            let claim =
                stage
                    .person(&win.participant)
                    .mutate("claimPrize", json!({ "winnerId": win.id }), "winner { status }");
            async move {
                let answer = claim.await;
                done.fetch_add(1, Ordering::SeqCst);
                answer
            }
        }));
        let time = async {
            until("claims are answered", async || done.load(Ordering::SeqCst) >= answered).await;
            stage.world().clock.advance(Duration::seconds(60));
        };
        let (answers, ()) = tokio::join!(claims, time);
        until("the rest has run out", async || {
            let now = stage.world().clock.now();
            let wins = wins(stage.world(), &draw).await;
            !wins
                .iter()
                .any(|win| win.status == WinnerStatus::Pending && win.claim_by.is_some_and(|time| time <= now))
        })
        .await;

        let after = wins(stage.world(), &draw).await;
        let status = |id: &str| after.iter().find(|win| win.id.to_string() == id).unwrap().status;
        for (win, answer) in first.iter().zip(&answers) {
            let expected = if answer.is_ok() {
                WinnerStatus::Claimed
            } else {
                answer.assert_refused_for("CONFLICT", "winnerId");
                WinnerStatus::Expired
            };
            assert_eq!(status(&win.id), expected, "{}", answer.body);
        }
        let expired = answers.iter().filter(|answer| !answer.is_ok()).count();
        let promoted = after.iter().filter(|win| win.status == WinnerStatus::Pending).count();
        assert_eq!(
            promoted,
            expired.min(4),
            "as many alternates as there are places and alternates"
        );
        let left = i64::try_from(expired - promoted).unwrap();
        assert_eq!(stage.remaining(&prize).await, left);
        let taken = steps(stage.world(), &draw).await.len();
        assert_eq!(
            taken,
            4 + 20 + promoted,
            "one step for each win, one for each promotion"
        );
        draw_is_sound(&stage, &draw).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prize_is_awarded_by_hand_or_its_list_is_closed_and_never_both(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 6).await;
    for _ in 0..8 {
        let prize = stage.scene.prize(3).await;
        let draw = stage.create_simple("L0", &prize, 1).await;
        let award = |place: &String| {
            let input = json!({ "prizeId": prize, "participantId": place });
            let organizer = stage.scene.creator.clone();
            async move { organizer.mutate("awardPrize", input, "winner { id }").await }
        };
        let places: Vec<_> = stage.people.iter().map(|(_, place)| place.clone()).collect();
        let (first, frozen, second) = tokio::join!(
            join_all(places[..1].iter().map(award)),
            stage.tell("freezeDraw", json!({ "drawId": draw })),
            join_all(places[1..].iter().map(award)),
        );
        let awards: Vec<_> = first.into_iter().chain(second).collect();
        let awarded = awards.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(frozen.is_ok(), awarded == 0, "{awarded} awards, and {}", frozen.body);
        for refused in awards.iter().chain([&frozen]).filter(|answer| !answer.is_ok()) {
            refused.assert_refused("CONFLICT");
        }
        draw_is_sound(&stage, &draw).await;
        if !frozen.is_ok() {
            continue;
        }

        // The list is closed: winners come from the draw alone, before it is run, meanwhile, and after.
        let run = json!({ "drawId": draw });
        let (first, run, second) = tokio::join!(
            join_all(places[..3].iter().map(award)),
            stage.tell("runDraw", run),
            join_all(places[3..].iter().map(award)),
        );
        assert!(run.is_ok(), "{}", run.body);
        for refused in first.iter().chain(&second) {
            refused.assert_refused_for("CONFLICT", "prizeId");
        }
        assert_eq!(stage.remaining(&prize).await, 0);
        draw_is_sound(&stage, &draw).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_while_the_list_is_closed_is_on_it_or_is_told(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 2).await;
    for round in 0..3 {
        let prize = stage.scene.prize(1).await;
        let draw = stage.create_simple("L0", &prize, 0).await;
        let mut people = Vec::new();
        for number in 0..30 {
            people.push(stage.world().user(&format!("Guest {round} {number}")).await);
        }
        let join = |person: &Client| {
            let (person, input) = (person.clone(), json!({ "roomId": stage.scene.room }));
            async move { person.mutate("joinRoom", input, "closedDraws { id status }").await }
        };
        let (before, after) = people.split_at(10);
        let (first, frozen, second) = tokio::join!(
            join_all(before.iter().map(join)),
            stage.tell("freezeDraw", json!({ "drawId": draw })),
            join_all(after.iter().map(join)),
        );
        assert!(frozen.is_ok(), "{}", frozen.body);

        let receipt = format!("{{ drawReceipt(drawId: \"{draw}\") {{ index }} }}");
        let mut listed = 0;
        for (person, joined) in people.iter().zip(first.iter().chain(&second)) {
            let closed = joined.list("/joinRoom/closedDraws");
            let told = closed.iter().any(|closed| closed["id"] == json!(draw));
            let answer = person.query(&receipt).await;
            let on_it = answer.at("/drawReceipt/index").is_number();
            assert_ne!(told, on_it, "{} and {}", joined.body, answer.body);
            listed += i64::from(on_it);
        }
        let count = format!("{{ draw(id: \"{draw}\") {{ entryCount }} }}");
        let known = 2 + 30 * round;
        let answer = stage.world().stranger().query(&count).await;
        assert_eq!(answer.number("/draw/entryCount"), known + listed);
        draw_is_sound(&stage, &draw).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_is_voided_before_it_is_run_or_after(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 6).await;
    for round in 0..10 {
        let prize = stage.scene.prize(4).await;
        let draw = stage.create_simple("L0", &prize, 1).await;
        stage.call("freezeDraw", &draw).await;
        let void = json!({ "drawId": draw, "reason": "The list was wrong" });
        let tell = |mutation: &'static str, input, first: bool| {
            let stage = &stage;
            async move {
                for _ in 0..if first { 0 } else { 40 * (round % 5) } {
                    tokio::task::yield_now().await;
                }
                stage.tell(mutation, input).await
            }
        };
        let (voided, run) = tokio::join!(
            tell("voidDraw", void, round < 5),
            tell("runDraw", json!({ "drawId": draw }), round >= 5),
        );
        assert!(voided.is_ok(), "{}", voided.body);
        if !run.is_ok() {
            run.assert_refused_for("CONFLICT", "drawId");
        }
        let told = steps(stage.world(), &draw).await.len();
        assert_eq!(
            told,
            if run.is_ok() { 5 } else { 3 },
            "drawn and presented, or not at all"
        );
        assert_eq!(stage.remaining(&prize).await, 4);
        assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Void);
        draw_is_sound(&stage, &draw).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_win_is_declined_or_taken_away_and_one_alternate_follows(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 5).await;
    for _ in 0..8 {
        let prize = stage.scene.prize(1).await;
        let draw = stage.drawn(&prize, 3).await;
        let win = stage.winners(&draw).await.remove(0);
        let decline = json!({ "winnerId": win.id, "reason": "No, thanks" });
        let disqualify = json!({ "winnerId": win.id, "reason": "Not eligible" });
        let (declined, disqualified) = tokio::join!(
            stage
                .person(&win.participant)
                .mutate("declinePrize", decline, "winner { status }"),
            stage
                .scene
                .creator
                .mutate("disqualifyWinner", disqualify, "winner { status }"),
        );
        assert_ne!(
            declined.is_ok(),
            disqualified.is_ok(),
            "{} {}",
            declined.body,
            disqualified.body
        );
        for refused in [&declined, &disqualified].into_iter().filter(|answer| !answer.is_ok()) {
            refused.assert_refused_for("CONFLICT", "winnerId");
        }
        let ranks: Vec<_> = stage
            .winners(&draw)
            .await
            .into_iter()
            .map(|win| (win.rank, win.status))
            .collect();
        let ended = if declined.is_ok() { "DECLINED" } else { "REVOKED" };
        assert_eq!(ranks, [(1, ended.to_owned()), (2, "PENDING".to_owned())]);
        assert_eq!(stage.remaining(&prize).await, 0);
        draw_is_sound(&stage, &draw).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_look_after_one_draw_do_nothing_twice(#[values(Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 12).await;
    let second = Second::start(stage.world(), |config| config.draws.tick_milliseconds = 20).await;
    let prize = stage.scene.prize(6).await;
    let prizes = json!([{ "prizeId": prize, "alternates": 3 }]);
    let draw = stage
        .create(json!({ "level": "L0", "prizes": prizes, "claimWindowSeconds": 60 }))
        .await;
    stage.call("freezeDraw", &draw).await;
    let run = stage.tell("runDraw", json!({ "drawId": draw, "paceSeconds": 1 })).await;
    assert!(run.is_ok(), "{}", run.body);

    let announced = async || {
        let wins = wins(stage.world(), &draw).await;
        wins.iter().filter(|win| win.announced_at.is_some()).count()
    };
    for shown in 1..=6 {
        until("one more is announced", async || announced().await >= shown).await;
        assert_eq!(announced().await, shown, "one at a time");
        assert_sound_for(stage.world(), &stage.scene.room, &draw, &second.stranger).await;
        stage.world().clock.advance(Duration::seconds(1));
    }
    until("the seed is shown", async || {
        stage.steps(&draw).await.last().is_some_and(|step| step == "PRESENTED")
    })
    .await;
    let log = kinds(stage.world(), &stage.scene.room).await;
    assert_eq!(count(&log, "WINNER_ANNOUNCED"), 6);

    // Nobody claims: all six run out, three alternates follow, and these run out too.
    for (expired, promoted) in [(6, 3), (9, 3)] {
        stage.world().clock.advance(Duration::seconds(60));
        let all = 4 + expired + promoted;
        until("wins have run out", async || {
            steps(stage.world(), &draw).await.len() >= all
        })
        .await;
        let taken: Vec<_> = stage.steps(&draw).await;
        assert_eq!(count(&taken, "EXPIRED"), expired);
        assert_eq!(count(&taken, "PROMOTED"), promoted);
        assert_sound_for(stage.world(), &stage.scene.room, &draw, &second.stranger).await;
    }
    assert_eq!(stage.remaining(&prize).await, 6);
    let log = kinds(stage.world(), &stage.scene.room).await;
    assert_eq!(count(&log, "WINNER_ANNOUNCED"), 9);
    assert_eq!(count(&log, "WINNER_STATUS_CHANGED"), 9);
    second.stop().await;
}
