//! What people with bad intentions, bad luck or bad clocks try, and what does not come of it.

use chrono::Duration;
use draw::Standing;
use entity::{DrawId, ParticipantId, draw::draw_exclusion, room::participant};
use futures::{StreamExt, TryStreamExt, future::join_all};
use rstest::rstest;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;
use tests::{Client, Database, World};
use tokio::net::TcpListener;

use super::{
    crowd::crowd,
    sound::{draw_is_sound, wins},
    stage::{DICE, Stage},
};

/// A prize that was in a void draw is drawn again in sight only, even when that draw had another prize that was.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prize_does_not_slip_out_of_its_void_draw_behind_another_prize(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 4).await;
    let (car, pen) = (stage.scene.prize(1).await, stage.scene.prize(1).await);
    let both = json!({ "level": "L0", "prizes": [{ "prizeId": car }, { "prizeId": pen }] });
    let first = stage.create(both).await;
    stage.call("freezeDraw", &first).await;
    stage.call("runDraw", &first).await;
    let void = json!({ "drawId": first, "reason": "I do not like who won the car" });
    assert!(stage.tell("voidDraw", void).await.is_ok());

    let policy = |prize: &str| json!({ "level": "L0", "prizes": [{ "prizeId": prize }] });
    let selection = "draw { id supersedes { id } }";
    let room = &stage.scene.room;
    let named = |prize: &str| json!({ "roomId": room, "policy": policy(prize), "supersedes": first });
    let creator = &stage.scene.creator;
    let of_pen = creator.mutate("createDraw", named(&pen), selection).await;
    assert_eq!(of_pen.text("/createDraw/draw/supersedes/id"), first);
    let unnamed = json!({ "roomId": room, "policy": policy(&car) });
    let refused = stage
        .world()
        .refuses(creator, "createDraw", unnamed, "CONFLICT", Some("supersedes"))
        .await;
    assert!(refused.message().contains(&first), "{}", refused.message());
    let of_car = creator.mutate("createDraw", named(&car), selection).await;
    assert_eq!(of_car.text("/createDraw/draw/supersedes/id"), first);

    // The next one names the last one.
    let second = of_car.text("/createDraw/draw/id");
    let void = json!({ "drawId": second, "reason": "Once more" });
    assert!(stage.tell("voidDraw", void).await.is_ok());
    stage
        .world()
        .refuses(creator, "createDraw", named(&car), "CONFLICT", Some("supersedes"))
        .await;
    let chained = json!({ "roomId": room, "policy": policy(&car), "supersedes": second });
    let third = creator.mutate("createDraw", chained, selection).await;
    assert_eq!(third.text("/createDraw/draw/supersedes/id"), second);
    draw_is_sound(&stage, &third.text("/createDraw/draw/id")).await;
}

