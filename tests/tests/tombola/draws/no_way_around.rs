//! Ways around the list, the prizes and the room of a draw.

use draw::Standing;
use rstest::rstest;
use serde_json::json;
use tests::{Client, Database};

use super::stage::{Stage, done};

/// Whether somebody is on the list, with which weight.
async fn weight(person: &Client, draw: &str) -> Option<i64> {
    let document = format!("{{ drawReceipt(drawId: \"{draw}\") {{ weight }} }}");
    person.query(&document).await.at("/drawReceipt/weight").as_i64()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_and_comes_back_after_the_freeze_changes_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 4).await;
    let (scene, prize) = (&stage.scene, stage.scene.prize(1).await);
    let policy = json!({ "level": "L1", "prizes": [{ "prizeId": prize }], "weights": "TICKETS" });
    let draw = stage.create(policy).await;
    stage.call("freezeDraw", &draw).await;
    let frozen = stage.transcript(&draw).await;

    let room = json!({ "roomId": scene.room });
    let (rejoins, _) = &stage.people[0];
    done(rejoins, "leaveRoom", room.clone()).await;
    done(rejoins, "joinRoom", room.clone()).await;
    let (returns, _) = &stage.people[1];
    done(returns, "leaveRoom", room.clone()).await;
    let add = |tickets: i64| json!({ "roomId": scene.room, "userId": returns.user, "tickets": tickets });
    stage.refuses("addParticipant", add(1000), "CONFLICT", None).await;
    done(&scene.creator, "addParticipant", add(1)).await;
    let late = scene.world.user("Lara Late").await;
    done(&late, "joinRoom", room).await;
    let new = scene.world.user("Nora New").await;
    let add = json!({ "roomId": scene.room, "userId": new.user, "tickets": 1000 });
    done(&scene.creator, "addParticipant", add).await;

    for (person, weighs) in [(rejoins, Some(1)), (returns, Some(1)), (&late, None), (&new, None)] {
        assert_eq!(weight(person, &draw).await, weighs);
    }
    let now = stage.transcript(&draw).await;
    assert_eq!(
        (&now["entries"], &now["freeze"]),
        (&frozen["entries"], &frozen["freeze"])
    );
    let dice = json!({ "drawId": draw, "dice": super::stage::DICE });
    stage.tell("provideDrawEntropy", dice).await;
    stage.call("runDraw", &draw).await;
    assert_eq!(stage.transcript(&draw).await["entries"], frozen["entries"]);
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_says_which_draws_it_is_too_late_for(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 2).await;
    let (prize, other) = (stage.scene.prize(1).await, stage.scene.prize(1).await);
    let frozen = stage.create_simple("L1", &prize, 0).await;
    stage.call("freezeDraw", &frozen).await;
    stage.create_simple("L1", &other, 0).await;
    let late = stage.world().user("Lara Late").await;
    let input = json!({ "roomId": stage.scene.room });
    let answer = late.mutate("joinRoom", input, "closedDraws { id }").await;
    assert_eq!(answer.at("/joinRoom/closedDraws"), &json!([{ "id": frozen }]));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prize_in_a_draw_cannot_be_deleted_and_made_anew(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    let delete = json!({ "prizeId": prize });
    for next in ["freezeDraw", "runDraw", ""] {
        stage.refuses("deletePrize", delete.clone(), "CONFLICT", None).await;
        if !next.is_empty() {
            stage.call(next, &draw).await;
        }
    }
    let win = stage.winners(&draw).await.remove(0);
    stage.by_winner(&win, "declinePrize").await;
    assert_eq!(stage.remaining(&prize).await, 1, "nobody has it");
    stage.refuses("deletePrize", delete.clone(), "CONFLICT", None).await;

    // Once the draw is void the prize can go, and the void draw stays in everybody's sight.
    let void = json!({ "drawId": draw, "reason": "Nobody wants it" });
    stage.tell("voidDraw", void).await;
    done(&stage.scene.creator, "deletePrize", delete).await;
    let document = "query($id: ID!) { room(id: $id) { draws { nodes { id status policy { prizes { name } } } } } }";
    let answer = stage
        .world()
        .stranger()
        .run(document, json!({ "id": stage.scene.room }))
        .await;
    assert_eq!(
        answer.at("/room/draws/nodes"),
        &json!([{ "id": draw, "status": "VOID", "policy": { "prizes": [{ "name": "A prize" }] } }])
    );
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Void);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ending_the_room_ends_no_draw_and_begins_none(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let (creator, room) = (&stage.scene.creator, json!({ "roomId": stage.scene.room }));
    let (prize, other) = (stage.scene.prize(1).await, stage.scene.prize(1).await);
    let draw = stage.create_simple("L0", &prize, 1).await;
    for next in ["freezeDraw", "runDraw"] {
        for end in ["completeRoom", "cancelRoom"] {
            stage.refuses(end, room.clone(), "CONFLICT", None).await;
        }
        stage.call(next, &draw).await;
    }
    done(creator, "completeRoom", room.clone()).await;

    let before = stage.world().dump().await;
    stage.call("runDraw", &draw).await;
    assert_eq!(stage.world().dump().await, before);
    let input = json!({ "roomId": stage.scene.room, "policy": { "level": "L0", "prizes": [{ "prizeId": other }] } });
    stage.refuses("createDraw", input, "CONFLICT", None).await;
    stage.refuses("deleteRoom", room.clone(), "CONFLICT", None).await;

    // What follows from the draw still follows.
    let win = stage.winners(&draw).await.remove(0);
    assert_eq!(stage.by_winner(&win, "declinePrize").await, "DECLINED");
    let win = stage.winners(&draw).await.pop().unwrap();
    assert_eq!(stage.disqualify(&win).await, "REVOKED");
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
    let void = json!({ "drawId": draw, "reason": "Too late to matter" });
    assert!(stage.tell("voidDraw", void).await.is_ok());
    stage.refuses("deleteRoom", room, "CONFLICT", None).await;
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Void);
}
