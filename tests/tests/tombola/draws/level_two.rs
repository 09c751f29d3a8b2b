//! Draws that wait for a round of drand: a published one, with the clock before its time.

use chrono::{DateTime, Duration, Utc};
use draw::Standing;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, World};

use super::{
    beacon::{Beacon, Says},
    stage::Stage,
};
use crate::live::follower::log;

const ROUND: i64 = 657_413;
const SIGNATURE: &str =
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";
const CHAIN: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";

/// When the round came.
fn round_time() -> DateTime<Utc> {
    "2023-09-15T11:00:03Z".parse().unwrap()
}

/// Two minutes before the round.
async fn before(database: Database, drand: Option<String>) -> Stage {
    let world = World::with(database, |config| {
        config.draws.drand_url = drand;
        config.auth.access_token_seconds = 3600;
    });
    let world = world.await;
    let now = world.clock.now();
    world.clock.advance(round_time() - Duration::seconds(120) - now);
    Stage::in_world(world, 4).await
}

/// A draw that waits for a round.
async fn commit(stage: &Stage, round: i64) -> String {
    let prizes = json!([{ "prizeId": stage.scene.prize(2).await, "alternates": 1 }]);
    let policy = json!({ "level": "L2", "prizes": prizes, "drandRound": round });
    stage.create(policy).await
}

/// The same, frozen, and with the clock at a time.
async fn frozen(stage: &Stage, round: i64, time: DateTime<Utc>) -> String {
    let draw = commit(stage, round).await;
    stage.call("freezeDraw", &draw).await;
    let clock = &stage.world().clock;
    clock.advance(time - clock.now());
    draw
}

