//! How wins end, and who takes their place.

use chrono::Duration;
use draw::Standing;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::Database;

use super::stage::{Stage, until};
use crate::{live::follower::log, room::soundness::assert_sound};

/// A draw of a prize with alternates and a minute to claim.
async fn with_a_window(stage: &Stage, prize: &str, alternates: u32) -> String {
    let prizes = json!([{ "prizeId": prize, "alternates": alternates }]);
    let policy = json!({ "level": "L0", "prizes": prizes, "claimWindowSeconds": 60 });
    let draw = stage.create(policy).await;
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;
    draw
}

/// The transcript tells what happened, and everything about the room fits.
async fn assert_holds(stage: &Stage, draw: &str) {
    assert_eq!(stage.verify(draw).await.unwrap().standing, Standing::Drawn);
    assert_sound(stage.world(), &stage.scene.room).await;
}

fn ranks(history: &[(String, i64, Option<String>)]) -> Vec<(&str, i64)> {
    history.iter().map(|(kind, rank, _)| (kind.as_str(), *rank)).collect()
}

/// The newest events of a room.
async fn newest(stage: &Stage, count: usize) -> Vec<Json> {
    let selection = "__typename ... on WinnerAnnounced { winnerId quantityRemaining }
        ... on WinnerStatusChanged { winnerId winnerStatus reason } ... on WinnerRevoked { winnerId reason }
        ... on DrawStepTaken { step rank reason }";
    let mut events = log(stage.world().stranger(), &stage.scene.room, selection).await;
    events.split_off(events.len() - count)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_win_goes_to_the_next_alternate(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 4).await;
    let prize = stage.scene.prize(1).await;
    let draw = with_a_window(&stage, &prize, 2).await;
    stage.world().clock.advance(Duration::seconds(30));
    let first = stage.winners(&draw).await.remove(0);
    let input = json!({ "winnerId": first.id, "reason": "  I have one already " });
    let status = stage
        .about_win(stage.person(&first.participant), "declinePrize", input)
        .await;
    assert_eq!(status, "DECLINED");

    let winners = stage.winners(&draw).await;
    assert_eq!((winners.len(), winners[0].status.as_str()), (2, "DECLINED"));
    let second = &winners[1];
    assert_eq!((second.rank, second.status.as_str()), (2, "PENDING"));
    assert_ne!(second.participant, first.participant);
    assert_eq!(stage.remaining(&prize).await, 0);
    assert_eq!(
        newest(&stage, 4).await,
        [
            json!({ "__typename": "WinnerStatusChanged", "winnerId": first.id, "winnerStatus": "DECLINED", "reason": "I have one already" }),
            json!({ "__typename": "DrawStepTaken", "step": "DECLINED", "rank": 1, "reason": "I have one already" }),
            json!({ "__typename": "DrawStepTaken", "step": "PROMOTED", "rank": 2, "reason": null }),
            json!({ "__typename": "WinnerAnnounced", "winnerId": second.id, "quantityRemaining": 0 }),
        ]
    );
    let read = stage.read(&draw, "winners { nodes { claimBy announcedAt } }").await;
    assert_eq!(read["winners"]["nodes"][1]["announcedAt"], "2026-06-01T12:00:30.000Z");
    assert_eq!(
        read["winners"]["nodes"][1]["claimBy"], "2026-06-01T12:01:30.000Z",
        "a whole window of their own"
    );
    assert_holds(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_no_alternate_is_left_the_prize_stays_unawarded(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 4).await;
    let prize = stage.scene.prize(2).await;
    let draw = stage.drawn(&prize, 1).await;
    let winners = stage.winners(&draw).await;
    for (win, left) in winners.iter().zip([0, 1]) {
        assert_eq!(stage.by_winner(win, "declinePrize").await, "DECLINED");
        assert_eq!(stage.remaining(&prize).await, left);
        assert_holds(&stage, &draw).await;
    }
    let promoted = stage.winners(&draw).await.pop().unwrap();
    assert_eq!(stage.by_winner(&promoted, "declinePrize").await, "DECLINED");
    assert_eq!(stage.remaining(&prize).await, 2);
    assert_eq!(stage.winners(&draw).await.len(), 3);
    let history = stage.history(&draw).await;
    let expected = [("DECLINED", 2), ("PROMOTED", 3), ("DECLINED", 1), ("DECLINED", 3)];
    assert_eq!(ranks(&history), expected);
    let report = stage.verify(&draw).await.unwrap();
    assert_eq!((report.prizes[0].unawarded, report.prizes[0].winners.len()), (2, 0));
    assert_holds(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wins_run_out_one_after_the_other(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 5).await;
    let prize = stage.scene.prize(2).await;
    let draw = with_a_window(&stage, &prize, 3).await;
    let claimed = stage.winners(&draw).await.remove(0);
    stage.by_winner(&claimed, "claimPrize").await;

    let pass = async |seconds: i64, count: usize| {
        stage.world().clock.advance(Duration::seconds(seconds));
        stage.winners_when(&draw, count).await
    };
    let winners = pass(60, 3).await;
    let statuses: Vec<_> = winners.iter().map(|win| (win.rank, win.status.as_str())).collect();
    assert_eq!(statuses, [(2, "CLAIMED"), (1, "EXPIRED"), (3, "PENDING")]);
    pass(60, 4).await;
    pass(60, 5).await;
    assert_holds(&stage, &draw).await;
    stage.world().clock.advance(Duration::seconds(60));
    let given_back = async || (stage.remaining(&prize).await == 1).then_some(());
    until("the last alternate's time runs out", given_back).await;

    let expected = [
        ("CLAIMED", 2),
        ("EXPIRED", 1),
        ("PROMOTED", 3),
        ("EXPIRED", 3),
        ("PROMOTED", 4),
        ("EXPIRED", 4),
        ("PROMOTED", 5),
        ("EXPIRED", 5),
    ];
    assert_eq!(ranks(&stage.history(&draw).await), expected);
    let last = stage.read(&draw, "steps(last: 1) { nodes { actor { id } } }").await;
    assert_eq!(last["steps"]["nodes"], json!([{ "actor": null }]), "the server did it");
    assert_holds(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_run_out_at_once_each_has_its_successor(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 9).await;
    let prize = stage.scene.prize(4).await;
    let draw = with_a_window(&stage, &prize, 3).await;
    stage.world().clock.advance(Duration::seconds(60));
    stage.winners_when(&draw, 7).await;
    let history = stage.history(&draw).await;
    let promoted: Vec<_> = history.iter().filter(|(kind, ..)| kind == "PROMOTED").collect();
    assert_eq!(promoted.iter().map(|step| step.1).collect::<Vec<_>>(), [5, 6, 7]);
    assert_eq!(stage.remaining(&prize).await, 1, "there were three alternates for four");
    assert_holds(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pending_win_and_a_claimed_one_can_be_taken_away(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 5).await;
    let prize = stage.scene.prize(2).await;
    let draw = stage.drawn(&prize, 1).await;
    let winners = stage.winners(&draw).await;
    let (pending, claimed) = (&winners[0], &winners[1]);
    stage.by_winner(claimed, "claimPrize").await;
    for reason in ["", "   ", &"x".repeat(501)] {
        let input = json!({ "winnerId": pending.id, "reason": reason });
        stage
            .refuses("disqualifyWinner", input, "VALIDATION", Some("reason"))
            .await;
    }
    for client in [
        stage.person(&pending.participant),
        &stage.scene.viewer,
        &stage.scene.reviewer,
    ] {
        let input = json!({ "winnerId": pending.id, "reason": "Broke the rules" });
        let world = stage.world();
        world
            .refuses(client, "disqualifyWinner", input, "FORBIDDEN", None)
            .await;
    }

    for win in [pending, claimed] {
        assert_eq!(stage.disqualify(win).await, "REVOKED");
        let document = "query($id: ID!) { node(id: $id) { ... on Winner { revokeReason revokedAt } } }";
        let answer = stage.world().stranger().run(document, json!({ "id": win.id })).await;
        assert_eq!(answer.at("/node/revokeReason"), "Broke the rules");
        assert!(answer.at("/node/revokedAt").is_string());
        assert_holds(&stage, &draw).await;
        let input = json!({ "winnerId": win.id, "reason": "Once more" });
        stage
            .refuses("disqualifyWinner", input, "CONFLICT", Some("winnerId"))
            .await;
        let winner = stage.person(&win.participant);
        for mutation in ["claimPrize", "declinePrize"] {
            let input = json!({ "winnerId": win.id });
            let world = stage.world();
            world
                .refuses(winner, mutation, input, "CONFLICT", Some("winnerId"))
                .await;
        }
    }
    let history = stage.history(&draw).await;
    assert_eq!(
        ranks(&history),
        [
            ("CLAIMED", 1),
            ("DISQUALIFIED", 2),
            ("PROMOTED", 3),
            ("DISQUALIFIED", 1)
        ]
    );
    assert_eq!(history[1].2.as_deref(), Some("Broke the rules"));
    let transcript = stage.transcript(&draw).await;
    assert_eq!(transcript["events"][1]["actor"], json!(stage.scene.creator.user));
    assert_eq!(stage.remaining(&prize).await, 1);
}

/// Three people: one has the first prize, their alternates have the second as far as it goes.
async fn three(stage: &Stage, first: &str, second: &str) -> String {
    let prizes = json!([{ "prizeId": first, "alternates": 2 }, { "prizeId": second }]);
    let draw = stage.create(json!({ "level": "L0", "prizes": prizes })).await;
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;
    draw
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alternates_who_hold_as_many_wins_as_one_can_are_passed_over(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let (first, second) = (stage.scene.prize(1).await, stage.scene.prize(2).await);
    let draw = three(&stage, &first, &second).await;
    let winners = stage.winners(&draw).await;
    let holder = winners.iter().find(|win| win.prize == first).unwrap();
    stage.by_winner(holder, "declinePrize").await;

    let skipped = |rank| ("SKIPPED".to_owned(), rank, Some("WIN_LIMIT".to_owned()));
    let history = stage.history(&draw).await;
    assert_eq!(history, [("DECLINED".to_owned(), 1, None), skipped(2), skipped(3)]);
    assert_eq!(stage.remaining(&first).await, 1);
    assert_eq!(stage.winners(&draw).await.len(), 3, "nobody new");
    assert_holds(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_one_who_is_passed_over_the_next_one_wins(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let (first, second) = (stage.scene.prize(1).await, stage.scene.prize(1).await);
    let draw = three(&stage, &first, &second).await;
    let prizes = stage.transcript(&draw).await["prizes"].clone();
    let passed_over = &prizes[1]["ranking"][0];
    let is_next = prizes[0]["ranking"][1] == *passed_over;
    let winners = stage.winners(&draw).await;
    let holder = winners.iter().find(|win| win.prize == first).unwrap();
    stage.by_winner(holder, "declinePrize").await;
    let promoted = stage.winners(&draw).await.pop().unwrap();
    assert_eq!((&promoted.prize, promoted.rank), (&first, if is_next { 3 } else { 2 }));
    assert_holds(&stage, &draw).await;
    stage.by_winner(&promoted, "declinePrize").await;
    let expected = if is_next {
        [("DECLINED", 1), ("SKIPPED", 2), ("PROMOTED", 3), ("DECLINED", 3)]
    } else {
        [("DECLINED", 1), ("PROMOTED", 2), ("DECLINED", 2), ("SKIPPED", 3)]
    };
    assert_eq!(ranks(&stage.history(&draw).await), expected);
    assert_eq!(stage.remaining(&first).await, 1);
    assert_holds(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alternates_who_were_disqualified_are_passed_over(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let (first, second) = (stage.scene.prize(1).await, stage.scene.prize(2).await);
    let draw = three(&stage, &first, &second).await;
    let winners = stage.winners(&draw).await;
    for win in winners.iter().filter(|win| win.prize == second) {
        stage.disqualify(win).await;
    }
    let holder = winners.iter().find(|win| win.prize == first).unwrap();
    stage.by_winner(holder, "declinePrize").await;
    let history = stage.history(&draw).await;
    let skipped: Vec<_> = history.iter().filter(|(kind, ..)| kind == "SKIPPED").collect();
    let grounds: Vec<_> = skipped.iter().map(|(_, rank, why)| (*rank, why.as_deref())).collect();
    assert_eq!(grounds, [(2, Some("DISQUALIFIED")), (3, Some("DISQUALIFIED"))]);
    assert_eq!(stage.remaining(&first).await, 1);
    assert_holds(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gave_up_a_win_can_be_promoted_to_another(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let (first, second) = (stage.scene.prize(1).await, stage.scene.prize(2).await);
    let draw = three(&stage, &first, &second).await;
    let winners = stage.winners(&draw).await;
    for win in winners.iter().filter(|win| win.prize == second) {
        stage.by_winner(win, "declinePrize").await;
    }
    let holder = winners.iter().find(|win| win.prize == first).unwrap();
    stage.by_winner(holder, "declinePrize").await;
    let promoted = stage.winners(&draw).await.pop().unwrap();
    assert_eq!((promoted.prize.as_str(), promoted.rank), (first.as_str(), 2));
    assert_eq!(stage.by_winner(&promoted, "claimPrize").await, "CLAIMED");
    assert_holds(&stage, &draw).await;
}
