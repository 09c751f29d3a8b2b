//! Errors are few and short, whatever a client wrote.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, Scene, World};

use super::socket::Raw;

/// How much of a client's own text an error may repeat, in characters.
const REPEATED: usize = 100;

/// The longest run of a letter that no word of ours has twice.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|letter| letter != 'q');
    runs.map(str::len).max().unwrap_or_default()
}

#[rstest]
#[case::operation_name(json!({ "query": "query A { __typename } query B { __typename }", "operationName": "QQQ" }))]
#[case::field(json!({ "query": "{ QQQ }" }))]
#[case::field_of_a_type(json!({ "query": "{ rooms { QQQ } }" }))]
#[case::argument(json!({ "query": "{ rooms(QQQ: 1) { totalCount } }" }))]
#[case::type_of_a_fragment(json!({ "query": "{ ... on QQQ { id } }" }))]
#[case::fragment(json!({ "query": "{ ...QQQ }" }))]
#[case::unused_fragment(json!({ "query": "{ __typename } fragment QQQ on Room { id }" }))]
#[case::fragment_in_a_circle(json!({ "query": "{ rooms { nodes { ...QQQ } } } fragment QQQ on Room { ...QQQ }" }))]
#[case::directive(json!({ "query": "{ __typename @QQQ }" }))]
#[case::variable(json!({ "query": "{ rooms(first: $QQQ) { totalCount } }" }))]
#[case::unused_variable(json!({ "query": "query($QQQ: Int) { __typename }" }))]
#[case::type_of_a_variable(json!({ "query": "query($a: QQQ) { node(id: $a) { id } }" }))]
#[case::alias(json!({ "query": "{ QQQ: rooms { totalCount } QQQ: room(id: \"x\") { id } }" }))]
#[case::text_for_a_number(json!({ "query": "{ rooms(first: \"QQQ\") { totalCount } }" }))]
#[case::enum_value(json!({ "query": "{ rooms(filter: { status: [QQQ] }) { totalCount } }" }))]
#[case::input_field(json!({ "query": "{ rooms(filter: { QQQ: 1 }) { totalCount } }" }))]
#[case::number(json!({ "query": "{ rooms(first: 1QQQ) { totalCount } }" }))]
#[case::token(json!({ "query": "{ rooms } QQQ" }))]
#[case::moment(json!({ "query": "{ rooms(filter: { startsAfter: \"QQQ\" }) { totalCount } }" }))]
#[case::id(json!({ "query": "{ node(id: \"QQQ_01jd0000000000000000000000\") { id } }" }))]
#[case::id_of_another_kind(json!({ "query": "{ room(id: \"QQQ_01jd0000000000000000000000\") { id } }" }))]
#[case::words_in_quotes(json!({ "query": "{ rooms(first: \"QQQ qqq QQQ\") { totalCount } }" }))]
#[case::value_of_a_variable(json!({ "query": "query($a: Int) { rooms(first: $a) { totalCount } }", "variables": { "a": "QQQ" } }))]
#[case::enum_of_a_variable(json!({ "query": "query($a: RoomFilter) { rooms(filter: $a) { totalCount } }", "variables": { "a": { "status": ["QQQ"] } } }))]
#[case::input_of_a_variable(json!({ "query": "query($a: RoomFilter) { rooms(filter: $a) { totalCount } }", "variables": { "a": { "QQQ": 1 } } }))]
#[case::document_id(json!({ "documentId": "QQQ" }))]
#[case::app(json!({ "documentId": "a", "extensions": { "app": "QQQ" } }))]
#[case::operation_without_a_document(json!({ "operationName": "QQQ" }))]
#[tokio::test]
async fn an_error_repeats_little_of_what_a_client_wrote(#[case] request: Json) {
    let world = World::new(Database::Sqlite).await;
    let body = request.to_string().replace("QQQ", &"q".repeat(2000));
    let client = world.stranger();
    let response = client.http().post(format!("{}/graphql", client.base()));
    let response = response.header("content-type", "application/json").body(body).send();
    let answer: Json = response.await.unwrap().json().await.unwrap();
    let errors = answer["errors"].as_array().unwrap();
    assert!(!errors.is_empty() && errors.len() <= 20, "{answer}");
    for error in errors {
        // The path of an error has the names of the answer.
        let told = format!("{} {}", error["message"], error["extensions"]);
        assert!(longest_run(&told) <= REPEATED, "{request}: {told}");
        assert!(told.chars().count() <= 1500, "{request}: {told}");
    }
}

#[tokio::test]
async fn a_document_is_told_twenty_faults_and_how_many_more_there_are() {
    let world = World::new(Database::Sqlite).await;
    let fields = |count: usize| {
        let names: String = (0..count).map(|number| format!("wrong{number} ")).collect();
        format!("{{ rooms {{ {names} }} }}")
    };
    let twenty = world.stranger().query(&fields(20)).await;
    assert_eq!(twenty.errors().len(), 20);
    assert!(!twenty.body.to_string().contains("left out"), "{}", twenty.body);
    let more = world.stranger().query(&fields(57)).await;
    assert_eq!(more.errors().len(), 20);
    let last = &more.errors()[19];
    assert_eq!(last["extensions"]["leftOut"], 37, "{last}");
    assert!(
        last["message"]
            .as_str()
            .unwrap()
            .contains("37 more errors are left out"),
        "{last}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_has_twenty_errors_at_most(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    for _ in 0..30 {
        scene.prize(1).await;
    }
    let failing = "prizes(first: 100) { nodes { id winners(first: 0) { totalCount } } }";
    let query = format!("{{ room(id: \"{}\") {{ {failing} }} }}", scene.room);
    let answer = scene.creator.query(&query).await;
    let prizes = answer.body["data"]["room"]["prizes"]["nodes"].as_array().unwrap();
    assert_eq!(prizes.len(), 30, "{}", answer.body);
    assert_eq!(answer.errors().len(), 20);
    assert_eq!(answer.errors()[19]["extensions"]["leftOut"], 10);
    let mut raw = Raw::ready(&scene.creator).await;
    raw.subscribe("1", &query).await;
    let next = raw.receive().await;
    assert_eq!(next["payload"]["errors"].as_array().unwrap().len(), 20, "{next}");
}
