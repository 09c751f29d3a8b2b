//! JSON of client programs: read for ever by everybody, in the same bytes on both databases, or refused.

use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene};

/// What is sent, and what comes back.
const FORMS: [(&str, &str); 17] = [
    ("1.0", "1"),
    ("-0", "0"),
    ("-0.0", "0"),
    ("1.50", "1.5"),
    ("1e2", "100"),
    ("1e15", "1000000000000000"),
    ("1e16", "10000000000000000"),
    ("9007199254740993", "9007199254740993"),
    ("18446744073709551615", "18446744073709551615"),
    ("18446744073709551616", "1.8446744073709552e+19"),
    ("1000000000000000000000", "1e+21"),
    ("0.1000000000000000055511151231257827", "0.1"),
    ("0.30000000000000004", "0.30000000000000004"),
    ("8.98846567431158e307", "8.98846567431158e+307"),
    ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ("-1.7976931348623157E+308", "-1.7976931348623157e+308"),
    ("5e-324", "5e-324"),
];

/// A request as it goes over the wire: what writes JSON for the tests would change it before.
async fn send(client: &Client, body: String) -> String {
    let mut request = client.http().post(format!("{}/graphql", client.base()));
    if let Some(token) = &client.token {
        request = request.bearer_auth(token);
    }
    let request = request.header("content-type", "application/json").body(body);
    request.send().await.unwrap().text().await.unwrap()
}

async fn with_variable(client: &Client, prize: &str, metadata: &str) -> String {
    let document = "mutation($i: UpdatePrizeInput!) { updatePrize(input: $i) { prize { metadata } } }";
    let variables = format!("{{\"i\":{{\"prizeId\":\"{prize}\",\"metadata\":{metadata}}}}}");
    send(
        client,
        format!("{{\"query\":\"{document}\",\"variables\":{variables}}}"),
    )
    .await
}

async fn with_literal(client: &Client, prize: &str, metadata: &str) -> String {
    let document = format!(
        "mutation {{ updatePrize(input: {{ prizeId: \"{prize}\", metadata: {metadata} }}) {{ prize {{ metadata }} }} }}"
    );
    send(client, json!({ "query": document }).to_string()).await
}

async fn read(client: &Client, prize: &str) -> String {
    let document = format!("{{ node(id: \"{prize}\") {{ ... on Prize {{ metadata }} }} }}");
    send(client, json!({ "query": document }).to_string()).await
}

fn assert_holds(answer: &str, metadata: &str) {
    let wanted = format!("\"metadata\":{metadata}}}");
    assert!(answer.contains(&wanted), "{wanted} is not in {answer}");
}

/// The bytes are those of this file, so they are the same on both databases.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_comes_back_in_one_form(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let mut scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    for (sent, form) in FORMS {
        let form = format!("{{\"n\":[{form}]}}");
        assert_holds(
            &with_variable(&scene.creator, &prize, &format!("{{\"n\":[{sent}]}}")).await,
            &form,
        );
        assert_holds(&read(&scene.outsider, &prize).await, &form);
        // What was written by hand in the document, and what came back before.
        assert_holds(
            &with_literal(&scene.creator, &prize, &format!("{{ n: [{sent}] }}")).await,
            &form,
        );
        assert_holds(&read(&scene.outsider, &prize).await, &form);
        assert_holds(&with_variable(&scene.creator, &prize, &form).await, &form);
    }
    let all = |column: fn(&(&'static str, &'static str)) -> &'static str| {
        let numbers: Vec<_> = FORMS.iter().map(column).collect();
        format!("{{\"n\":[{}]}}", numbers.join(","))
    };
    let form = all(|(_, form)| form);
    assert_holds(
        &with_variable(&scene.creator, &prize, &all(|(sent, _)| sent)).await,
        &form,
    );
    scene.world.restart().await;
    assert_holds(&read(&scene.world.again(&scene.viewer), &prize).await, &form);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_come_back_in_the_order_of_their_characters(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let form = "{\"\":0,\"B\":{\"bb\":1,\"c\":2},\"a\":3,\"aaa\":4,\"b\":5,\"é\":6,\"\u{ffff}\":7,\"🎉\":8}";
    let sent = "{\"🎉\":8,\"\u{ffff}\":7,\"b\":5,\"é\":6,\"aaa\":4,\"a\":3,\"\":0,\"B\":{\"c\":2,\"bb\":1}}";
    assert_holds(&with_variable(&scene.creator, &prize, sent).await, form);
    assert_holds(&read(&scene.viewer, &prize).await, form);
    assert_holds(
        &with_literal(&scene.creator, &prize, "{ b: 1, B: { c: 2, bb: TWO }, aaa: 3 }").await,
        "{\"B\":{\"bb\":\"TWO\",\"c\":2},\"aaa\":3,\"b\":1}",
    );
}