/// Servers' clocks differ by a little, and are set back; a transcript is for ever.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_back_spoils_no_transcript(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 6).await;
    let prize = stage.scene.prize(3).await;
    let draw = stage.create_simple("L0", &prize, 2).await;
    let out = json!({ "drawId": draw, "participantId": stage.people[0].1, "reason": "Works here" });
    assert!(stage.tell("excludeFromDraw", out).await.is_ok());
    let clock = &stage.world().clock;
    clock.advance(Duration::milliseconds(-7));
    stage.call("freezeDraw", &draw).await;
    stage.verify(&draw).await.unwrap();
    clock.advance(Duration::milliseconds(-7));
    stage.call("runDraw", &draw).await;
    for win in stage.winners(&draw).await {
        let input = json!({ "winnerId": win.id });
        let mutation = if win.rank == 1 { "declinePrize" } else { "claimPrize" };
        let answer = stage
            .person(&win.participant)
            .mutate(mutation, input, "winner { id }")
            .await;
        assert!(answer.is_ok(), "{}", answer.body);
        clock.advance(Duration::milliseconds(-7));
    }
    draw_is_sound(&stage, &draw).await;
    let void = json!({ "drawId": draw, "reason": "All of it was a mistake" });
    assert!(stage.tell("voidDraw", void).await.is_ok());
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Void);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transcript_that_is_read_while_the_list_is_closed_is_all_before_it_or_all_after(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    let id: DrawId = draw.parse().unwrap();
    let (services, nobody) = (stage.world().services().clone(), api::caller::Caller::Anonymous);
    let begun = api::draw::transcript(services, nobody, id).await.unwrap();
    let mut pieces = begun.pieces().boxed();
    let mut text = pieces.next().await.unwrap().unwrap();
    stage.call("freezeDraw", &draw).await;
    text.extend(pieces.try_collect::<Vec<_>>().await.unwrap());
    let report = draw::verify(text.as_bytes(), &mut |_| {}).unwrap_or_else(|failure| panic!("{failure:?}\n{text}"));
    assert!(matches!(report.standing, Standing::Open(_)));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_after_the_list_closed_by_its_time_is_told_though_nobody_has_frozen_it_yet(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 1).await;
    let prize = stage.scene.prize(1).await;
    let closes = stage.world().clock.now() + Duration::minutes(5);
    let prizes = json!([{ "prizeId": prize }]);
    let draw = stage
        .create(json!({ "level": "L0", "prizes": prizes, "closesAt": closes.to_rfc3339() }))
        .await;
    let mut people = Vec::new();
    // Before, in the last moment, and after it.
    for wait in [0, 300_000, 1] {
        stage.world().clock.advance(Duration::milliseconds(wait));
        let person = stage.world().user("Late").await;
        let input = json!({ "roomId": stage.scene.room });
        let joined = person.mutate("joinRoom", input, "closedDraws { id }").await;
        let told = !joined.list("/joinRoom/closedDraws").is_empty();
        people.push((person, told));
    }
    let added = stage.world().user("Added").await;
    let input = json!({ "roomId": stage.scene.room, "userId": added.user });
    let answer = stage
        .scene
        .creator
        .mutate("addParticipant", input, "closedDraws { id }")
        .await;
    people.push((added, !answer.list("/addParticipant/closedDraws").is_empty()));

    stage.call("freezeDraw", &draw).await;
    let receipt = format!("{{ drawReceipt(drawId: \"{draw}\") {{ index }} }}");
    for (person, told) in &people {
        let on_it = person.query(&receipt).await.at("/drawReceipt/index").is_number();
        assert_ne!(on_it, *told);
    }
    let told: Vec<_> = people.iter().map(|(_, told)| *told).collect();
    assert_eq!(told, [false, false, true, true]);
}

/// Chunks of the list are found by how they begin: by the highest weight too, and what follows it.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_is_found_for_any_weight_and_neighbour(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 2).await;
    let prize = stage.scene.prize(1).await;
    let prizes = json!([{ "prizeId": prize }]);
    let draw = stage
        .create(json!({ "level": "L0", "prizes": prizes, "weights": "TICKETS" }))
        .await;
    for (client, place) in &stage.people {
        let nonces = (0_u128..).map(u128::to_be_bytes);
        let late = |nonce: &[u8; 16]| draw::pid(&draw, &client.user, nonce)[0] == 0xff;
        let row = participant::ActiveModel {
            id: Set(place.parse::<ParticipantId>().unwrap()),
            tickets: Set(u32::MAX.into()),
            entry_nonce: Set(nonces.into_iter().find(late).unwrap().to_vec()),
            ..Default::default()
        };
        row.update(&stage.world().db).await.unwrap();
    }
    stage.call("freezeDraw", &draw).await;
    for (client, _) in &stage.people {
        let receipt = format!("{{ drawReceipt(drawId: \"{draw}\") {{ index weight document }} }}");
        let answer = client.query(&receipt).await;
        assert_eq!(answer.number("/drawReceipt/weight"), i64::from(u32::MAX));
        let receipt = draw::Receipt::parse(answer.text("/drawReceipt/document").as_bytes()).unwrap();
        receipt.verify().unwrap();
    }
    stage.call("runDraw", &draw).await;
    draw_is_sound(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_a_private_room_claims_what_they_won_there(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(false, true)] by_draw: bool,
    #[values("claimPrize", "declinePrize")] mutation: &str,
) {
    let mut stage = Stage::new(database, 0).await;
    stage.scene.room = stage
        .scene
        .creator
        .active_room(&stage.scene.organization, json!({ "title": "Private" }))
        .await;
    let (guest, place) = stage.scene.staff("Gina", "PARTICIPANT").await;
    let prize = stage.scene.prize(1).await;
    let win = if by_draw {
        let draw = stage.drawn(&prize, 0).await;
        wins(stage.world(), &draw).await[0].id.to_string()
    } else {
        stage.scene.award(&prize, &place).await
    };
    let left = guest
        .mutate("leaveRoom", json!({ "roomId": stage.scene.room }), "__typename")
        .await;
    assert!(left.is_ok(), "{}", left.body);
    let answer = guest
        .mutate(mutation, json!({ "winnerId": win }), "winner { id }")
        .await;
    assert!(answer.is_ok(), "{}", answer.body);
}

