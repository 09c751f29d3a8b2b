//! Policies that nobody should promise.

use chrono::Duration;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, Scene};

/// An input of createDraw: a seed draw of one prize, with other members of its policy.
fn with(scene: &Scene, prize: &str, changes: Json) -> Json {
    let mut policy = json!({ "level": "L0", "prizes": [{ "prizeId": prize }] });
    for (member, value) in changes.as_object().unwrap() {
        policy[member] = value.clone();
    }
    json!({ "roomId": scene.room, "policy": policy })
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_out_of_their_range_are_refused(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(5).await;
    let of = |members: Json| {
        let mut one = json!({ "prizeId": prize });
        one.as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        json!({ "prizes": [one] })
    };
    let now = scene.world.clock.now();
    let many = [
        "prize_01k1zzzzzzzzzzzzzzzzzzzzzz",
        "prize_01k2zzzzzzzzzzzzzzzzzzzzzz",
        &prize,
    ]
    .map(|prize| json!({ "prizeId": prize, "alternates": 1_000_000 }));
    let viewers = json!({ "eligibility": { "roles": ["PARTICIPANT", "VIEWER"] } });
    for (changes, field) in [
        (json!({ "prizes": [] }), "prizes"),
        (
            json!({ "prizes": [{ "prizeId": prize }, { "prizeId": prize }] }),
            "prizes",
        ),
        (json!({ "prizes": many }), "prizes"),
        (of(json!({ "quantity": 0 })), "quantity"),
        (of(json!({ "quantity": -1 })), "quantity"),
        (of(json!({ "quantity": 1_000_001 })), "quantity"),
        (of(json!({ "alternates": -1 })), "alternates"),
        (of(json!({ "alternates": 1_000_001 })), "alternates"),
        (json!({ "winLimit": 0 }), "winLimit"),
        (json!({ "winLimit": 1001 }), "winLimit"),
        (json!({ "claimWindowSeconds": 59 }), "claimWindowSeconds"),
        (json!({ "claimWindowSeconds": 31_622_401 }), "claimWindowSeconds"),
        (json!({ "ticketCap": 5 }), "ticketCap"),
        (json!({ "weights": "EQUAL", "ticketCap": 5 }), "ticketCap"),
        (json!({ "weights": "TICKETS", "ticketCap": 0 }), "ticketCap"),
        (
            json!({ "weights": "TICKETS", "ticketCap": 4_294_967_296_i64 }),
            "ticketCap",
        ),
        (json!({ "eligibility": { "roles": [] } }), "roles"),
        (json!({ "eligibility": { "roles": ["VIEWER"] } }), "roles"),
        (viewers, "roles"),
        (json!({ "closesAt": now }), "closesAt"),
        (json!({ "closesAt": now - Duration::milliseconds(1) }), "closesAt"),
        (json!({ "drandRound": 99_000_000 }), "drandRound"),
        (json!({ "level": "L1", "drandRound": 99_000_000 }), "drandRound"),
        (
            json!({ "level": "L1", "drandAt": now + Duration::days(1) }),
            "drandRound",
        ),
    ] {
        let input = with(&scene, &prize, changes);
        let world = &scene.world;
        world
            .refuses(&scene.creator, "createDraw", input, "VALIDATION", Some(field))
            .await;
    }
    let input = with(&scene, &prize, json!({ "eligibility": { "roles": ["OWNER"] } }));
    let answer = scene.creator.mutate("createDraw", input, "draw { id }").await;
    assert!(!answer.is_ok(), "there is no such role");
    assert_eq!(scene.world.dump().await["draws"], Vec::<String>::new());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_is_named_once_and_comes_late_enough(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let now = scene.world.clock.now();
    // Rounds come every three seconds from the chain's beginning.
    let first_after = |time: chrono::DateTime<chrono::Utc>| (time.timestamp() - 1_692_803_367 + 2) / 3 + 1;
    let closes = now + Duration::hours(1);
    for (changes, field) in [
        (json!({}), "drandRound"),
        (
            json!({ "drandRound": 99_000_000, "drandAt": now + Duration::days(1) }),
            "drandRound",
        ),
        (json!({ "drandRound": 0 }), "drandRound"),
        (json!({ "drandRound": -1 }), "drandRound"),
        (json!({ "drandRound": 1 }), "drandRound"),
        (json!({ "drandRound": 9_007_199_254_740_992_i64 }), "drandRound"),
        (json!({ "drandRound": 9_007_199_254_740_991_i64 }), "drandRound"),
        (
            json!({ "drandRound": first_after(now + Duration::seconds(30)) - 1 }),
            "drandRound",
        ),
        (json!({ "drandAt": now }), "drandAt"),
        (json!({ "drandAt": now + Duration::seconds(26) }), "drandAt"),
        (
            json!({ "closesAt": closes, "drandRound": first_after(closes + Duration::seconds(30)) - 1 }),
            "drandRound",
        ),
        (
            json!({ "closesAt": closes, "drandAt": closes + Duration::seconds(26) }),
            "drandAt",
        ),
    ] {
        let mut changes = changes;
        changes["level"] = json!("L2");
        let input = with(&scene, &prize, changes);
        let world = &scene.world;
        world
            .refuses(&scene.creator, "createDraw", input, "VALIDATION", Some(field))
            .await;
    }
    let round = first_after(closes + Duration::seconds(30));
    let changes = json!({ "level": "L2", "closesAt": closes, "drandAt": closes + Duration::seconds(30) });
    let input = with(&scene, &prize, changes);
    let selection = "draw { policy { drandRound drandAt } }";
    let answer = scene.creator.mutate("createDraw", input, selection).await;
    assert_eq!(answer.number("/createDraw/draw/policy/drandRound"), round);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prizes_are_of_the_room_and_enough_of_them_is_left(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let (prize, awarded, deleted) = (scene.prize(2).await, scene.prize(1).await, scene.prize(1).await);
    let (_, place) = scene.participant("Gustav Guest").await;
    scene.award(&awarded, &place).await;
    let delete = json!({ "prizeId": deleted });
    assert!(scene.creator.mutate("deletePrize", delete, "__typename").await.is_ok());
    let elsewhere = scene.creator.active_room(&scene.organization, json!({})).await;
    let input = json!({ "roomId": elsewhere, "name": "Elsewhere" });
    let foreign = scene.creator.mutate("createPrize", input, "prize { id }").await;
    let foreign = foreign.text("/createPrize/prize/id");

    let one = |prize: &str| json!({ "prizes": [{ "prizeId": prize }] });
    for (changes, code, field) in [
        (one(&foreign), "VALIDATION", "prizes"),
        (one(&deleted), "VALIDATION", "prizes"),
        (one("prize_01jzzzzzzzzzzzzzzzzzzzzzzz"), "VALIDATION", "prizes"),
        (
            json!({ "prizes": [{ "prizeId": prize }, { "prizeId": foreign }] }),
            "VALIDATION",
            "prizes",
        ),
        (
            json!({ "prizes": [{ "prizeId": prize, "quantity": 3 }] }),
            "CONFLICT",
            "quantity",
        ),
        (one(&awarded), "CONFLICT", "quantity"),
        (
            json!({ "prizes": [{ "prizeId": awarded, "quantity": 1 }] }),
            "CONFLICT",
            "quantity",
        ),
    ] {
        let input = with(&scene, &prize, changes);
        scene
            .world
            .refuses(&scene.creator, "createDraw", input, code, Some(field))
            .await;
    }
    let input = with(&scene, &prize, json!({}));
    for client in [&scene.viewer, &scene.reviewer, &scene.outsider] {
        let world = &scene.world;
        world
            .refuses(client, "createDraw", input.clone(), "FORBIDDEN", None)
            .await;
    }
    let stranger = scene.world.stranger();
    let refused = scene
        .world
        .refuses(stranger, "createDraw", input, "UNAUTHENTICATED", None);
    refused.await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_is_over_has_no_new_draw(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    for end in ["completeRoom", "cancelRoom"] {
        let room = scene.creator.active_room(&scene.organization, json!({})).await;
        let input = json!({ "roomId": room, "name": "A prize" });
        let prize = scene.creator.mutate("createPrize", input, "prize { id }").await;
        let prize = prize.text("/createPrize/prize/id");
        let of_room = json!({ "roomId": room });
        assert!(scene.creator.mutate(end, of_room, "__typename").await.is_ok());
        let mut input = with(&scene, &prize, json!({}));
        input["roomId"] = json!(room);
        scene
            .world
            .refuses(&scene.creator, "createDraw", input, "CONFLICT", None)
            .await;
    }
}