fn signed(draw: &str, signature: &str) -> Json {
    json!({ "drawId": draw, "drandSignature": signature })
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_published_round_decides_and_the_draw_verifies(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = before(database, None).await;
    let draw = frozen(&stage, ROUND, round_time()).await;
    let read = stage
        .read(&draw, "level policy { drandRound drandAt } entropy { __typename }")
        .await;
    assert_eq!(
        read,
        json!({
            "level": "L2",
            "policy": { "drandRound": ROUND, "drandAt": "2023-09-15T11:00:03.000Z" },
            "entropy": null,
        })
    );
    // As people paste it.
    let pasted = format!(" {}\n", SIGNATURE.to_uppercase());
    let given = stage.tell("provideDrawEntropy", signed(&draw, &pasted)).await;
    assert!(given.is_ok(), "{}", given.body);
    let before = stage.world().dump().await;
    let again = stage.tell("provideDrawEntropy", signed(&draw, SIGNATURE)).await;
    assert!(again.is_ok(), "{}", again.body);
    assert_eq!(stage.world().dump().await, before, "the same again changes nothing");
    stage.call("runDraw", &draw).await;
    let transcript = stage.transcript(&draw).await;
    assert_eq!(
        transcript["entropy"],
        json!({ "level": "L2", "chain": CHAIN, "round": ROUND, "signature": SIGNATURE })
    );
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
    assert_eq!(stage.winners(&draw).await.len(), 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_is_closed_half_a_minute_before_the_round(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = before(database, None).await;
    let (in_time, late) = (commit(&stage, ROUND).await, commit(&stage, ROUND).await);
    let clock = &stage.world().clock;
    clock.advance(Duration::seconds(90));
    stage.call("freezeDraw", &in_time).await;
    for wait in [Duration::milliseconds(1), Duration::seconds(60)] {
        clock.advance(wait);
        let freeze = json!({ "drawId": late });
        stage.refuses("freezeDraw", freeze, "CONFLICT", Some("drawId")).await;
    }
    let given = stage.tell("provideDrawEntropy", signed(&in_time, SIGNATURE)).await;
    assert!(given.is_ok(), "{}", given.body);
    stage.call("runDraw", &in_time).await;
    assert_eq!(stage.verify(&in_time).await.unwrap().standing, Standing::Drawn);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_that_has_not_come_is_refused_whoever_knows_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = before(database, None).await;
    let draw = commit(&stage, ROUND).await;
    let provide = "provideDrawEntropy";
    stage
        .refuses(provide, signed(&draw, SIGNATURE), "CONFLICT", Some("drawId"))
        .await;
    stage.call("freezeDraw", &draw).await;
    stage.world().clock.advance(Duration::milliseconds(119_999));
    let fetch = json!({ "drawId": draw, "fetch": true });
    for input in [signed(&draw, SIGNATURE), fetch] {
        let answer = stage.refuses(provide, input, "CONFLICT", Some("drawId")).await;
        assert!(answer.message().contains("Wait for it"), "{}", answer.message());
    }
    let run = json!({ "drawId": draw });
    stage.refuses("runDraw", run, "CONFLICT", Some("drawId")).await;
    stage.world().clock.advance(Duration::milliseconds(1));
    let given = stage.tell(provide, signed(&draw, SIGNATURE)).await;
    assert!(given.is_ok(), "{}", given.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_signature_of_the_promised_round_counts(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = before(database, None).await;
    let (draw, next) = (commit(&stage, ROUND).await, commit(&stage, ROUND + 1).await);
    stage.call("freezeDraw", &draw).await;
    stage.call("freezeDraw", &next).await;
    stage.world().clock.advance(Duration::seconds(200));
    let corrupted = SIGNATURE.replacen("d97b", "d97c", 1);
    // The same point with the other sign: on the curve, and signed by nobody.
    let negated = SIGNATURE.replacen("b7", "97", 1);
    let infinity = format!("c0{}", "0".repeat(94));
    for (draw, signature) in [
        (&next, SIGNATURE),
        (&draw, &corrupted),
        (&draw, &negated),
        (&draw, &infinity),
        (&draw, &"0".repeat(96)),
        (&draw, ""),
        (&draw, &SIGNATURE[..95]),
        (&draw, &SIGNATURE[..94]),
        (&draw, &format!("{SIGNATURE}00")),
        (&draw, &format!("0x{SIGNATURE}")),
        (&draw, &SIGNATURE.replacen('b', "g", 1)),
    ] {
        let input = signed(draw, signature);
        stage
            .refuses("provideDrawEntropy", input, "VALIDATION", Some("drandSignature"))
            .await;
    }
    let dice = json!({ "drawId": draw, "dice": super::stage::DICE });
    stage
        .refuses("provideDrawEntropy", dice, "CONFLICT", Some("drawId"))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_an_address_of_drand_says_so(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = before(database, None).await;
    let draw = frozen(&stage, ROUND, round_time()).await;
    let fetch = json!({ "drawId": draw, "fetch": true });
    let answer = stage
        .refuses("provideDrawEntropy", fetch, "CONFLICT", Some("fetch"))
        .await;
    assert!(answer.message().contains("draws.drand_url"), "{}", answer.message());
}

/// A fetch that assert_fails tells only how far it came, and leaves the draw as it was.
async fn assert_fails(stage: &Stage, draw: &str, code: &str) {
    let world = stage.world();
    let before = world.dump().await;
    let fetch = json!({ "drawId": draw, "fetch": true });
    let answer = stage.tell("provideDrawEntropy", fetch).await;
    answer.assert_refused(code);
    let after = world.dump().await;
    for (table, rows) in &before {
        let of_events = ["room_events", "room_counters", "storage_counters"].contains(&table.as_str());
        assert!(of_events || Some(rows) == after.get(table), "{table} changed");
    }
    assert_eq!(
        stage.read(draw, "status entropy { __typename }").await["entropy"],
        json!(null)
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_fetches_the_round_and_believes_only_its_signature(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let beacon = Beacon::start().await;
    let stage = before(database, Some(format!("{}/", beacon.address))).await;
    let draw = frozen(&stage, ROUND, round_time()).await;
    let path = format!("/{CHAIN}/public/{ROUND}");
    let round = |round: i64, signature: &str| json!({ "round": round, "signature": signature }).to_string();
    let forged = SIGNATURE.replacen("b7", "97", 1);
    for says in [
        Says::This(200, round(ROUND, &forged)),
        Says::This(200, round(ROUND, "none")),
        Says::This(200, round(ROUND + 1, SIGNATURE)),
        Says::This(200, "garbage".to_owned()),
        Says::This(500, round(ROUND, SIGNATURE)),
        Says::Nothing,
    ] {
        beacon.says(says.clone());
        assert_fails(&stage, &draw, "LIMITED").await;
        assert_eq!(beacon.asked(), vec![path.clone(); 3], "{says:?}");
    }
    let room = &stage.scene.room;
    let selection = "__typename ... on DrawProgress { drawId phase done total }";
    let told = log(stage.world().stranger(), room, selection).await;
    let third =
        json!({ "__typename": "DrawProgress", "drawId": draw, "phase": "FETCHING_ROUND", "done": 3, "total": 3 });
    assert_eq!(told.last(), Some(&third));

    beacon.says(Says::This(200, round(ROUND, SIGNATURE)));
    let fetch = json!({ "drawId": draw, "fetch": true });
    let given = stage.tell("provideDrawEntropy", fetch).await;
    assert!(given.is_ok(), "{}", given.body);
    stage.call("runDraw", &draw).await;
    assert_eq!(stage.transcript(&draw).await["entropy"]["signature"], SIGNATURE);
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
}