/// Progress is announced between the two halves of a change, while others hold the room: nobody waits for one another.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn progress_and_changes_of_the_room_do_not_wait_for_each_other(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let drand = format!("http://{}", listener.local_addr().unwrap());
    // A server of drand that hangs up at once.
    let server = tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let world = World::with(database, |config| config.draws.drand_url = Some(drand)).await;
    let stage = Stage::in_world(world, 2).await;
    let prize = stage.scene.prize(1).await;
    let at = stage.world().clock.now() + Duration::minutes(1);
    let prizes = json!([{ "prizeId": prize }]);
    let draw = stage
        .create(json!({ "level": "L2", "prizes": prizes, "drandAt": at.to_rfc3339() }))
        .await;
    stage.call("freezeDraw", &draw).await;
    stage.world().clock.advance(Duration::minutes(2));

    let fetches = (0..20).map(|_| stage.tell("provideDrawEntropy", json!({ "drawId": draw, "fetch": true })));
    let changes = (0..200).map(|number| {
        let input = json!({ "roomId": stage.scene.room, "name": format!("Prize {number}") });
        stage.scene.creator.mutate("createPrize", input, "prize { id }")
    });
    let (fetches, changes) = tokio::join!(join_all(fetches), join_all(changes));
    for answer in &fetches {
        answer.assert_refused("LIMITED");
    }
    for answer in &changes {
        assert!(answer.is_ok(), "{}", answer.body);
    }
    draw_is_sound(&stage, &draw).await;
    server.abort();
}

/// Someone who has won and does not know it yet learns nothing from what they are refused.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_win_answers_like_one_that_is_not_there(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 5).await;
    let prize = stage.scene.prize(3).await;
    let draw = stage.create_simple("L0", &prize, 1).await;
    stage.call("freezeDraw", &draw).await;
    let run = stage
        .tell("runDraw", json!({ "drawId": draw, "paceSeconds": 60 }))
        .await;
    assert!(run.is_ok(), "{}", run.body);
    let all = wins(stage.world(), &draw).await;
    let hidden = &all[1];
    let nobody: entity::WinnerId = stage.world().clock.new_id();
    let organizer = &stage.scene.creator;
    let winner = stage.person(&hidden.participant_id.to_string());
    for client in [winner, organizer, &stage.scene.admin] {
        for mutation in ["claimPrize", "declinePrize", "disqualifyWinner", "revokeWinner"] {
            let mut bodies = Vec::new();
            for id in [hidden.id, nobody] {
                let mut input = json!({ "winnerId": id.to_string() });
                if mutation != "claimPrize" {
                    input["reason"] = json!("For a reason");
                }
                let answer = client.mutate(mutation, input, "__typename").await;
                answer.assert_refused_for("NOT_FOUND", "winnerId");
                bodies.push(answer.message().replace(&id.to_string(), ""));
            }
            assert_eq!(bodies[0], bodies[1], "{mutation}");
        }
    }
    let everywhere = format!(
        "{{ node(id: \"{}\") {{ id }} draw(id: \"{draw}\") {{ seed winners(last: 3) {{ totalCount nodes {{ id }} }} \
         room {{ events(first: 100) {{ __typename }} prizes {{ nodes {{ winners(last: 3) {{ totalCount nodes {{ id }} }} }} }} }} }} }}",
        hidden.id
    );
    for client in [winner, organizer, &stage.scene.admin, stage.world().stranger()] {
        let answer = client.query(&everywhere).await;
        assert!(answer.at("/node").is_null(), "{}", answer.body);
        assert!(answer.at("/draw/seed").is_null(), "{}", answer.body);
        assert_eq!(answer.number("/draw/winners/totalCount"), 1);
        assert_eq!(answer.number("/draw/room/prizes/nodes/0/winners/totalCount"), 1);
        for unknown in &all[1..] {
            assert!(
                !answer.body.to_string().contains(&unknown.id.to_string()),
                "{}",
                answer.body
            );
        }
    }
    // Nor do those learn it who could disqualify or decline what is announced, and see who follows.
    let shown = all[0].id.to_string();
    let input = json!({ "winnerId": shown, "reason": "For a reason" });
    stage
        .world()
        .refuses(organizer, "disqualifyWinner", input, "CONFLICT", Some("winnerId"))
        .await;
    let first = stage.person(&all[0].participant_id.to_string());
    let input = json!({ "winnerId": shown });
    stage
        .world()
        .refuses(first, "declinePrize", input.clone(), "CONFLICT", Some("winnerId"))
        .await;
    let claimed = first.mutate("claimPrize", input, "winner { status }").await;
    assert_eq!(claimed.text("/claimPrize/winner/status"), "CLAIMED");
    draw_is_sound(&stage, &draw).await;

    // Calling it off shows what was thrown away, but announces nobody.
    let void = json!({ "drawId": draw, "reason": "Stop" });
    assert!(stage.tell("voidDraw", void).await.is_ok());
    let shown: Vec<_> = stage
        .winners(&draw)
        .await
        .into_iter()
        .map(|win| (win.id, win.status))
        .collect();
    assert_eq!(shown, [(all[0].id.to_string(), "REVOKED".to_owned())]);
    draw_is_sound(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_with_an_empty_list_is_drawn_and_nobody_wins(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 0).await;
    let prize = stage.scene.prize(2).await;
    let draw = stage.drawn(&prize, 3).await;
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
    assert_eq!(stage.remaining(&prize).await, 2);
    draw_is_sound(&stage, &draw).await;
}

