//! Who is let in, as what they are counted, and what they are told who are not.

use reqwest::{Response, header::HeaderMap};
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, World};

use super::socket::Raw;

const CHANGE: &str = "mutation { createOrganization(input: { name: \"Once\" }) { organization { id } } }";
const SIGN_IN: &str =
    "mutation { signIn(input: { email: \"a@example.com\", password: \"wrong password\" }) { __typename } }";

/// Sends a body as JSON, with some headers.
pub(super) async fn send(client: &Client, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Response {
    let mut request = client.http().post(format!("{}/graphql", client.base())).body(body);
    if let Some(token) = &client.token {
        request = request.bearer_auth(token);
    }
    request = request.header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

pub(super) async fn told(response: Response) -> (u16, Json) {
    (response.status().as_u16(), response.json().await.unwrap())
}

pub(super) fn number(headers: &HeaderMap, name: &str) -> u64 {
    let value = headers.get(name).unwrap_or_else(|| panic!("no {name} in {headers:?}"));
    value.to_str().unwrap().parse().unwrap()
}

pub(super) fn error(body: &Json) -> &Json {
    &body["errors"][0]
}

/// Where a client stands, as an answer says: at once, and left.
pub(super) fn standing(response: &Response) -> (u64, u64) {
    let headers = response.headers();
    assert!(number(headers, "ratelimit-reset") > 0);
    (
        number(headers, "ratelimit-limit"),
        number(headers, "ratelimit-remaining"),
    )
}

/// A server that lets three requests through at once.
pub(super) async fn strict(database: Database) -> World {
    World::with(database, |config| {
        config.rates.requests_per_minute = 60;
        config.rates.burst = 3;
        config.rates.callers_per_address = 1;
        config.limits.batch = 5;
    })
    .await
}

/// A server of which the world knows the address.
async fn in_production() -> World {
    World::with(Database::Sqlite, |config| {
        config.public_url = Some("https://tombola.example.com".into())
    })
    .await
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_no_text_or_not_the_headers_changes_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let ann = world.user("Ann").await;
    let before = world.dump().await;
    for key in [json!(7), json!(["k"]), json!({ "k": 1 }), json!(true)] {
        let body = json!({ "query": CHANGE, "extensions": { "idempotencyKey": key } });
        let (status, body) = told(send(&ann, &[], body.to_string()).await).await;
        assert_eq!(
            (status, error(&body)["extensions"]["code"].as_str()),
            (400, Some("VALIDATION")),
            "{body}"
        );
        assert_eq!(error(&body)["extensions"]["field"], "extensions");
        assert!(
            error(&body)["message"].as_str().unwrap().contains("idempotencyKey"),
            "{body}"
        );
    }
    let body = json!({ "query": CHANGE, "extensions": { "idempotencyKey": "one" } }).to_string();
    let (status, told_off) = told(send(&ann, &[("idempotency-key", "other")], body.clone()).await).await;
    assert_eq!(status, 400, "{told_off}");
    assert_eq!(world.dump().await, before);

    // Both alike are one key; null is none.
    for _ in 0..2 {
        let (status, body) = told(send(&ann, &[("idempotency-key", "one")], body.clone()).await).await;
        assert_eq!((status, body.get("errors")), (200, None), "{body}");
    }
    let count = async || {
        let answer = ann.query("{ viewer { memberships { totalCount } } }").await;
        answer.number("/viewer/memberships/totalCount")
    };
    assert_eq!(count().await, 1);
    let body = json!({ "query": CHANGE, "extensions": { "idempotencyKey": null } });
    assert_eq!(send(&ann, &[], body.to_string()).await.status(), 200);
    assert_eq!(count().await, 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_does_not_stand_for_a_list(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::with(database, |config| config.limits.batch = 2).await;
    let ann = world.user("Ann").await;
    let keyed = |key: &str| json!({ "query": CHANGE, "extensions": { "idempotencyKey": key } });
    let list = json!([keyed("one"), keyed("other")]).to_string();
    let before = world.dump().await;
    let (_, body) = told(send(&ann, &[("idempotency-key", "one")], list.clone()).await).await;
    assert_eq!(error(&body)["extensions"]["field"], "Idempotency-Key", "{body}");
    assert_eq!(world.dump().await, before);

    // Each has its own.
    for _ in 0..2 {
        let (_, body) = told(send(&ann, &[], list.clone()).await).await;
        assert!(body[0]["errors"].is_null() && body[1]["errors"].is_null(), "{body}");
        let answer = ann.query("{ viewer { memberships { totalCount } } }").await;
        assert_eq!(answer.number("/viewer/memberships/totalCount"), 2);
    }
}

#[tokio::test]
async fn an_app_that_is_no_text_or_not_the_headers_is_refused() {
    let world = World::new(Database::Sqlite).await;
    let ask = async |app: Json, headers: &[(&str, &str)]| {
        let body = json!({ "query": "{ __typename }", "extensions": { "app": app } });
        told(send(world.stranger(), headers, body.to_string()).await).await
    };
    for (app, headers) in [
        (json!(7), &[][..]),
        (json!(["a"]), &[]),
        (json!("a"), &[("tombola-app", "b")]),
    ] {
        let (status, body) = ask(app, headers).await;
        assert_eq!(status, 400, "{body}");
        assert_eq!(error(&body)["extensions"]["code"], "VALIDATION");
    }
    assert_eq!(ask(json!("a"), &[("tombola-app", "a")]).await.0, 200);
    assert_eq!(ask(json!(null), &[]).await.0, 200);
}

/// A page of another site can have any browser send a GET.
#[tokio::test]
async fn signing_in_by_get_uses_up_nothing() {
    let world = World::with(Database::Sqlite, |config| config.rates.sign_in_burst = 1).await;
    let client = world.stranger();
    for _ in 0..3 {
        let mut url = reqwest::Url::parse(&format!("{}/graphql", client.base())).unwrap();
        url.query_pairs_mut().append_pair("query", SIGN_IN);
        assert_eq!(client.http().get(url).send().await.unwrap().status(), 405);
    }
    client.query(SIGN_IN).await.assert_refused("UNAUTHENTICATED");
    client.query(SIGN_IN).await.assert_refused("RATE_LIMITED");
}

#[rstest]
#[case::no_json("{")]
#[case::nothing("")]
#[case::no_request("1")]
#[case::long_list("[1,2,3,4,5,6]")]
#[tokio::test]
async fn what_cannot_be_read_is_counted(#[case] body: &'static str) {
    let world = strict(Database::Sqlite).await;
    for left in [2, 1, 0] {
        let response = send(world.stranger(), &[], body).await;
        assert_eq!(response.status(), 400);
        assert_eq!(standing(&response), (3, left));
    }
    assert_eq!(send(world.stranger(), &[], body).await.status(), 429);
}

#[tokio::test]
async fn a_body_of_another_type_is_counted() {
    let world = strict(Database::Sqlite).await;
    let client = world.stranger();
    for expected in [415, 415, 415, 429] {
        let request = client.http().post(format!("{}/graphql", client.base()));
        assert_eq!(request.body("{ __typename }").send().await.unwrap().status(), expected);
    }
}

#[tokio::test]
async fn each_operation_of_a_list_is_counted_once() {
    let world = strict(Database::Sqlite).await;
    let list = |count: usize| json!(vec![json!({ "query": "{ __typename }" }); count]).to_string();
    let response = send(world.stranger(), &[], list(2)).await;
    assert_eq!(standing(&response), (3, 1));
    // One more is left; the rest is told so, and where its client stands.
    let response = send(world.stranger(), &[], list(3)).await;
    assert_eq!(standing(&response), (3, 0));
    let (status, body) = told(response).await;
    assert_eq!(
        (status, &body[0]["data"]),
        (200, &json!({ "__typename": "Query" })),
        "{body}"
    );
    for refused in [&body[1], &body[2]] {
        assert_eq!(error(refused)["extensions"]["code"], "RATE_LIMITED", "{body}");
    }
    assert_eq!(send(world.stranger(), &[], list(1)).await.status(), 429);
    world.clock.advance(chrono::Duration::seconds(1));
    let response = send(world.stranger(), &[], list(1)).await;
    assert_eq!(standing(&response), (3, 0));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_says_where_its_client_stands(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = strict(database).await;
    let body = json!({ "query": "{ __typename }" }).to_string();
    for _ in 0..3 {
        assert_eq!(send(world.stranger(), &[], body.clone()).await.status(), 200);
    }
    for accept in ["application/json", "application/graphql-response+json"] {
        let refused = send(world.stranger(), &[("accept", accept)], body.clone()).await;
        assert_eq!(refused.status(), 429);
        assert_eq!(standing(&refused), (3, 0));
        assert_eq!(number(refused.headers(), "retry-after"), 1);
    }
}

#[rstest]
#[case::beside_a_name("mutation { __typename SIGN_IN }")]
#[case::on_condition("mutation { ... @include(if: true) { SIGN_IN } }")]
#[case::beside_a_change("mutation { SIGN_IN signOut { session { id } } }")]
#[case::in_a_fragment("mutation { ...attempt } fragment attempt on Mutation { SIGN_IN }")]
#[tokio::test]
async fn an_attempt_is_counted_whatever_stands_beside_it(#[case] document: &str) {
    let world = World::with(Database::Sqlite, |config| config.rates.sign_in_burst = 1).await;
    let field = SIGN_IN.trim_start_matches("mutation {").trim_end_matches('}');
    let client = world.stranger();
    client.query(SIGN_IN).await.assert_refused("UNAUTHENTICATED");
    let before = world.dump().await;
    let refused = client.query(&document.replace("SIGN_IN", field)).await;
    refused.assert_refused("RATE_LIMITED");
    assert_eq!(world.dump().await, before);
}

#[tokio::test]
async fn each_password_of_an_operation_is_counted() {
    let world = World::with(Database::Sqlite, |config| config.rates.password_burst = 3).await;
    let field = SIGN_IN.trim_start_matches("mutation {").trim_end_matches('}');
    let twice = format!("mutation {{ a: {field} b: {field} }}");
    let client = world.stranger();
    client.query(&twice).await.assert_refused("UNAUTHENTICATED");
    client.query(&twice).await.assert_refused("RATE_LIMITED");
    // One is left.
    client.query(SIGN_IN).await.assert_refused("UNAUTHENTICATED");
    client.query(SIGN_IN).await.assert_refused("RATE_LIMITED");
}

#[tokio::test]
async fn a_refused_attempt_to_sign_in_says_how_many_there_are() {
    let world = World::with(Database::Sqlite, |config| config.rates.sign_in_burst = 2).await;
    let body = json!({ "query": SIGN_IN }).to_string();
    for _ in 0..2 {
        let response = send(world.stranger(), &[], body.clone()).await;
        assert!(standing(&response).0 > 2, "as a request among others");
    }
    let refused = send(world.stranger(), &[], body).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(standing(&refused), (2, 0));
}

#[tokio::test]
async fn names_of_what_is_not_executed_do_not_stand_in_the_figures() {
    let world = World::new(Database::Sqlite).await;
    let client = world.stranger();
    for document in [
        "query Junk { nothing }",
        "query Junk($id: ID!) { node(id: $id) { id } }",
        "query Junk {",
    ] {
        client.query(document).await.assert_refused("VALIDATION");
    }
    assert!(client.query("query Sound { __typename }").await.is_ok());
    client
        .query("query Failing { node(id: \"x\") { id } }")
        .await
        .assert_refused("VALIDATION");
    let address = format!("{}/metrics", client.base());
    let text = client.http().get(address).send().await.unwrap().text().await.unwrap();
    assert!(!text.contains("Junk"), "{text}");
    assert!(text.contains("code=\"VALIDATION\""), "{text}");
    assert!(text.contains("name=\"Sound\",kind=\"query\",outcome=\"ok\""), "{text}");
    assert!(
        text.contains("name=\"Failing\",kind=\"query\",outcome=\"errors\""),
        "{text}"
    );
}

#[rstest]
#[case::rather_a_stream("text/event-stream, */*;q=0.1", "text/event-stream")]
#[case::rather_any_text("text/*, application/json;q=0.9", "text/event-stream")]
#[case::stream_alone("text/event-stream", "text/event-stream")]
#[case::rather_one("text/event-stream;q=0.1, */*", "application/json; charset=utf-8")]
#[case::both_alike("text/event-stream, application/json", "application/json; charset=utf-8")]
#[case::no_stream("text/event-stream;q=0, */*;q=0.1", "application/json; charset=utf-8")]
#[tokio::test]
async fn one_answer_comes_as_a_stream_to_whoever_likes_that_better(#[case] accept: &str, #[case] expected: &str) {
    let world = World::new(Database::Sqlite).await;
    for document in ["{ __typename }", "{ nothing }"] {
        let body = json!({ "query": document }).to_string();
        let response = send(world.stranger(), &[("accept", accept)], body).await;
        assert_eq!(response.status(), 200);
        assert_eq!(
            response.headers()["content-type"].to_str().unwrap(),
            expected,
            "{document}"
        );
    }
}

#[rstest]
#[case("{ __schema { types { name } } }")]
#[case("{ __typename kind: __type(name: \"Room\") { name } }")]
#[case("query($yes: Boolean = true) { __typename ... @include(if: $yes) { __schema { types { name } } } }")]
#[case("{ ...F @skip(if: false) } fragment F on Query { __schema { types { name } } }")]
#[tokio::test]
async fn in_production_introspection_is_refused_on_every_way_in(#[case] document: &str) {
    let world = in_production().await;
    let client = world.stranger();
    let body = json!({ "query": document }).to_string();
    for (accept, expected) in [("application/graphql-response+json", 400), ("application/json", 200)] {
        let (status, body) = told(send(client, &[("accept", accept)], body.clone()).await).await;
        assert_eq!(status, expected, "{body}");
        assert!(body.get("data").is_none(), "{body}");
        assert_eq!(error(&body)["extensions"]["code"], "VALIDATION");
        assert!(
            error(&body)["message"]
                .as_str()
                .unwrap()
                .contains("does not tell its schema"),
            "{body}"
        );
    }
    let mut raw = Raw::ready(client).await;
    raw.subscribe("1", document).await;
    let message = raw.receive().await;
    assert_eq!(message["type"], "error", "{message}");
    assert!(client.query("{ __typename }").await.is_ok());
}

#[rstest]
#[case("mutation { signIn(input: {}) { __typename } }", json!({}), "email", &["signIn", "SignIn", "String"])]
#[case("{ rooms }", json!({}), "RoomConnection", &["rooms"])]
#[case("{ rooms { nodes { nothing } } }", json!({}), "Room\"", &["nothing"])]
#[case("{ rooms(frist: 1) { totalCount } }", json!({}), "Query2", &["frist", "rooms", "Query"])]
#[case("{ rooms { ...F } } fragment F on Room { id }", json!({}), "RoomConnection", &["F", "Room\""])]
#[case("mutation($a: SignInInput!) { signIn(input: $a) { __typename } }", json!({ "a": { "emial": "x" } }), "password", &[])]
#[tokio::test]
async fn in_production_an_error_names_nothing_that_its_client_did_not_write(
    #[case] document: &str,
    #[case] variables: Json,
    #[case] secret: &str,
    #[case] own: &[&str],
) {
    let (open, closed) = (World::new(Database::Sqlite).await, in_production().await);
    let told = open.stranger().run(document, variables.clone()).await;
    told.assert_refused("VALIDATION");
    let masked = closed.stranger().run(document, variables).await;
    masked.assert_refused("VALIDATION");
    assert!(!masked.body.to_string().contains(secret), "{}", masked.body);
    // What it wrote itself is still told, wherever an open server tells it.
    for name in own.iter().filter(|name| told.message().contains(**name)) {
        assert!(masked.message().contains(name), "{}", masked.body);
    }
    if told.message().contains(secret) {
        assert!(masked.message().contains('…'), "{}", masked.body);
    }
}
