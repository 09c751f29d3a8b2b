//! Logs: one request id through all of them, JSON when nobody looks on, never a secret.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, database::connect, database::execute};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};

use crate::{program::Program, transport::socket::Raw};

const PASSWORD: &str = "quiet otter paints seven doors";

/// Sends a request; answers its id and body.
async fn send(client: &Client, given: Option<&str>, body: Json) -> (String, Json) {
    let mut request = client.http().post(format!("{}/graphql", client.base())).json(&body);
    if let Some(token) = &client.token {
        request = request.bearer_auth(token);
    }
    if let Some(given) = given {
        request = request.header("x-request-id", given);
    }
    let response = request.send().await.unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    (id, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

fn lines(log: &str) -> Vec<Json> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
    log.lines().map(parse).collect()
}

#[tokio::test]
async fn every_line_is_json_and_every_request_has_one_id() {
    let program = Program::new();
    let serving = program.serve(&[]).await;
    let client = serving.client();
    let query = json!({ "query": "{ viewer { email } }" });
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(send(&client, None, query.clone()).await.0);
    }
    // A proxy's id is kept when it is a plain one.
    assert_eq!(
        send(&client, Some("from-the-proxy-0001"), query.clone()).await.0,
        "from-the-proxy-0001"
    );
    ids.push("from-the-proxy-0001".to_owned());
    for strange in [
        "short",
        "with space in it",
        "quoted\"id\"here",
        "ünïcödé-ïd",
        &"x".repeat(65),
    ] {
        let header = reqwest::header::HeaderValue::from_bytes(strange.as_bytes()).unwrap();
        let response = client
            .http()
            .post(format!("{}/graphql", client.base()))
            .header("x-request-id", header)
            .json(&query)
            .send()
            .await
            .unwrap();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_ne!(id, strange);
        ids.push(id);
    }
    // What fails has one too.
    let missing = client
        .http()
        .get(format!("{}/nothing", client.base()))
        .send()
        .await
        .unwrap();
    ids.push(missing.headers()["x-request-id"].to_str().unwrap().to_owned());

    let log = lines(&serving.stop().await.is_ok().err);
    for line in &log {
        for field in ["timestamp", "level", "message"] {
            assert!(line[field].is_string(), "{line} lacks {field}");
        }
    }
    for id in &ids {
        let answered = log
            .iter()
            .filter(|line| line["message"] == "answered" && line["span"]["request_id"] == json!(id));
        assert_eq!(answered.count(), 1, "{id}");
    }
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
}

#[tokio::test]
async fn an_internal_error_tells_its_cause_to_the_log_and_its_id_to_the_client() {
    let program = Program::new();
    let serving = program.serve(&[]).await;
    let client = serving.client();
    let db = connect(&program.sqlite()).await;
    execute(&db, "ALTER TABLE rooms RENAME TO vanished_rooms").await;
    let (id, body) = send(&client, None, json!({ "query": "{ rooms { nodes { id } } }" })).await;
    let error = &body["errors"][0];
    assert_eq!(
        error["extensions"],
        json!({ "code": "INTERNAL", "requestId": id }),
        "{body}"
    );
    assert!(
        !body.to_string().contains("vanished") && !body.to_string().contains("SELECT"),
        "{body}"
    );

    let log = lines(&serving.stop().await.is_ok().err);
    let told = log
        .iter()
        .find(|line| line["level"] == "ERROR")
        .expect("the cause is in the log");
    assert_eq!(told["span"]["request_id"], json!(id), "{told}");
    assert!(told.to_string().contains("no such table"), "{told}");
}

#[tokio::test]
async fn the_log_holds_no_secret_however_much_it_tells() {
    let program = Program::new().with("TOMBOLA_LOG__FILTER", "trace");
    let serving = program.serve(&[]).await;
    let client = serving.client();
    let document = "mutation($input: SignUpInput!) { signUp(input: $input) {
        organization { id } signedIn { accessToken refreshToken } } }";
    let input = json!({
        "email": "ann@example.com", "password": PASSWORD, "displayName": "Ann", "organizationName": "Ann's",
    });
    let (_, body) = send(
        &client,
        None,
        json!({ "query": document, "variables": { "input": input } }),
    )
    .await;
    let text = |pointer: &str| body.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let access = text("/data/signUp/signedIn/accessToken");
    let refresh = text("/data/signUp/signedIn/refreshToken");
    let organization = text("/data/signUp/organization/id");
    let ann = client.signed_in(&access, "");

    // Signing in rightly, wrongly, and with the password in the document itself.
    let wrong = "another secret of seven words";
    for password in [PASSWORD, wrong] {
        let document = format!(
            "mutation {{ signIn(input: {{ email: \"ann@example.com\", password: \"{password}\" }}) {{ __typename }} }}"
        );
        send(&client, None, json!({ "query": document })).await;
    }
    let app = json!({ "organizationId": organization, "name": "An app", "manifest": {} });
    let secret = ann
        .mutate("registerApp", app, "clientSecret")
        .await
        .text("/registerApp/clientSecret");
    let next = client
        .mutate(
            "refreshSession",
            json!({ "refreshToken": refresh }),
            "refreshToken accessToken",
        )
        .await;
    let (next_refresh, next_access) = (
        next.text("/refreshSession/refreshToken"),
        next.text("/refreshSession/accessToken"),
    );
    let mut socket = client.signed_in(&next_access, "").socket().await;
    socket.subscribe("1", "{ viewer { email } }", json!({})).await;
    socket.next().await;
    client
        .mutate("refreshSession", json!({ "refreshToken": refresh }), "refreshToken")
        .await
        .assert_refused("UNAUTHENTICATED");
    let stale = client.signed_in(&next_access, "").query("{ viewer { email } }").await;
    assert_eq!(stale.status, 401);

    let key = std::fs::read(program.folder().join("tombola.key")).unwrap();
    let log = serving.stop().await.is_ok().err.clone();
    assert!(log.contains("used twice"), "the log tells of the replay");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let hashes = [&refresh, &next_refresh, &secret].map(|secret| hex(&api::credentials::hash_secret(secret)));
    let secrets = [PASSWORD, wrong, &access, &next_access, &refresh, &next_refresh, &secret];
    for secret in secrets
        .into_iter()
        .chain(hashes.iter().map(String::as_str))
        .chain(["$argon2", &hex(&key)])
    {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is in the log: {}", line.unwrap());
    }
}

#[rstest]
#[case::by_default("info")]
#[case::with_everything("trace")]
#[tokio::test]
async fn what_is_sent_over_a_socket_is_not_logged(#[case] filter: &str) {
    let program = Program::new().with("TOMBOLA_LOG__FILTER", filter);
    let serving = program.serve(&[]).await;
    let mut raw = Raw::ready(&serving.client()).await;
    raw.subscribe("1", "{ said_in_a_message: __typename }").await;
    raw.receive().await;
    let reason = CloseFrame {
        code: CloseCode::Normal,
        reason: "said at the end".into(),
    };
    raw.0.close(Some(reason)).await.unwrap();
    assert_eq!(raw.closed().await, 1000);
    let log = serving.stop().await.is_ok().err.clone();
    for said in ["said_in_a_message", "said at the end"] {
        assert!(!log.contains(said), "{said}");
    }
}