/// More exclusions than SQLite takes variables in one statement.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transcript_tells_any_number_of_exclusions(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 1).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    crowd(&stage, 33_000).await;
    let out = json!({ "drawId": draw, "participantId": stage.people[0].1, "reason": "Works here" });
    assert!(stage.tell("excludeFromDraw", out).await.is_ok());
    let db = &stage.world().db;
    let model = draw_exclusion::Entity::find().one(db).await.unwrap().unwrap();
    let mut rows = Vec::new();
    for place in participant::Entity::find().all(db).await.unwrap() {
        if place.id != model.participant_id {
            let mut row = model.clone();
            row.id = stage.world().clock.new_id();
            row.participant_id = place.id;
            rows.push(row.into_active_model());
        }
    }
    let count = rows.len() + 1;
    api::store::insert_all(db, rows).await.unwrap();
    stage.call("freezeDraw", &draw).await;
    let transcript = stage.transcript(&draw).await;
    assert_eq!(transcript["exclusions"].as_array().unwrap().len(), count);
    assert_eq!(transcript["freeze"]["n"], 0);
}

/// A stranger and a participant move nothing.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_moves_a_draw(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 1).await;
    let refused = async |client: &Client, code: &str, draw: &str| {
        for mutation in ["freezeDraw", "approveDraw", "runDraw", "voidDraw", "provideDrawEntropy"] {
            let mut input = json!({ "drawId": draw });
            match mutation {
                "voidDraw" => input["reason"] = json!("For a reason"),
                "provideDrawEntropy" => input["dice"] = json!(DICE),
                _ => {}
            }
            stage.world().refuses(client, mutation, input, code, None).await;
        }
    };
    let moderator = stage.scene.staff("Mona", "MODERATOR").await.0;
    for client in [&stage.people[0].0, &stage.scene.viewer, &moderator] {
        refused(client, "FORBIDDEN", &draw).await;
    }
    refused(stage.world().stranger(), "UNAUTHENTICATED", &draw).await;
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;
    let win = stage.winners(&draw).await.remove(0);
    let other = stage
        .people
        .iter()
        .find(|(_, place)| *place != win.participant)
        .unwrap();
    for mutation in ["claimPrize", "declinePrize"] {
        let input = json!({ "winnerId": win.id });
        for client in [&other.0, &stage.scene.creator, &stage.scene.admin] {
            stage
                .world()
                .refuses(client, mutation, input.clone(), "FORBIDDEN", None)
                .await;
        }
    }
    draw_is_sound(&stage, &draw).await;
}
