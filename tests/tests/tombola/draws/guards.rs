//! What a draw forbids to everything around it.

use draw::Standing;
use rstest::rstest;
use serde_json::json;
use tests::{Database, database::execute};

use super::stage::{DICE, Stage, done};
use crate::room::soundness::assert_sound;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_a_frozen_draw_prizes_people_and_room_stay_as_they_are(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let (prize, other) = (stage.scene.prize(2).await, stage.scene.prize(1).await);
    let draw = stage.create_simple("L1", &prize, 0).await;
    stage.call("freezeDraw", &draw).await;

    let (room, place) = (&stage.scene.room, &stage.people[0].1);
    for (mutation, input) in [
        ("updatePrize", json!({ "prizeId": prize, "name": "Another name" })),
        ("updatePrize", json!({ "prizeId": prize, "quantity": 3 })),
        (
            "updatePrize",
            json!({ "prizeId": prize, "description": "Another text" }),
        ),
        ("deletePrize", json!({ "prizeId": prize })),
        ("reorderPrizes", json!({ "roomId": room, "prizeIds": [other, prize] })),
        ("updateParticipant", json!({ "participantId": place, "tickets": 5 })),
        ("updateParticipant", json!({ "participantId": place, "role": "VIEWER" })),
        ("completeRoom", json!({ "roomId": room })),
        ("cancelRoom", json!({ "roomId": room })),
    ] {
        let answer = stage.refuses(mutation, input.clone(), "CONFLICT", None).await;
        assert!(
            answer.message().contains(&draw),
            "{mutation} says why: {}",
            answer.message()
        );
    }
    let award = json!({ "prizeId": prize, "participantId": place });
    stage.refuses("awardPrize", award, "CONFLICT", Some("prizeId")).await;

    // What the draw does not draw is not its business.
    let creator = &stage.scene.creator;
    done(
        creator,
        "updatePrize",
        json!({ "prizeId": other, "name": "Another name" }),
    )
    .await;
    done(
        creator,
        "awardPrize",
        json!({ "prizeId": other, "participantId": place }),
    )
    .await;
    done(
        creator,
        "updateRoom",
        json!({ "roomId": room, "title": "Another title" }),
    )
    .await;
    stage
        .tell("provideDrawEntropy", json!({ "drawId": draw, "dice": DICE }))
        .await;
    stage.call("runDraw", &draw).await;

    // Once it is drawn, people and room are free again.
    let update = json!({ "participantId": place, "tickets": 5 });
    done(creator, "updateParticipant", update).await;
    done(
        creator,
        "reorderPrizes",
        json!({ "roomId": room, "prizeIds": [other, prize] }),
    )
    .await;
    done(creator, "completeRoom", json!({ "roomId": room })).await;
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
    assert_sound(stage.world(), room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_winners_are_announced_everything_stays_as_it_is_too(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 4).await;
    let prize = stage.scene.prize(2).await;
    let draw = stage.create_simple("L0", &prize, 1).await;
    stage.call("freezeDraw", &draw).await;
    let input = json!({ "drawId": draw, "paceSeconds": 10 });
    stage.tell("runDraw", input).await.text("/runDraw/draw/id");
    let (room, place) = (&stage.scene.room, &stage.people[0].1);
    for (mutation, input) in [
        ("updatePrize", json!({ "prizeId": prize, "name": "Another name" })),
        ("updatePrize", json!({ "prizeId": prize, "quantity": 3 })),
        ("deletePrize", json!({ "prizeId": prize })),
        ("updateParticipant", json!({ "participantId": place, "tickets": 5 })),
        ("completeRoom", json!({ "roomId": room })),
        ("cancelRoom", json!({ "roomId": room })),
        ("awardPrize", json!({ "prizeId": prize, "participantId": place })),
    ] {
        stage.refuses(mutation, input, "CONFLICT", None).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_a_committed_draw_only_what_would_take_it_away_is_refused(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(2).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    let (creator, place) = (&stage.scene.creator, &stage.people[0].1);
    stage
        .refuses("deletePrize", json!({ "prizeId": prize }), "CONFLICT", None)
        .await;
    let room = json!({ "roomId": stage.scene.room });
    stage.refuses("completeRoom", room, "CONFLICT", None).await;
    let update = json!({ "participantId": place, "role": "MODERATOR", "tickets": 5 });
    done(creator, "updateParticipant", update).await;
    stage.call("freezeDraw", &draw).await;
    assert_eq!(stage.transcript(&draw).await["freeze"]["n"], 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drawn_prize_has_its_winners_from_the_draw_alone(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(2).await;
    let prizes = json!([{ "prizeId": prize, "quantity": 1 }]);
    let draw = stage.create(json!({ "level": "L0", "prizes": prizes })).await;
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;
    assert_eq!(stage.remaining(&prize).await, 1, "one more than was drawn");
    let win = stage.winners(&draw).await.remove(0);
    let (_, loser) = stage
        .people
        .iter()
        .find(|(_, place)| *place != win.participant)
        .unwrap();
    let award = json!({ "prizeId": prize, "participantId": loser });
    stage
        .refuses("awardPrize", award.clone(), "CONFLICT", Some("prizeId"))
        .await;
    let revoke = json!({ "winnerId": win.id, "reason": "A mistake" });
    let answer = stage
        .refuses("revokeWinner", revoke.clone(), "CONFLICT", Some("winnerId"))
        .await;
    assert!(answer.message().contains("disqualifyWinner"), "{}", answer.message());
    stage.by_winner(&win, "claimPrize").await;
    stage
        .refuses("revokeWinner", revoke, "CONFLICT", Some("winnerId"))
        .await;

    let void = json!({ "drawId": draw, "reason": "The list was wrong" });
    stage.tell("voidDraw", void).await.text("/voidDraw/draw/id");
    done(&stage.scene.creator, "awardPrize", award).await;
    assert_sound(stage.world(), &stage.scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_ever_had_a_draw_cannot_be_deleted(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 2).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    let void = json!({ "drawId": draw, "reason": "Nobody came" });
    stage.tell("voidDraw", void).await.text("/voidDraw/draw/id");
    let room = json!({ "roomId": stage.scene.room });
    done(&stage.scene.creator, "cancelRoom", room.clone()).await;
    stage.refuses("deleteRoom", room.clone(), "CONFLICT", None).await;
    let world = stage.world();
    world
        .refuses(&stage.scene.admin, "deleteRoom", room, "CONFLICT", None)
        .await;
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Void);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_goes_after_the_freeze_still_wins_and_claims(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 2).await;
    let prize = stage.scene.prize(2).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    stage.call("freezeDraw", &draw).await;
    let frozen = stage.transcript(&draw).await;
    let ((leaver, left), (removed, gone)) = (&stage.people[0], &stage.people[1]);
    done(leaver, "leaveRoom", json!({ "roomId": stage.scene.room })).await;
    done(
        &stage.scene.creator,
        "removeParticipant",
        json!({ "participantId": gone }),
    )
    .await;
    assert_eq!(stage.transcript(&draw).await, frozen, "the list stays as it was closed");

    stage.call("runDraw", &draw).await;
    let winners = stage.winners(&draw).await;
    let mut who: Vec<_> = winners.iter().map(|win| &win.participant).collect();
    who.sort_unstable();
    let mut both = [left, gone];
    both.sort_unstable();
    assert_eq!(who, both);
    for win in &winners {
        assert_eq!(stage.by_winner(win, "claimPrize").await, "CLAIMED");
    }
    for person in [leaver, removed] {
        let document = format!("{{ drawReceipt(drawId: \"{draw}\") {{ index document }} }}");
        assert!(person.query(&document).await.at("/drawReceipt/document").is_string());
    }
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_a_private_room_still_claims(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 1).await;
    let (drawn, given) = (stage.scene.prize(1).await, stage.scene.prize(2).await);
    let draw = stage.drawn(&drawn, 0).await;
    let (winner, place) = &stage.people[0];
    let mut wins = vec![stage.winners(&draw).await.remove(0).id];
    wins.push(stage.scene.award(&given, place).await);
    // The server makes no room private that has had a draw; it may have been private from the beginning.
    execute(&stage.world().db, "UPDATE rooms SET is_public = FALSE").await;
    done(winner, "leaveRoom", json!({ "roomId": stage.scene.room })).await;
    for win in wins {
        let input = json!({ "winnerId": win });
        let world = stage.world();
        world
            .refuses(&stage.scene.outsider, "claimPrize", input.clone(), "NOT_FOUND", None)
            .await;
        assert_eq!(stage.about_win(winner, "claimPrize", input).await, "CLAIMED");
    }
}
