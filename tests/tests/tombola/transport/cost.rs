//! What an operation costs: known before it is executed, held to a limit, told with its answer, and counted as requests.

use std::sync::Arc;

use api::{
    config::Limits,
    document::{CoercedVariables, Document, Language},
};
use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene, World};

use super::{limits::number, socket::Raw};

#[tokio::test]
async fn variables_count_like_what_is_written() {
    let world = World::new(Database::Sqlite).await;
    let document = "query($n: Int = 100) { rooms(first: $n) { nodes { participants(first: $n) { nodes { user { id } room { id } room2: room { id } room3: room { id } room4: room { id } } } } } }";
    for (variables, code) in [
        (json!({}), Some("TOO_COSTLY")),
        (json!({ "n": 100 }), Some("TOO_COSTLY")),
        (json!({ "n": 10 }), None),
    ] {
        let answer = world.stranger().run(document, variables.clone()).await;
        assert_eq!(answer.code(), code, "{variables}: {}", answer.body);
    }
}

#[tokio::test]
async fn each_event_of_a_stream_has_a_limit_of_its_own() {
    let world = World::with(Database::Sqlite, |config| config.limits.event_cost = 30).await;
    let scene = Scene::in_world(world).await;
    let event = |first: usize| {
        let inner = format!("room {{ prizes(first: {first}) {{ nodes {{ id }} }} }}");
        format!(
            "subscription {{ roomEvents(roomId: \"{}\", after: 0) {{ {inner} }} }}",
            scene.room
        )
    };
    let mut raw = Raw::ready(&scene.creator).await;
    raw.subscribe("1", &event(50)).await;
    let refused = raw.receive().await;
    let error = &refused["payload"][0];
    assert_eq!(error["extensions"]["code"], "TOO_COSTLY", "{refused}");
    assert_eq!(error["extensions"]["limit"], "limits.event_cost", "{refused}");
    assert!(
        error["message"].as_str().unwrap().contains("30 is allowed"),
        "{refused}"
    );
    raw.subscribe("2", &event(20)).await;
    assert_eq!(raw.receive().await["type"], "next");
    let query = format!(
        "{{ room(id: \"{}\") {{ prizes(first: 50) {{ nodes {{ id }} }} }} }}",
        scene.room
    );
    assert!(scene.creator.query(&query).await.is_ok(), "a query has the other limit");
}

#[tokio::test]
async fn what_costs_much_counts_as_several_requests() {
    let world = World::with(Database::Sqlite, |config| {
        config.rates.requests_per_minute = 60;
        config.rates.burst = 12;
        config.rates.callers_per_address = 25;
    })
    .await;
    let ann = world.user("Ann").await;
    let ask = async |query: &str| {
        let request = ann.http().post(format!("{}/graphql", ann.base()));
        let request = request.bearer_auth(ann.token.as_deref().unwrap());
        request.json(&json!({ "query": query })).send().await.unwrap()
    };
    let list =
        |first: usize| format!("{{ rooms(first: {first}) {{ nodes {{ prizes(first: 99) {{ nodes {{ id }} }} }} }} }}");
    // These cost 910, 1,011 and 4,041: no operation counts as more than a quarter of the burst besides its own.
    let (cheap, dear, dearest) = (list(9), list(10), list(40));
    let typename = "{ __typename }".to_owned();
    for (query, left) in [
        (&typename, 11),
        (&cheap, 10),
        (&dear, 8),
        (&dearest, 4),
        (&dear, 2),
        (&dear, 0),
    ] {
        let response = ask(query).await;
        assert_eq!(response.status(), 200);
        assert_eq!(number(response.headers(), "ratelimit-remaining"), left, "{query}");
    }
    assert_eq!(ask(&dear).await.status(), 429);
    world.clock.advance(chrono::Duration::seconds(1));
    let refused = ask(&dear).await;
    assert_eq!(refused.status(), 429, "there is a request left, but not two");
    assert_eq!(number(refused.headers(), "retry-after"), 1);
    world.clock.advance(chrono::Duration::seconds(1));
    assert_eq!(ask("{ __typename }").await.status(), 200);
}

#[tokio::test]
async fn long_texts_cost_what_they_may_take() {
    let scene = Scene::new(Database::Sqlite).await;
    let input = json!({ "roomId": scene.room, "description": "x".repeat(5000) });
    scene
        .creator
        .mutate("updateRoom", input, "room { id }")
        .await
        .at("/updateRoom");
    let answer = scene
        .creator
        .query("{ rooms(first: 10) { nodes { description } } }")
        .await;
    let cost = &answer.body["extensions"]["cost"];
    // A connection and ten rooms with 20 kB each; what came is one room with 4 KiB and a part of one.
    assert_eq!(
        (&cost["requested"], &cost["actual"]),
        (&json!(201), &json!(6)),
        "{cost}"
    );
}

#[tokio::test]
async fn the_answer_tells_what_it_cost() {
    let scene = Scene::new(Database::Sqlite).await;
    let document = "{ rooms(first: 10) { nodes { id title } totalCount } }";
    let answer = scene.creator.query(document).await;
    // One connection, ten rooms at most, five for counting them; one room is there.
    let cost = json!({ "requested": 16, "actual": 7 });
    assert_eq!(answer.body["extensions"]["cost"], cost);
    let nothing = scene.creator.query("{ __typename }").await;
    assert_eq!(
        nothing.body["extensions"]["cost"],
        json!({ "requested": 0, "actual": 0 })
    );
}

#[rstest]
#[case::usual_page("{ rooms { nodes { id } } }", 21)]
#[case::last("{ rooms(last: 3) { nodes { id } } }", 4)]
#[case::count("{ rooms { totalCount } }", 6)]
#[case::ids("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }", 3)]
#[case::change_with_a_list("mutation { joinRoom(input: { roomId: \"x\" }) { closedDraws { id } } }", 111)]
#[case::events("{ room(id: \"x\") { events { sequence } } }", 21)]
#[case::prizes_of_a_draw("{ draw(id: \"x\") { policy { prizes { quantity } } } }", 1002)]
#[case::single_value_for_a_list("{ nodes(ids: \"a\") { id } }", 20)]
#[case::page_as_another_number("query($n: Int = 1) { rooms(first: $n) { nodes { id } } }", 2)]
#[test]
fn an_operation_costs_what_it_may_answer(#[case] document: &str, #[case] cost: u64) {
    let (language, limits) = (Language::of(&api::schema::sdl()).unwrap(), Limits::default());
    let document = Arc::new(Document::read(document, &language, &limits).unwrap());
    let chosen = document.choose(None).unwrap();
    assert_eq!(chosen.check(&CoercedVariables::default(), &limits).unwrap(), cost);
}

#[tokio::test]
async fn variables_hold_so_many_values_and_no_more() {
    let world = World::with(Database::Sqlite, |config| config.limits.values = 100).await;
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    // The list counts itself.
    for (entries, code) in [(99, None), (100, Some("TOO_MANY_VALUES"))] {
        let ids = vec!["room_00000000000000000000000000"; entries];
        let answer = world.stranger().run(document, json!({ "ids": ids })).await;
        assert_eq!(
            answer.code().filter(|code| *code != "NOT_FOUND"),
            code,
            "{}",
            answer.body
        );
    }
    let hidden = json!({ "ids": [], "unused": { "a": { "b": vec![0; 100] } } });
    let answer = world.stranger().run(document, hidden).await;
    assert_eq!(answer.code(), Some("TOO_MANY_VALUES"), "{}", answer.body);
    assert!(
        answer.message().contains("104 values; 100 are allowed"),
        "{}",
        answer.message()
    );
}