/// The first answer under a key is kept in the database too.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_answers_the_same_bytes(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let document = "mutation($i: CreatePrizeInput!) { createPrize(input: $i) { prize { id metadata } } }";
    let metadata = "{\"n\":[-0,1e16,1.7976931348623157e308]}";
    let variables = format!(
        "{{\"i\":{{\"roomId\":\"{}\",\"name\":\"Jar\",\"metadata\":{metadata}}}}}",
        scene.room
    );
    let extensions = "{\"idempotencyKey\":\"one-jar\"}";
    let body = format!("{{\"query\":\"{document}\",\"variables\":{variables},\"extensions\":{extensions}}}");
    let first = send(&scene.creator, body.clone()).await;
    assert_holds(&first, "{\"n\":[0,10000000000000000,1.7976931348623157e+308]}");
    assert_eq!(send(&scene.creator, body).await, first);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_of_before_fails_nobody(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let (old, new) = (scene.prize(1).await, scene.prize(1).await);
    let numbers = "{\"n\": [1.7976931348623157e308, -0.0, 1.0, 0.10000000000000000555]}";
    let update = format!("UPDATE prizes SET metadata = '{numbers}' WHERE position = 0");
    scene.world.db.execute_unprepared(&update).await.unwrap();

    let document = "query($id: ID!) { room(id: $id) { prizes { nodes { id metadata } } } }";
    let answer = scene.outsider.run(document, json!({ "id": scene.room })).await;
    let prizes = answer.list("/room/prizes/nodes");
    assert_eq!((&prizes[0]["id"], &prizes[1]["id"]), (&json!(old), &json!(new)));
    assert_eq!(prizes[0]["metadata"]["n"][0], json!(f64::MAX));
    let answer = scene
        .creator
        .mutate("deletePrize", json!({ "prizeId": old }), "prize { id }")
        .await;
    assert_eq!(answer.text("/deletePrize/prize/id"), old);
}

/// The size counts as it comes back, because the cost of an answer does.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_size_that_counts_is_that_which_comes_back(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let list = |number: &str, count: usize| {
        json!({ "n": vec![json!(null); count] })
            .to_string()
            .replace("null", number)
    };
    let before = scene.world.dump().await;
    // 5,000 bytes that would come back as 21,000.
    let answer = with_variable(&scene.creator, &prize, &list("1e19", 1000)).await;
    assert!(answer.contains("VALIDATION") && answer.contains("16384"), "{answer}");
    assert_eq!(scene.world.dump().await, before);
    // 20,000 bytes that come back as 10,000.
    let answer = with_variable(&scene.creator, &prize, &list("1.0", 5000)).await;
    assert_holds(&answer, &list("1", 5000));
    assert_holds(&read(&scene.viewer, &prize).await, &list("1", 5000));
}

#[rstest]
#[case::too_large("{\"a\":[0,1e309]}", "{ a: [0, 1e309] }", "out of every range")]
#[case::far_too_large("{\"a\":-1e400}", "{ a: -1e400 }", "out of every range")]
#[case::twice("{\"a\":1,\"a\":2}", "{ a: 1, a: 2 }", "a")]
#[case::twice_below("{\"b\":[{\"a\":1,\"\\u0061\":2}]}", "{ b: [{ a: 1, a: 2 }] }", "a")]
#[case::half_a_character("{\"a\":\"\\ud800\"}", "{ a: \"\\ud800\" }", "")]
#[case::half_a_name("{\"\\udc00\":1}", "{ a: \"\\udc00\" }", "")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_not_everybody_reads_alike_is_refused_wherever_it_stands(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[case] variable: &str,
    #[case] literal: &str,
    #[case] word: &str,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let before = scene.world.dump().await;
    for answer in [
        with_variable(&scene.creator, &prize, variable).await,
        with_literal(&scene.creator, &prize, literal).await,
    ] {
        let body: Json = serde_json::from_str(&answer).unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "VALIDATION", "{answer}");
        assert!(
            body["errors"][0]["message"].as_str().unwrap().contains(word),
            "{answer}"
        );
    }
    assert_eq!(scene.world.dump().await, before);
}

/// One of these, kept as it is, would fail every later read of its row: what reads JSON gives the name a meaning.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_means_something_to_the_reader_is_refused(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let app = json!({ "organizationId": scene.organization, "name": "An app", "manifest": {} });
    let app = scene
        .admin
        .mutate("registerApp", app, "app { id }")
        .await
        .text("/registerApp/app/id");
    let name = "$serde_json::private::RawValue";
    for value in [
        json!({ name: "x" }),
        json!({ "a": 1, name: "[1]" }),
        json!({ "list": [0, { name: 1 }] }),
    ] {
        for (mutation, field, input) in [
            ("updatePrize", "metadata", json!({ "prizeId": prize })),
            ("updateRoom", "settings", json!({ "roomId": scene.room })),
            ("updateApp", "manifest", json!({ "appId": app })),
            ("updateProfile", "preferences", json!({})),
        ] {
            let mut input = input;
            input[field] = value.clone();
            let who = if mutation == "updateApp" {
                &scene.admin
            } else {
                &scene.creator
            };
            let answer = scene
                .world
                .refuses(who, mutation, input, "VALIDATION", Some(field))
                .await;
            assert!(answer.message().contains("reserved"), "{}", answer.message());
            assert_eq!(
                answer.message().contains("list.1"),
                value["list"].is_array(),
                "{}",
                answer.message()
            );
        }
    }
}
