//! Claiming: who may, and until when.

use chrono::Duration;
use draw::Standing;
use rstest::rstest;
use serde_json::json;
use tests::{Database, World};

use super::stage::Stage;
use crate::room::soundness::{assert_audited, assert_sound, events};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_winner_claims_and_nobody_else(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.drawn(&prize, 1).await;
    let win = stage.winners(&draw).await.remove(0);
    let input = json!({ "winnerId": win.id });
    let (scene, world) = (&stage.scene, stage.world());
    let (other, _) = stage
        .people
        .iter()
        .find(|(_, place)| *place != win.participant)
        .unwrap();
    for client in [
        other,
        &scene.creator,
        &scene.admin,
        &scene.reviewer,
        &scene.viewer,
        &scene.outsider,
    ] {
        for mutation in ["claimPrize", "declinePrize"] {
            world.refuses(client, mutation, input.clone(), "FORBIDDEN", None).await;
        }
    }
    let stranger = world.stranger();
    world
        .refuses(stranger, "claimPrize", input.clone(), "UNAUTHENTICATED", None)
        .await;
    assert_eq!(stage.by_winner(&win, "claimPrize").await, "CLAIMED");
    let winner = stage.person(&win.participant);
    assert_audited(world, "PRIZE_CLAIMED", &winner.user).await;
    for mutation in ["claimPrize", "declinePrize"] {
        let answer = world.refuses(winner, mutation, input.clone(), "CONFLICT", Some("winnerId"));
        let answer = answer.await;
        assert!(
            answer.message().to_lowercase().contains("claimed"),
            "{}",
            answer.message()
        );
    }
    let history = stage.history(&draw).await;
    assert_eq!(history, [("CLAIMED".to_owned(), 1, None)]);
    let report = stage.verify(&draw).await.unwrap();
    assert_eq!(report.standing, Standing::Drawn);
    assert!(report.prizes[0].winners[0].claimed);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_that_comes_too_late_is_refused_even_before_the_win_runs_out(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    // This server looks once a minute of real time: nothing runs out by itself.
    let world = World::with(database, |config| config.draws.tick_milliseconds = 60_000).await;
    let stage = Stage::in_world(world, 3).await;
    let prize = stage.scene.prize(2).await;
    let policy = json!({ "level": "L0", "prizes": [{ "prizeId": prize }], "claimWindowSeconds": 60 });
    let draw = stage.create(policy).await;
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;
    let winners = stage.winners(&draw).await;
    stage.world().clock.advance(Duration::milliseconds(59_999));
    assert_eq!(stage.by_winner(&winners[0], "claimPrize").await, "CLAIMED");
    stage.world().clock.advance(Duration::milliseconds(1));
    let late = &winners[1];
    assert_eq!(stage.winners(&draw).await[1].status, "PENDING");
    let input = json!({ "winnerId": late.id });
    let winner = stage.person(&late.participant);
    let refused = stage
        .world()
        .refuses(winner, "claimPrize", input, "CONFLICT", Some("winnerId"));
    let answer = refused.await;
    assert!(answer.message().contains("time to claim"), "{}", answer.message());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_win_that_ran_out_cannot_be_claimed(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(1).await;
    let prizes = json!([{ "prizeId": prize, "alternates": 1 }]);
    let policy = json!({ "level": "L0", "prizes": prizes, "claimWindowSeconds": 60 });
    let draw = stage.create(policy).await;
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;
    stage.world().clock.advance(Duration::seconds(60));
    let winners = stage.winners_when(&draw, 2).await;
    let winner = stage.person(&winners[0].participant);
    for mutation in ["claimPrize", "declinePrize"] {
        let input = json!({ "winnerId": winners[0].id });
        let refused = stage
            .world()
            .refuses(winner, mutation, input, "CONFLICT", Some("winnerId"));
        let answer = refused.await;
        assert!(
            answer.message().to_lowercase().contains("expired"),
            "{}",
            answer.message()
        );
    }
    assert_eq!(stage.by_winner(&winners[1], "claimPrize").await, "CLAIMED");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prize_awarded_by_hand_is_claimed_or_declined_like_any_other(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 2).await;
    let prize = stage.scene.prize(2).await;
    let world = stage.world();
    let mut wins = Vec::new();
    for (person, place) in &stage.people {
        let win = stage.scene.award(&prize, place).await;
        let input = json!({ "winnerId": win });
        for client in [&stage.scene.creator, &stage.scene.outsider] {
            world
                .refuses(client, "claimPrize", input.clone(), "FORBIDDEN", None)
                .await;
        }
        let input = json!({ "winnerId": win, "reason": "Broke the rules" });
        stage
            .refuses("disqualifyWinner", input, "CONFLICT", Some("winnerId"))
            .await;
        wins.push((person, win));
    }
    let (person, win) = &wins[0];
    let input = json!({ "winnerId": win });
    assert_eq!(stage.about_win(person, "claimPrize", input.clone()).await, "CLAIMED");
    assert_audited(world, "PRIZE_CLAIMED", &person.user).await;
    let event = events(world, &stage.scene.room).await.pop().unwrap();
    assert_eq!(event.kind, "WINNER_STATUS_CHANGED");
    for mutation in ["claimPrize", "declinePrize"] {
        let refused = world.refuses(person, mutation, input.clone(), "CONFLICT", Some("winnerId"));
        refused.await;
    }
    assert_eq!(stage.remaining(&prize).await, 0);

    let (person, win) = &wins[1];
    let input = json!({ "winnerId": win, "reason": "No, thank you" });
    assert_eq!(stage.about_win(person, "declinePrize", input).await, "DECLINED");
    assert_audited(world, "PRIZE_DECLINED", &person.user).await;
    assert_eq!(stage.remaining(&prize).await, 1);
    assert_sound(world, &stage.scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_with_winners_is_completed_and_not_called_off_and_they_go_on_claiming(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 2).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.drawn(&prize, 0).await;
    let win = stage.winners(&draw).await.remove(0);
    let room = json!({ "roomId": stage.scene.room });
    let creator = &stage.scene.creator;
    let world = stage.world();
    world
        .refuses(creator, "cancelRoom", room.clone(), "CONFLICT", None)
        .await;
    let completed = creator.mutate("completeRoom", room, "room { id }").await;
    assert!(completed.is_ok(), "{}", completed.body);
    assert_eq!(stage.by_winner(&win, "claimPrize").await, "CLAIMED");
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_claims_and_refusals_at_once_one_is_done(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.drawn(&prize, 1).await;
    let win = stage.winners(&draw).await.remove(0);
    let winner = stage.person(&win.participant);
    let calls = (0..20).map(|number| {
        let mutation = if number % 2 == 0 { "claimPrize" } else { "declinePrize" };
        winner.mutate(mutation, json!({ "winnerId": win.id }), "winner { status }")
    });
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for refused in answers.iter().filter(|answer| !answer.is_ok()) {
        refused.assert_refused_for("CONFLICT", "winnerId");
    }
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
    assert_sound(stage.world(), &stage.scene.room).await;
}
