//! What was promised with a draw stays: who can check it, what can be won, and how long people can come.

use chrono::Duration;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::Database;

use super::stage::{Stage, done};

/// Every step of a draw at L0, and its end.
const LIFE: [(&str, &str); 4] = [
    ("freezeDraw", "COMMITTED"),
    ("runDraw", "FROZEN"),
    ("voidDraw", "DRAWN"),
    ("", "VOID"),
];

async fn take(stage: &Stage, step: &str, draw: &str) {
    let mut input = json!({ "drawId": draw });
    if step == "voidDraw" {
        input["reason"] = json!("The list was wrong");
    }
    if !step.is_empty() {
        done(&stage.scene.creator, step, input).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_has_had_a_draw_stays_public(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 2).await;
    let (scene, prize) = (&stage.scene, stage.scene.prize(1).await);
    let with = |public: bool| json!({ "roomId": scene.room, "isPublic": public });
    for public in [false, true] {
        done(&scene.creator, "updateRoom", with(public)).await;
    }
    let draw = stage.create_simple("L0", &prize, 0).await;
    for (step, status) in LIFE {
        for client in [&scene.creator, &scene.admin] {
            let refused = stage
                .world()
                .refuses(client, "updateRoom", with(false), "CONFLICT", Some("isPublic"));
            let answer = refused.await;
            assert!(
                answer.message().contains("transcripts"),
                "{status}: {}",
                answer.message()
            );
        }
        // Other changes go on, and what is so already is no change.
        done(&scene.creator, "updateRoom", with(true)).await;
        done(
            &scene.creator,
            "updateRoom",
            json!({ "roomId": scene.room, "title": status }),
        )
        .await;
        assert_eq!(stage.read(&draw, "status").await["status"], status);
        take(&stage, step, &draw).await;
    }
    done(&scene.creator, "completeRoom", json!({ "roomId": scene.room })).await;
    stage.refuses("updateRoom", with(false), "CONFLICT", None).await;
    assert_eq!(stage.transcript(&draw).await["events"][0]["type"], "VOIDED");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_room_may_have_draws_and_open_up(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 1).await;
    let (creator, prize) = (&stage.scene.creator, stage.scene.prize(1).await);
    let with = |public: bool| json!({ "roomId": stage.scene.room, "isPublic": public });
    done(creator, "updateRoom", with(false)).await;
    stage.create_simple("L0", &prize, 0).await;
    done(creator, "updateRoom", with(false)).await;
    done(creator, "updateRoom", with(true)).await;
    stage
        .refuses("updateRoom", with(false), "CONFLICT", Some("isPublic"))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prize_stays_what_was_promised_until_its_draw_is_void(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 2).await;
    let (prize, other) = (stage.scene.prize(2).await, stage.scene.prize(1).await);
    let draw = stage.create_simple("L0", &prize, 0).await;
    let change = |prize: &str, field: &str, value: Json| json!({ "prizeId": prize, field: value });
    let changes = [
        ("name", json!("A paper plane")),
        ("description", json!("Another text")),
        ("description", json!(null)),
        ("imageUrl", json!("https://example.com/other.png")),
        ("quantity", json!(3)),
        ("metadata", json!({ "value": 1 })),
    ];
    for (step, status) in LIFE {
        for (field, value) in &changes {
            let input = change(&prize, field, value.clone());
            if status == "VOID" {
                done(&stage.scene.creator, "updatePrize", input).await;
                continue;
            }
            let answer = stage.refuses("updatePrize", input, "CONFLICT", Some("prizeId")).await;
            assert!(answer.message().contains(&draw), "{status}: {}", answer.message());
        }
        // What the draw does not draw changes as before.
        for (field, value) in &changes {
            done(
                &stage.scene.creator,
                "updatePrize",
                change(&other, field, value.clone()),
            )
            .await;
        }
        take(&stage, step, &draw).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn until_a_promised_time_people_can_come(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 2).await;
    let (scene, clock) = (&stage.scene, &stage.world().clock);
    let of_room = |field: &str, value: Json| json!({ "roomId": scene.room, field: value });
    let closes = clock.now() + Duration::seconds(100);
    let ends = |seconds: i64| of_room("endsAt", json!(closes + Duration::seconds(seconds)));
    done(&scene.creator, "updateRoom", of_room("maxParticipants", json!(10))).await;
    // Without a promised time the list can be frozen at any moment.
    let at_will = stage.create_simple("L0", &scene.prize(1).await, 0).await;
    done(&scene.creator, "updateRoom", ends(-1)).await;
    done(&scene.creator, "updateRoom", of_room("endsAt", json!(null))).await;
    stage.call("freezeDraw", &at_will).await;

    let prizes = json!([{ "prizeId": scene.prize(1).await }]);
    let draw = stage
        .create(json!({ "level": "L0", "prizes": prizes, "closesAt": closes }))
        .await;
    for (field, input) in [
        ("endsAt", ends(-1)),
        ("maxParticipants", of_room("maxParticipants", json!(9))),
    ] {
        let answer = stage.refuses("updateRoom", input, "CONFLICT", Some(field)).await;
        assert!(answer.message().contains(&draw), "{}", answer.message());
    }
    done(&scene.creator, "updateRoom", ends(0)).await;
    stage.refuses("updateRoom", ends(-1), "CONFLICT", Some("endsAt")).await;
    for value in [json!(11), json!(null), json!(20)] {
        let input = of_room("maxParticipants", value.clone());
        // From no limit to any is narrower.
        if value == json!(20) {
            stage
                .refuses("updateRoom", input, "CONFLICT", Some("maxParticipants"))
                .await;
        } else {
            done(&scene.creator, "updateRoom", input).await;
        }
    }
    clock.advance(Duration::seconds(100));
    done(&scene.creator, "updateRoom", ends(-1)).await;
    done(&scene.creator, "updateRoom", of_room("maxParticipants", json!(5))).await;
    stage.call("freezeDraw", &draw).await;
}
