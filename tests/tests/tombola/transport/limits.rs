//! Every limit has a code, a sentence with what was found and what is allowed, and holds on every way in.

use api::{
    config::Limits,
    document::{Document, Language},
};
use reqwest::header::HeaderMap;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, World};

use super::socket::Raw;
use crate::program::PATIENCE;

fn aliases(count: usize) -> String {
    let fields: String = (0..count).map(|index| format!(" a{index}: __typename")).collect();
    format!("{{ rooms {{{fields} }} }}")
}

fn doubling(levels: usize, inside: &str) -> String {
    let mut text: String = (0..levels)
        .map(|level| {
            format!(
                "fragment f{level} on {inside} {{ ...f{} ...f{} }} ",
                level + 1,
                level + 1
            )
        })
        .collect();
    text += &format!("fragment f{levels} on {inside} {{ __typename }} ");
    text
}

/// Documents that cross one limit each, with the limit's code.
fn documents() -> Vec<(&'static str, String)> {
    let deep = |levels: usize| format!("{}{{ id }}{}", "{ node(id: \"x\") ".repeat(levels), "}".repeat(levels));
    let types = "{ types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } }";
    vec![
        ("DOCUMENT_TOO_LARGE", format!("{{ __typename }} # {}", "x".repeat(70_000))),
        ("TOO_MANY_TOKENS", format!("{{ {} }}", "__typename ".repeat(2000))),
        ("TOO_DEEP", deep(100)),
        ("TOO_DEEP", format!("{{ rooms {} {{ id }} {} }}", "{ nodes { app { rooms ".repeat(5), "} } }".repeat(5))),
        ("TOO_MANY_ALIASES", aliases(101)),
        ("TOO_MANY_DIRECTIVES", format!("{{ __typename {} }}", "@include(if: true) ".repeat(21))),
        ("TOO_MANY_ROOT_FIELDS", format!("{{ {} }}", (0..21).map(|n| format!("a{n}: __typename ")).collect::<String>())),
        ("TOO_MANY_ROOT_FIELDS", format!("{} {{ ...f0 }}", doubling(20, "Query"))),
        ("TOO_MANY_FIELDS", format!("{} {{ rooms {{ nodes {{ ...f0 }} }} }}", doubling(20, "Room"))),
        ("TOO_MANY_FIELDS", format!("{} {{ rooms {{ nodes {{ ...f0 }} }} }}", doubling(40, "Room"))),
        // A fragment that is missing has no fields that could be counted.
        ("VALIDATION", format!("{} {{ rooms {{ nodes {{ ...f0 }} }} }}", doubling(30, "Room").replace("__typename", "...gone"))),
        // A fragment that nobody spreads is walked by the validator, too.
        ("TOO_MANY_FIELDS", format!("{} {{ __typename }}", doubling(30, "Room"))),
        ("TOO_COSTLY", "{ rooms(first: 100) { nodes { participants(first: 100) { nodes { user { id } room { id } } } winners(first: 100) { nodes { prize { id } } } prizes(first: 100) { nodes { room { id } winners(first: 100) { nodes { id } } } } } } }".into()),
        ("TOO_COSTLY", format!("{{ __schema {types} }}")),
        // Few objects, but each a long text a hundred times.
        ("TOO_COSTLY", format!("{{ rooms(first: 100) {{ nodes {{ {} }} }} }}", (0..95).map(|n| format!("a{n}: description ")).collect::<String>())),
        ("TOO_COSTLY", format!("{{ rooms(first: 100) {{ nodes {{ participants(first: 10) {{ nodes {{ {}: id }} }} }} }} }}", "x".repeat(60_000))),
        ("VALIDATION", "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }".into()),
    ]
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_above_a_limit_is_refused_on_every_way_in(
    #[values("POST", "GET", "WebSocket", "events")] way: &str,
) {
    let world = World::new(Database::Sqlite).await;
    let client = world.stranger();
    for (code, document) in documents() {
        // A URL has a limit of its own.
        if way == "GET" && document.len() > 30_000 {
            continue;
        }
        let error = refused(client, way, &document).await;
        let start: String = document.chars().take(100).collect();
        assert_eq!(error["extensions"]["code"], code, "{way} {start}: {error}");
        assert!(error["message"].as_str().unwrap().len() > 20, "{error}");
        if code != "VALIDATION" {
            assert!(
                error["extensions"]["limit"].as_str().unwrap().starts_with("limits."),
                "{error}"
            );
        }
        assert!(client.query("{ __typename }").await.is_ok());
    }
}

/// The first error of a document that is not executed.
async fn refused(client: &Client, way: &str, document: &str) -> Json {
    let address = format!("{}/graphql", client.base());
    let body = match way {
        "WebSocket" => {
            let mut raw = Raw::ready(client).await;
            raw.subscribe("1", document).await;
            let message = raw.receive().await;
            assert_eq!(message["type"], "error", "{message}");
            return message["payload"][0].clone();
        }
        "events" => {
            let request = client.http().post(address).header("accept", "text/event-stream");
            let text = request
                .json(&json!({ "query": document }))
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap();
            let data = text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
            serde_json::from_str(data).unwrap()
        }
        "GET" => {
            let mut url = reqwest::Url::parse(&address).unwrap();
            url.query_pairs_mut().append_pair("query", document);
            client
                .http()
                .get(url)
                .send()
                .await
                .unwrap()
                .json::<Json>()
                .await
                .unwrap()
        }
        _ => client.query(document).await.body,
    };
    assert!(body.get("data").is_none(), "{body}");
    body["errors"][0].clone()
}

/// Sets in each other, so many with the outermost.
fn braces(count: usize) -> String {
    let fields = ["rooms", "nodes", "app"].iter().cycle().take(count - 1);
    let open: String = fields.map(|field| format!("{{ {field} ")).collect();
    format!("{open}{{ __typename {}", "}".repeat(count))
}

/// Sets and fragments in each other, with the field at the end 149 levels and some more.
fn chain(more: usize) -> String {
    let spreads = (0..73).map(|index| format!("fragment f{index} on Query {{ ... {{ ...f{} }} }} ", index + 1));
    let (open, close) = ("{ ... ".repeat(more), " }".repeat(more));
    let spreads: String = spreads.collect();
    format!("{open}{{ ...f0 }}{close} {spreads} fragment f73 on Query {{ __typename }}")
}

#[rstest]
#[case::bytes("DOCUMENT_TOO_LARGE", |limits: &mut Limits| limits.document_bytes = 14, "{ __typename }", "{ __typename } ")]
#[case::tokens("TOO_MANY_TOKENS", |limits: &mut Limits| limits.tokens = 3, "{ __typename }", "{ __typename x }")]
#[case::depth("TOO_DEEP", |limits: &mut Limits| limits.depth = 2, "{ rooms { totalCount } }", "{ rooms { nodes { id } } }")]
#[case::brackets("TOO_DEEP", |limits: &mut Limits| limits.depth = 1000, &braces(64), &braces(65))]
#[case::fragments("TOO_DEEP", |limits: &mut Limits| limits.fields = 100_000, &chain(1), &chain(2))]
#[case::root_fields("TOO_MANY_ROOT_FIELDS", |limits: &mut Limits| limits.root_fields = 1, "{ a: __typename }", "{ a: __typename b: __typename }")]
#[case::aliases("TOO_MANY_ALIASES", |limits: &mut Limits| limits.aliases = 1, "{ a: __typename __typename }", "{ a: __typename b: __typename }")]
#[case::aliases_of_fragments("TOO_MANY_ALIASES", |limits: &mut Limits| limits.aliases = 1, "{ ...F } fragment F on Query { a: __typename }", "{ ...F ...F } fragment F on Query { a: __typename }")]
#[case::fields("TOO_MANY_FIELDS", |limits: &mut Limits| limits.fields = 2, "{ rooms { totalCount } }", "{ rooms { totalCount __typename } }")]
#[case::directives("TOO_MANY_DIRECTIVES", |limits: &mut Limits| limits.directives = 0, "{ __typename }", "{ __typename @skip(if: false) }")]
#[case::directive_of_the_operation("TOO_MANY_DIRECTIVES", |limits: &mut Limits| limits.directives = 0, "query { __typename }", "query @x { __typename }")]
#[case::directive_of_a_part("TOO_MANY_DIRECTIVES", |limits: &mut Limits| limits.directives = 0, "{ ... { __typename } }", "{ ... @x { __typename } }")]
#[case::directive_of_a_spread("TOO_MANY_DIRECTIVES", |limits: &mut Limits| limits.directives = 0, "{ ...F } fragment F on Query { __typename }", "{ ...F @x } fragment F on Query { __typename }")]
#[case::directive_of_a_fragment("TOO_MANY_DIRECTIVES", |limits: &mut Limits| limits.directives = 0, "{ ...F } fragment F on Query { __typename }", "{ ...F } fragment F on Query @x { __typename }")]
#[test]
fn a_limit_is_the_most_that_is_allowed(
    #[case] code: &str,
    #[case] limit: fn(&mut Limits),
    #[case] most: &str,
    #[case] more: &str,
) {
    let language = Language::of(&api::schema::sdl()).unwrap();
    let mut limits = Limits::default();
    limit(&mut limits);
    let refused = |text: &str| Document::read(text, &language, &limits).err().map(|error| error.code());
    assert_eq!(refused(most), None, "{most}");
    assert_eq!(refused(more), Some(code), "{more}");
}

#[tokio::test]
async fn what_is_just_allowed_is_answered() {
    let world = World::new(Database::Sqlite).await;
    let client = world.user("Ann").await;
    for document in [
        aliases(100),
        format!(
            "{{ __typename {} }}",
            (0..20)
                .map(|n| format!("a{n}: __typename @skip(if: false) "))
                .take(19)
                .collect::<String>()
        ),
        format!(
            "{{ {} }}",
            (0..20).map(|n| format!("a{n}: __typename ")).collect::<String>()
        ),
        "{ rooms(first: 100) { nodes { participants(first: 100) { nodes { id } } } } }".to_owned(),
    ] {
        let answer = client.query(&document).await;
        assert!(answer.is_ok(), "{document}: {}", answer.body);
    }
    let introspection = include_str!("introspection.graphql");
    let answer = client.query(introspection).await;
    assert!(answer.is_ok(), "graphql-js's introspection query: {}", answer.message());
    assert_eq!(answer.text("/__schema/queryType/name"), "Query");
}

#[tokio::test]
async fn a_limit_is_what_the_configuration_says() {
    let world = World::with(Database::Sqlite, |config| {
        config.limits.tokens = 100;
        config.limits.cost = 100;
        config.limits.depth = 3;
    })
    .await;
    let client = world.stranger();
    client.query(&aliases(50)).await.assert_refused("TOO_MANY_TOKENS");
    client
        .query("{ rooms(first: 100) { nodes { id } } }")
        .await
        .assert_refused("TOO_COSTLY");
    client
        .query("{ rooms { nodes { app { id } } } }")
        .await
        .assert_refused("TOO_DEEP");
    let answer = client.query("{ rooms(first: 50) { nodes { id } } }").await;
    assert_eq!(answer.body["extensions"]["cost"]["requested"], 51, "{}", answer.body);
}

#[tokio::test]
async fn a_body_above_the_limit_is_413_however_it_is_sent() {
    let world = World::with(Database::Sqlite, |config| config.limits.body_bytes = 5000).await;
    let client = world.stranger();
    let send = async |body: reqwest::Body| {
        let request = client.http().post(format!("{}/graphql", client.base()));
        let request = request.header("content-type", "application/json").body(body);
        request.send().await.unwrap()
    };
    for (bytes, status) in [(5000, 200), (5001, 413), (10_000, 413)] {
        let whole = format!("{:<bytes$}", json!({ "query": "{ __typename }" }).to_string());
        let pieces = whole.clone().into_bytes();
        let pieces: Vec<_> = pieces
            .chunks(500)
            .map(<[u8]>::to_vec)
            .map(Ok::<_, std::io::Error>)
            .collect();
        let pieces = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
        for body in [reqwest::Body::from(whole), pieces] {
            let response = send(body).await;
            assert_eq!(response.status(), status, "{bytes} bytes");
            let body: Json = response.json().await.unwrap();
            let code = (status == 413).then_some("BODY_TOO_LARGE");
            assert_eq!(body["errors"][0]["extensions"]["code"].as_str(), code, "{body}");
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    let world = World::with(Database::Sqlite, |config| config.limits.body_seconds = 1).await;
    let client = world.stranger();
    let pieces = futures::stream::once(async { Ok::<_, std::io::Error>(b"{\"query\":".to_vec()) });
    let never = futures::stream::pending();
    let body = reqwest::Body::wrap_stream(futures::StreamExt::chain(pieces, never));
    let request = client.http().post(format!("{}/graphql", client.base()));
    let answered = request.header("content-type", "application/json").body(body).send();
    let response = tokio::time::timeout(PATIENCE, answered)
        .await
        .expect("it is refused")
        .unwrap();
    assert_eq!(response.status(), 408);
    let body: Json = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "TOO_SLOW", "{body}");
}

/// A header's number.
pub(super) fn number(headers: &HeaderMap, name: &str) -> u64 {
    headers[name].to_str().unwrap().parse().unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_too_often_is_told_when_to_come_back(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::with(database, |config| {
        config.rates.requests_per_minute = 60;
        config.rates.burst = 3;
        config.rates.callers_per_address = 25;
    })
    .await;
    let ann = world.user("Ann").await;
    let ask = async || {
        let request = ann
            .http()
            .post(format!("{}/graphql", ann.base()))
            .bearer_auth(ann.token.as_deref().unwrap());
        request
            .json(&json!({ "query": "{ __typename }" }))
            .send()
            .await
            .unwrap()
    };
    let mut raw = Raw::ready(&ann).await;
    // Whoever opens a socket shows a token.
    for left in [1, 0] {
        let response = ask().await;
        assert_eq!(response.status(), 200);
        assert_eq!(number(response.headers(), "ratelimit-limit"), 3);
        assert_eq!(number(response.headers(), "ratelimit-remaining"), left);
        assert!(number(response.headers(), "ratelimit-reset") > 0);
    }
    let refused = ask().await;
    assert_eq!(refused.status(), 429);
    assert_eq!(number(refused.headers(), "retry-after"), 1);
    let body: Json = refused.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "RATE_LIMITED", "{body}");
    // Over a socket the same bucket counts; others have their own.
    raw.subscribe("1", "{ __typename }").await;
    assert_eq!(raw.receive().await["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    let mut another = Raw::open(&ann, Some("graphql-transport-ws")).await;
    another.init(&ann).await;
    let closed = another.receive().await;
    assert_eq!(closed["closed"], 1013, "{closed}");
    let ben = world.user("Ben").await;
    assert!(ben.query("{ __typename }").await.is_ok());
    world.clock.advance(chrono::Duration::seconds(2));
    assert_eq!(ask().await.status(), 200);
}

#[tokio::test]
async fn signing_in_is_counted_far_more_strictly() {
    let world = World::with(Database::Sqlite, |config| config.rates.sign_in_burst = 2).await;
    let input = json!({ "email": "nobody@example.com", "password": "wrong password here" });
    let stranger = world.stranger();
    for _ in 0..2 {
        stranger
            .mutate("signIn", input.clone(), "__typename")
            .await
            .assert_refused("UNAUTHENTICATED");
    }
    let before = world.dump().await;
    let answer = stranger.mutate("signIn", input, "__typename").await;
    answer.assert_refused("RATE_LIMITED");
    assert_eq!(answer.status, 429);
    assert_eq!(world.dump().await, before);
    assert!(
        stranger.query("{ rooms { totalCount } }").await.is_ok(),
        "reading goes on"
    );
}
