//! Winners that are announced one by one.

use chrono::Duration;
use draw::Standing;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::Database;

use super::{
    crowd::crowd,
    engine,
    show::{PACE, Show, WINS},
    stage::{Stage, Win},
};
use crate::live::follower::Follower;

fn of(win: &Win) -> (&str, i64) {
    (&win.prize, win.rank)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_prize_comes_first_and_its_first_rank_last(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let show = Show::frozen(database).await;
    let selection = "winnerId participantId prizeId";
    let mut follower = Follower::winners(show.stage.world().stranger(), &show.stage.scene.room, None, selection).await;
    follower.is_silent().await;
    show.run().await;

    let expected = [(show.pens.as_str(), 2), (&show.pens, 1), (&show.car, 1)];
    for count in 1..=WINS {
        let event = follower.next().await;
        let winners = show.stage.winners(&show.draw).await;
        assert_eq!(winners.iter().map(of).collect::<Vec<_>>(), expected[..count]);
        let newest = winners.last().unwrap();
        assert_eq!(
            event,
            json!({ "winnerId": newest.id, "participantId": newest.participant, "prizeId": newest.prize })
        );
        assert_eq!(
            show.seed().await.is_null(),
            count < WINS,
            "the seed comes with the last"
        );
        let read = show.stage.read(&show.draw, "status paceSeconds presentedAt").await;
        assert_eq!((&read["status"], &read["paceSeconds"]), (&json!("DRAWN"), &json!(PACE)));
        assert_eq!(read["presentedAt"].is_null(), count < WINS);
        show.stage.world().clock.advance(Duration::seconds(PACE));
    }
    follower.is_silent().await;
    let steps = show.stage.steps(&show.draw).await;
    assert_eq!(steps, ["COMMITTED", "FROZEN", "DRAWN", "PRESENTED"]);
    assert_eq!(show.stage.verify(&show.draw).await.unwrap().standing, Standing::Drawn);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_announced_before_their_moment(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let show = Show::begin(database).await;
    let prize = show.stage.scene.prize(2).await;
    let quick = show.stage.create_simple("L0", &prize, 0).await;
    show.stage.call("freezeDraw", &quick).await;
    let input = json!({ "drawId": quick, "paceSeconds": PACE - 1 });
    show.stage.tell("runDraw", input).await.text("/runDraw/draw/id");

    show.stage.world().clock.advance(Duration::seconds(PACE - 1));
    show.stage.winners_when(&quick, 2).await;
    assert_eq!(show.stage.winners(&show.draw).await.len(), 1, "a second is missing");
    show.stage.world().clock.advance(Duration::seconds(1));
    show.stage.winners_when(&show.draw, 2).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_late_sees_what_was_announced_and_no_more(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let show = Show::begin(database).await;
    let announced = show.next().await;
    let late = show.stage.world().user("Lara Late").await;
    let room = &show.stage.scene.room;
    let mut replay = Follower::winners(&late, room, Some(0), "winnerId").await;
    for win in &announced {
        assert_eq!(replay.next().await["winnerId"], json!(win.id));
    }
    replay.is_silent().await;
    let document = "query($id: ID!) { room(id: $id) { winners { nodes { id } } } }";
    let answer = late.run(document, json!({ "id": room })).await;
    let seen: Vec<_> = announced.iter().map(|win| json!({ "id": win.id })).collect();
    assert_eq!(answer.at("/room/winners/nodes"), &Json::from(seen));

    let all = show.next().await;
    assert_eq!(
        replay.next().await["winnerId"],
        json!(all.last().unwrap().id),
        "and goes on from there"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_goes_on_where_it_stood_and_does_not_hurry(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let mut show = Show::begin(database).await;
    let planned: Vec<_> = show.rows().await.into_iter().map(|row| row.id).collect();
    show.stage.restart().await;
    assert_eq!(show.stage.winners(&show.draw).await.len(), 1);

    let pause = Duration::seconds(5 * PACE);
    show.stage.world().clock.advance(pause);
    show.stage.restart().await;
    show.stage.winners_when(&show.draw, 2).await;
    let row = show.row().await;
    let next = show.stage.world().clock.now() + Duration::seconds(PACE);
    assert_eq!(row.announce_at, Some(next), "one at a time, whatever was missed");
    let winners = show.next().await;
    let told: Vec<_> = winners.iter().map(|win| win.id.parse().unwrap()).collect();
    assert_eq!(planned, told, "those who were drawn at the beginning, in their order");
    assert_eq!(show.stage.verify(&show.draw).await.unwrap().standing, Standing::Drawn);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pace_changes_nothing_about_who_wins(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let show = Show::begin(database).await;
    show.next().await;
    let winners = show.next().await;
    let transcript = show.stage.transcript(&show.draw).await;
    let rankings = engine::rankings(&transcript);
    assert_eq!(transcript["prizes"], engine::as_published(&transcript, &rankings));

    let entries = show.stage.entries(&show.draw).await;
    let place = |index: u32| {
        let pid = transcript["entries"][index as usize]["pid"].as_str().unwrap();
        entries[pid].clone()
    };
    let computed = [place(rankings[1][1]), place(rankings[1][0]), place(rankings[0][0])];
    let told: Vec<_> = winners.iter().map(|win| win.participant.clone()).collect();
    assert_eq!(told, computed);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_announced_can_be_claimed_but_not_given_up_before_the_end(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let show = Show::begin(database).await;
    let (stage, world) = (&show.stage, show.stage.world());
    let announced = show.next().await;
    let (first, second) = (&announced[0], &announced[1]);
    assert_eq!(stage.by_winner(first, "claimPrize").await, "CLAIMED");

    let decline = json!({ "winnerId": second.id });
    let winner = stage.person(&second.participant);
    world
        .refuses(winner, "declinePrize", decline, "CONFLICT", Some("winnerId"))
        .await;
    for win in &announced {
        let disqualify = json!({ "winnerId": win.id, "reason": "Broke the rules" });
        stage
            .refuses("disqualifyWinner", disqualify, "CONFLICT", Some("winnerId"))
            .await;
    }
    let transcript = stage.transcript(&show.draw).await;
    assert_eq!(transcript["events"], json!([]), "claims come with everything else");

    show.next().await;
    assert_eq!(stage.by_winner(second, "declinePrize").await, "DECLINED");
    assert_eq!(stage.disqualify(first).await, "REVOKED");
    let report = stage.verify(&show.draw).await.unwrap();
    assert_eq!(report.standing, Standing::Drawn);
    let happened = stage.history(&show.draw).await;
    assert_eq!((happened[0].0.as_str(), happened[0].1), ("CLAIMED", 2));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_to_claim_runs_from_the_end(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let show = Show::begin(database).await;
    let fields = "presentedAt winners { nodes { claimBy } }";
    let read = show.stage.read(&show.draw, fields).await;
    assert_eq!(read["winners"]["nodes"], json!([{ "claimBy": null }]), "not yet one");
    let early = show.next().await.remove(0);
    show.stage.by_winner(&early, "claimPrize").await;
    show.next().await;

    let end = show.row().await.presented_at.expect("the end");
    let by = end + Duration::seconds(120);
    let expected = [None, Some(by), Some(by)];
    let rows = show.rows().await;
    let found: Vec<_> = rows.iter().map(|row| row.claim_by).collect();
    assert_eq!(found, expected, "who has claimed has no time that runs");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_one_or_none_is_announced_at_once(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    for people in [0, 1] {
        let stage = super::stage::Stage::new(database, people).await;
        let prize = stage.scene.prize(1).await;
        let draw = stage.create_simple("L0", &prize, 3).await;
        stage.call("freezeDraw", &draw).await;
        for pace in [0, 601, -1] {
            let input = json!({ "drawId": draw, "paceSeconds": pace });
            stage.refuses("runDraw", input, "VALIDATION", Some("paceSeconds")).await;
        }
        let input = json!({ "drawId": draw, "paceSeconds": 600 });
        stage.tell("runDraw", input).await.text("/runDraw/draw/id");
        assert_eq!(stage.winners(&draw).await.len(), people);
        assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_the_seed_longer_than_a_day(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 1).await;
    crowd(&stage, 144).await;
    let prize = stage.scene.prize(145).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    stage.call("freezeDraw", &draw).await;
    let run = |pace: i32| json!({ "drawId": draw, "paceSeconds": pace });
    stage
        .refuses("runDraw", run(600), "VALIDATION", Some("paceSeconds"))
        .await;
    let faster = stage.tell("runDraw", run(595)).await;
    assert!(faster.is_ok(), "{}", faster.body);
}
