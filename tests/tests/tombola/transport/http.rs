//! GraphQL over HTTP: media types, statuses and what is refused.

use reqwest::{Method, Response, header::HeaderMap};
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene, World};

const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

/// Sends a body with some headers.
async fn post(client: &Client, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Response {
    let mut request = client.http().post(format!("{}/graphql", client.base())).body(body);
    if let Some(token) = &client.token {
        request = request.bearer_auth(token);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

async fn ask(client: &Client, accept: &str, body: Json) -> (u16, String, Json) {
    let headers = [("content-type", "application/json"), ("accept", accept)];
    told(post(client, &headers, body.to_string()).await).await
}

/// Status, media type and body.
async fn told(response: Response) -> (u16, String, Json) {
    let status = response.status().as_u16();
    let kind = header(response.headers(), "content-type");
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
    (status, kind, body)
}

fn header(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).map(|value| value.to_str().unwrap());
    value.unwrap_or_default().to_owned()
}

fn code(body: &Json) -> &str {
    body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[rstest]
#[case::legacy("application/json", JSON)]
#[case::anything("*/*", JSON)]
#[case::any_application("application/*", JSON)]
#[case::modern("application/graphql-response+json", GRAPHQL)]
#[case::modern_first("application/graphql-response+json, application/json;q=0.9", GRAPHQL)]
#[case::legacy_preferred("application/graphql-response+json;q=0.5, application/json", JSON)]
#[case::both_alike("application/json, application/graphql-response+json", GRAPHQL)]
#[case::upper_case("Application/GraphQL-Response+JSON; Charset=UTF-8", GRAPHQL)]
#[case::many("text/html, image/png;q=0.1, application/json;q=0.2", JSON)]
#[tokio::test]
async fn the_media_type_is_the_one_that_the_client_likes_best(#[case] accept: &str, #[case] expected: &str) {
    let world = World::new(Database::Sqlite).await;
    let (status, kind, body) = ask(world.stranger(), accept, json!({ "query": "{ __typename }" })).await;
    assert_eq!((status, kind.as_str()), (200, expected), "{body}");
    assert_eq!(body["data"], json!({ "__typename": "Query" }));
}

#[rstest]
#[case("image/png")]
#[case("application/json;q=0")]
#[case("application/graphql-response+json; charset=utf-16")]
#[tokio::test]
async fn a_client_that_takes_nothing_of_ours_is_told_what_there_is(#[case] accept: &str) {
    let world = World::new(Database::Sqlite).await;
    let (status, _, body) = ask(world.stranger(), accept, json!({ "query": "{ __typename }" })).await;
    assert_eq!(status, 406, "{body}");
    assert_eq!(body["errors"][0]["extensions"]["field"], "Accept");
    assert!(body.get("data").is_none());
}

#[rstest]
#[case::unreadable(json!({ "query": "{" }))]
#[case::invalid(json!({ "query": "{ nothing }" }))]
#[case::missing_variable(json!({ "query": "query($id: ID!) { room(id: $id) { id } }" }))]
#[case::null_variable(json!({ "query": "query($id: ID!) { room(id: $id) { id } }", "variables": { "id": null } }))]
#[case::wrong_variable(json!({ "query": "query($id: ID!) { room(id: $id) { id } }", "variables": { "id": [1] } }))]
#[case::no_such_operation(json!({ "query": "query A { __typename }", "operationName": "B" }))]
#[case::several(json!({ "query": "query A { __typename } query B { __typename }" }))]
#[tokio::test]
async fn what_is_not_executed_has_no_data_and_a_status_for_who_understands_it(#[case] body: Json) {
    let world = World::new(Database::Sqlite).await;
    for (accept, expected) in [("application/graphql-response+json", 400), ("application/json", 200)] {
        let (status, _, answer) = ask(world.stranger(), accept, body.clone()).await;
        assert_eq!((status, code(&answer)), (expected, "VALIDATION"), "{body}: {answer}");
        assert!(answer.get("data").is_none(), "{answer}");
    }
}

#[rstest]
#[case::empty("", 400, "body")]
#[case::text("{ __typename }", 400, "body")]
#[case::number("1", 400, "query")]
#[case::no_query("{}", 400, "query")]
#[case::null_query("{\"query\":null}", 400, "query")]
#[case::odd_query("{\"query\":{}}", 400, "query")]
#[case::odd_name("{\"query\":\"{__typename}\",\"operationName\":1}", 400, "operationName")]
#[case::odd_variables("{\"query\":\"{__typename}\",\"variables\":[]}", 400, "variables")]
#[case::odd_extensions("{\"query\":\"{__typename}\",\"extensions\":\"x\"}", 400, "extensions")]
#[case::list("[{\"query\":\"{__typename}\"}]", 400, "")]
#[tokio::test]
async fn a_body_that_is_no_request_is_an_error_with_its_place(
    #[case] body: &'static str,
    #[case] expected: u16,
    #[case] field: &str,
) {
    let world = World::new(Database::Sqlite).await;
    for accept in ["application/graphql-response+json", "application/json"] {
        let headers = [("content-type", "application/json"), ("accept", accept)];
        let (status, _, answer) = told(post(world.stranger(), &headers, body).await).await;
        assert_eq!(status, expected, "{answer}");
        let named = answer["errors"][0]["extensions"]["field"].as_str().unwrap_or_default();
        assert_eq!(named, field, "{answer}");
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(!message.contains("Error(") && message.len() > 20, "{message}");
        assert!(answer.get("data").is_none(), "{answer}");
    }
}

/// What a browser sends to another site without asking first must do nothing.
#[rstest]
#[case::plain("text/plain")]
#[case::form("application/x-www-form-urlencoded")]
#[case::multipart("multipart/form-data; boundary=x")]
#[case::nothing("")]
#[case::other_charset("application/json; charset=utf-16")]
#[case::alike("application/jsonp")]
#[tokio::test]
async fn a_body_of_another_type_is_415_and_changes_nothing(#[case] kind: &str) {
    let scene = Scene::new(Database::Sqlite).await;
    let before = scene.world.dump().await;
    let change =
        json!({ "query": "mutation { createOrganization(input: { name: \"Forged\" }) { organization { id } } }" });
    let headers: &[(&str, &str)] = if kind.is_empty() {
        &[]
    } else {
        &[("content-type", kind)]
    };
    let (status, _, body) = told(post(&scene.creator, headers, change.to_string()).await).await;
    assert_eq!(status, 415, "{body}");
    assert_eq!(body["errors"][0]["extensions"]["field"], "Content-Type");
    assert_eq!(scene.world.dump().await, before);
}

#[tokio::test]
async fn get_reads_and_changes_nothing() {
    let scene = Scene::new(Database::Sqlite).await;
    let get = async |pairs: &[(&str, &str)]| {
        let mut url = reqwest::Url::parse(&format!("{}/graphql", scene.creator.base())).unwrap();
        url.query_pairs_mut().extend_pairs(pairs);
        let request = scene
            .creator
            .http()
            .get(url)
            .bearer_auth(scene.creator.token.as_deref().unwrap());
        told(
            request
                .header("accept", "application/graphql-response+json")
                .send()
                .await
                .unwrap(),
        )
        .await
    };
    let document = "query A($id: ID!) { room(id: $id) { title } } query B { __typename }";
    let variables = json!({ "id": scene.room }).to_string();
    let pairs = [
        ("query", document),
        ("operationName", "A"),
        ("variables", variables.as_str()),
    ];
    let (status, _, body) = get(&pairs).await;
    assert_eq!(status, 200, "{body}");
    assert!(body["data"]["room"]["title"].is_string(), "{body}");
    assert_eq!(get(&[("query", document), ("variables", "{")]).await.0, 400);
    assert_eq!(get(&[]).await.0, 400);

    let before = scene.world.dump().await;
    let change = "mutation { createOrganization(input: { name: \"Got\" }) { organization { id } } }";
    let (status, _, body) = get(&[("query", change)]).await;
    assert_eq!(status, 405, "{body}");
    assert_eq!(scene.world.dump().await, before);
}

#[tokio::test]
async fn other_methods_are_told_the_right_ones() {
    let world = World::new(Database::Sqlite).await;
    let client = world.stranger();
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let request = client.http().request(method, format!("{}/graphql", client.base()));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 405);
        assert_eq!(header(response.headers(), "allow"), "GET, POST, OPTIONS");
    }
    let (status, _, body) = ask(
        client,
        "application/json",
        json!({ "query": "subscription { roomEvents(roomId: \"x\") { sequence } }" }),
    )
    .await;
    assert_eq!(status, 406, "{body}");
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("WebSocket"));
    assert_eq!(
        client
            .http()
            .get(format!("{}/nothing", client.base()))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}

#[tokio::test]
async fn a_person_with_a_browser_is_shown_to_the_page() {
    let world = World::new(Database::Sqlite).await;
    let (http, base) = (world.stranger().http(), world.stranger().base());
    let response = http
        .get(format!("{base}/graphql"))
        .header(
            "accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        )
        .send()
        .await
        .unwrap();
    assert_eq!((response.status().as_u16(), response.url().path()), (200, "/"));
}

#[tokio::test]
async fn a_bad_token_is_401_with_the_way_to_show_a_good_one() {
    let world = World::new(Database::Sqlite).await;
    let client = world.stranger().signed_in("nonsense", "");
    let headers = [("content-type", "application/json"), ("accept", "application/json")];
    let response = post(&client, &headers, json!({ "query": "{ __typename }" }).to_string()).await;
    assert_eq!(response.status(), 401);
    assert_eq!(header(response.headers(), "www-authenticate"), "Bearer");
}

#[tokio::test]
async fn a_failed_field_is_null_beside_what_did_not_fail_in_the_order_of_the_selection() {
    let scene = Scene::new(Database::Sqlite).await;
    let document = format!(
        "{{ last: room(id: \"{}\") {{ title organization {{ name }} id }} bad: room(id: \"x\") {{ id }} first: __typename }}",
        scene.room
    );
    let headers = [("content-type", "application/json")];
    let response = post(&scene.creator, &headers, json!({ "query": document }).to_string()).await;
    assert_eq!(response.status(), 200);
    let text = response.text().await.unwrap();
    let data = &text[text.find("\"data\":").unwrap()..];
    let places: Vec<_> = [
        "\"last\"",
        "\"title\"",
        "\"organization\"",
        "\"id\"",
        "\"bad\":null",
        "\"first\"",
    ]
    .map(|key| data.find(key).unwrap_or_else(|| panic!("no {key} in {text}")))
    .into();
    assert!(places.is_sorted(), "{text}");
    assert!(text.starts_with("{\"errors\":"), "errors come first: {text}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_is_written_twice_under_one_name_is_made_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let ann = world.user("Ann").await;
    let change = "createOrganization(input: { name: \"Once\", slug: \"once\" })";
    let document = format!(
        "mutation {{ a: {change} {{ organization {{ name }} }} ...F ... {{ a: {change} {{ organization {{ slug }} }} }} }}
         fragment F on Mutation {{ a: {change} {{ organization {{ id }} }} }}"
    );
    let answer = ann.query(&document).await;
    assert_eq!(answer.text("/a/organization/slug"), "once");
    assert!(answer.at("/a/organization/id").is_string());
    let count = ann.query("{ viewer { memberships { totalCount } } }").await;
    assert_eq!(count.number("/viewer/memberships/totalCount"), 1);

    // What cannot be merged is refused before anything is changed.
    let before = world.dump().await;
    for document in [
        "mutation { a: createOrganization(input: { name: \"A\" }) { organization { id } } \
         a: createOrganization(input: { name: \"B\" }) { organization { id } } }",
        "mutation($yes: Boolean = true) { createOrganization(input: { name: \"A\" }) { organization { id } } \
         ... @include(if: $yes) { createOrganization(input: { name: \"A\" }) { organization { id } } } }",
    ] {
        ann.query(document).await.assert_refused("VALIDATION");
    }
    assert_eq!(world.dump().await, before);
}

#[tokio::test]
async fn lists_of_operations_are_answered_only_when_that_is_allowed() {
    let world = World::with(Database::Sqlite, |config| config.limits.batch = 3).await;
    let one = json!({ "query": "{ __typename }" });
    let (status, _, body) = ask(
        world.stranger(),
        "application/json",
        json!([one, { "query": "{" }, one]),
    )
    .await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body[0]["data"], json!({ "__typename": "Query" }));
    assert_eq!(code(&body[1]), "VALIDATION");
    assert_eq!(body[2]["data"], json!({ "__typename": "Query" }));
    for list in [json!([]), json!([one, one, one, one])] {
        let (status, _, body) = ask(world.stranger(), "application/json", list).await;
        assert_eq!((status, code(&body)), (400, "TOO_MANY_OPERATIONS"), "{body}");
    }
}
