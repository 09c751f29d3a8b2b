//! U+0000, which PostgreSQL takes in no text: refused wherever it stands in a request, and whichever way the request comes.

use reqwest::RequestBuilder;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{
    Client, Database, Scene,
    socket::{Received, Socket},
};

/// Requests that hold the character, and what the refusal names.
fn requests(scene: &Scene) -> Vec<(Json, &'static str)> {
    let of_room = "query($id: ID!) { room(id: $id) { title } }";
    let search = "query($f: RoomFilter) { rooms(filter: $f) { nodes { id } } }";
    let room = json!({ "id": scene.room });
    let list = "query($a: String) { rooms(after: $a) { nodes { id } } }";
    let by_code = "query($c: String!) { roomByJoinCode(joinCode: $c) { id } }";
    let by_slug = "query($s: String!) { organization(slug: $s) { id } }";
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": "ab\0" } });
    let plain = "{ __typename }";
    vec![
        (json!({ "query": "{ __typename } # \0" }), "query"),
        (json!({ "query": of_room, "variables": { "id": "room_\0" } }), "id"),
        (
            json!({ "query": search, "variables": { "f": { "text": "a\0b" } } }),
            "text",
        ),
        (
            json!({ "query": search, "variables": { "f": { "organizationId": "\0" } } }),
            "organizationId",
        ),
        (json!({ "query": list, "variables": { "a": "\0" } }), "a"),
        (json!({ "query": by_code, "variables": { "c": "ABCD\0FGH" } }), "c"),
        (json!({ "query": by_slug, "variables": { "s": "a-slug\0" } }), "s"),
        (
            json!({ "query": nodes, "variables": { "ids": [scene.room, "\0"] } }),
            "ids",
        ),
        (json!({ "query": "{ node(id: \"\\u0000\") { id } }" }), "id"),
        (json!({ "query": "{ node(id: \"\\u{0}\") { id } }" }), "id"),
        (
            json!({ "query": "{ rooms(filter: { text: \"\"\"a\0\"\"\" }) { nodes { id } } }" }),
            "query",
        ),
        (
            json!({ "query": "{ rooms(filter: { text: \"a\\u0000\" }) { nodes { id } } }" }),
            "text",
        ),
        (
            json!({ "query": "query($s: String! = \"\\u0000\") { organization(slug: $s) { id } }" }),
            "s",
        ),
        (
            json!({ "query": of_room, "variables": { "id": scene.room, "more": ["\0"] } }),
            "more",
        ),
        (
            json!({ "query": "query A { __typename }", "operationName": "A\0" }),
            "operationName",
        ),
        (json!({ "documentId": "\0" }), "documentId"),
        (json!({ "query": plain, "documentId": "sha256:\0" }), "documentId"),
        (json!({ "extensions": persisted }), "extensions"),
        (
            json!({ "documentId": "ab", "extensions": { "app": "\0" } }),
            "extensions",
        ),
        (
            json!({ "query": plain, "extensions": { "app": "tmb\0" } }),
            "extensions",
        ),
        (
            json!({ "query": plain, "extensions": { "idempotencyKey": "\0" } }),
            "extensions",
        ),
        (
            json!({ "query": of_room, "variables": room, "extensions": { "other": { "a\0": 1 } } }),
            "extensions",
        ),
    ]
}

fn assert_refused(way: &str, request: &Json, errors: &Json, field: &str) {
    let extensions = &errors[0]["extensions"];
    assert_eq!(extensions["code"], "VALIDATION", "{way} {request}: {errors}");
    assert_eq!(extensions["field"], field, "{way} {request}: {errors}");
    let message = errors[0]["message"].as_str().unwrap();
    assert!(message.contains("U+0000"), "{way} {request}: {message}");
}

async fn errors(client: &Client, request: RequestBuilder) -> Json {
    let request = request.bearer_auth(client.token.as_deref().unwrap());
    let body: Json = request.send().await.unwrap().json().await.unwrap();
    body["errors"].clone()
}

async fn by_socket(socket: &mut Socket, request: &Json) -> Json {
    socket
        .send(json!({ "type": "subscribe", "id": "one", "payload": request }))
        .await;
    match socket.receive().await {
        Received::Error(id, errors) if id == "one" => errors,
        other => panic!("{request}: {other:?}"),
    }
}

async fn by_stream(client: &Client, request: &Json) -> Json {
    let address = format!("{}/graphql", client.base());
    let asked = client.http().post(address).json(request);
    let asked = asked
        .header("accept", "text/event-stream")
        .bearer_auth(client.token.as_deref().unwrap());
    let text = asked.send().await.unwrap().text().await.unwrap();
    let data = text.lines().find_map(|line| line.strip_prefix("data: "));
    let event: Json = serde_json::from_str(data.unwrap_or(&text)).unwrap_or_else(|_| panic!("{request}: {text}"));
    event["errors"].clone()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nul_is_refused_in_every_text_of_a_request(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let client = &scene.creator;
    let address = format!("{}/graphql", client.base());
    let mut socket = client.socket().await;
    let before = scene.world.dump().await;
    for (request, field) in requests(&scene) {
        let posted = errors(client, client.http().post(&address).json(&request)).await;
        assert_refused("POST", &request, &posted, field);
        let mut url = reqwest::Url::parse(&address).unwrap();
        url.query_pairs_mut().extend_pairs(parameters(&request));
        let got = errors(client, client.http().get(url)).await;
        assert_refused("GET", &request, &got, field);
        assert_refused("socket", &request, &by_socket(&mut socket, &request).await, field);
        assert_refused("stream", &request, &by_stream(client, &request).await, field);
    }
    assert_eq!(scene.world.dump().await, before);
}

/// The same request in a URL.
fn parameters(request: &Json) -> Vec<(String, String)> {
    let parameters = request.as_object().unwrap().iter();
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    parameters.map(|(name, value)| (name.clone(), text(value))).collect()
}

/// Passwords and credentials too: what is wrong with the request is said before anybody is looked up.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nul_is_refused_in_credentials(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let sign_up = json!({ "email": "ann@example.com", "password": "correct-horse-bottle-9\0", "displayName": "Ann" });
    let by_email = json!({ "email": "ann@example.com\0", "password": "correct-horse-bottle-9" });
    let by_password = json!({ "email": "ann@example.com", "password": "\0" });
    for (mutation, input, field) in [
        ("signUp", sign_up, "password"),
        ("signIn", by_email, "email"),
        ("signIn", by_password, "password"),
        ("refreshSession", json!({ "refreshToken": "\0" }), "refreshToken"),
        ("joinRoom", json!({ "joinCode": "ABCD\0FGH" }), "joinCode"),
    ] {
        scene
            .world
            .refuses(&scene.outsider, mutation, input, "VALIDATION", Some(field))
            .await;
    }
}
