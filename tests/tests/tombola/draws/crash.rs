//! A server that is killed in the middle of a freeze or of a draw leaves all of it or nothing, and goes on after a start.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use chrono::Utc;
use draw::Standing;
use entity::{
    DrawId,
    draw::{
        draw::{self as row, DrawStatus},
        draw_chunk, draw_entrant, draw_ranking,
    },
};
use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value as Json, json};
use tests::{Client, Database, World, dump::dump};

use super::{
    crowd::crowd,
    sound::{assert_sound_for, steps, wins},
    stage::Stage,
};
use crate::program::{Program, Serving};

/// A stage whose people are known to a process beside it, which lives in the present.
pub(super) async fn stage(database: Database) -> Stage {
    let world = World::new(database).await;
    world.clock.advance(Utc::now() - world.clock.now());
    Stage::in_world(world, 5).await
}

/// The program on the stage's database, under its key.
pub(super) fn program(stage: &Stage, url: &str) -> Program {
    let key = stage.world().folder().join("tombola.key");
    Program::on(url)
        .with("TOMBOLA_AUTH__SIGNING_KEY_FILE", key.to_str().unwrap())
        // Nothing but the call sends statements.
        .with("TOMBOLA_DRAWS__TICK_MILLISECONDS", "60000")
        .with("TOMBOLA_EVENTS__POLL_MILLISECONDS", "60000")
}

pub(super) fn organizer(stage: &Stage, serving: &Serving) -> Client {
    let creator = &stage.scene.creator;
    serving
        .client()
        .signed_in(creator.token.as_deref().unwrap(), &creator.user)
}

/// A call whose server may end before it answers; answers whether it was told that it worked.
pub(super) async fn survives(client: &Client, mutation: &str, draw: &str) -> bool {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ draw {{ status }} }} }}");
    let request = client
        .http()
        .post(format!("{}/graphql", client.base()))
        .header("authorization", format!("Bearer {}", client.token.as_deref().unwrap()))
        .json(&json!({ "query": document, "variables": { "input": { "drawId": draw } } }));
    let Ok(response) = request.send().await else {
        return false;
    };
    let Ok(body) = response.json::<Json>().await else {
        return false;
    };
    assert!(body["errors"].is_null(), "{body}");
    true
}

/// The draw before the call, on a prize of its own.
pub(super) async fn prepared(stage: &Stage, client: &Client, mutation: &str) -> (String, String) {
    let prize = stage.scene.prize(2).await;
    let draw = stage.create_simple("L0", &prize, 1).await;
    if mutation == "runDraw" {
        let frozen = client
            .mutate("freezeDraw", json!({ "drawId": draw }), "draw { status }")
            .await;
        assert!(frozen.is_ok(), "{}", frozen.body);
    }
    (prize, draw)
}

/// What a call changes of a draw, read past every server: whether it is done, in all its parts.
pub(super) async fn is_done(stage: &Stage, mutation: &str, draw: &str) -> bool {
    let (db, id): (_, DrawId) = (&stage.world().db, draw.parse().unwrap());
    let row = row::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
    let chunks = draw_chunk::Entity::find().filter(draw_chunk::Column::DrawId.eq(id));
    let entrants = draw_entrant::Entity::find().filter(draw_entrant::Column::DrawId.eq(id));
    let rankings = draw_ranking::Entity::find().filter(draw_ranking::Column::DrawId.eq(id));
    let found = [
        steps(stage.world(), draw).await.len() as u64,
        chunks.count(db).await.unwrap(),
        entrants.count(db).await.unwrap(),
        rankings.count(db).await.unwrap(),
        wins(stage.world(), draw).await.len() as u64,
    ];
    let (done, expected) = match (mutation, row.status) {
        ("freezeDraw", DrawStatus::Committed) => (false, [1, 0, 0, 0, 0]),
        ("freezeDraw", DrawStatus::Frozen) => (true, [2, 1, 1, 0, 0]),
        ("runDraw", DrawStatus::Frozen) => (false, [2, 1, 1, 0, 0]),
        ("runDraw", DrawStatus::Drawn) => (true, [4, 1, 1, 1, 2]),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        found, expected,
        "steps, chunks, entrants, rankings and wins after {mutation}: {:?}",
        row.status
    );
    done
}

/// Goes on where the draw stands, to its end.
pub(super) async fn finish(stage: &Stage, client: &Client, mutation: &str, done: bool, draw: &str) {
    let rest: &[&str] = match (mutation, done) {
        ("freezeDraw", false) => &["freezeDraw", "runDraw"],
        ("runDraw", true) => &[],
        _ => &["runDraw"],
    };
    for call in rest {
        let answer = client.mutate(call, json!({ "drawId": draw }), "draw { status }").await;
        assert!(answer.is_ok(), "{call}: {}", answer.body);
    }
    assert_sound_for(stage.world(), &stage.scene.room, draw, client).await;
    assert_eq!(stage.verify(draw).await.unwrap().standing, Standing::Drawn);
}

/// Everything but who was seen when.
pub(super) async fn content(stage: &Stage) -> BTreeMap<String, Vec<String>> {
    let mut tables = dump(&stage.world().db).await;
    tables.remove("sessions");
    tables
}

/// The process is killed after longer and longer, until it has answered.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_at_any_time_leaves_all_or_nothing(
    #[values(Database::Sqlite)] database: Database,
    #[values("freezeDraw", "runDraw")] mutation: &str,
) {
    const TRIES: u32 = 12;
    let stage = stage(database).await;
    crowd(&stage, 2000).await;
    let program = program(&stage, &stage.world().database.server_url());

    let serving = program.serve(&["serve"]).await;
    let client = organizer(&stage, &serving);
    let (_, draw) = prepared(&stage, &client, mutation).await;
    let begun = Instant::now();
    assert!(survives(&client, mutation, &draw).await);
    let takes = begun.elapsed();
    serving.stop().await.is_ok();

    let mut wait = Duration::ZERO;
    loop {
        let mut serving = program.serve(&["serve"]).await;
        let client = organizer(&stage, &serving);
        let (prize, draw) = prepared(&stage, &client, mutation).await;
        let before = content(&stage).await;
        let told = tokio::select! {
            told = survives(&client, mutation, &draw) => told,
            () = tokio::time::sleep(wait) => false,
        };
        serving.kill();
        assert_eq!(serving.ended().await.code, None, "it was killed");
        let done = is_done(&stage, mutation, &draw).await;
        assert!(done || !told, "whoever is told has it");
        if !done {
            assert_eq!(content(&stage).await, before, "killed after {wait:?}");
        }
        let serving = program.serve(&["serve"]).await;
        finish(&stage, &organizer(&stage, &serving), mutation, done, &draw).await;
        assert_eq!(stage.remaining(&prize).await, 0);
        serving.stop().await.is_ok();
        if told {
            break;
        }
        wait += takes / TRIES;
    }
}
