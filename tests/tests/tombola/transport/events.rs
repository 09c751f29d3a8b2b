//! Server-sent events: the protocol of graphql-sse, distinct connections mode.

use std::time::Duration;

use api::config::Limits;
use futures::StreamExt;
use reqwest::{RequestBuilder, Response};
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene, World};

/// Longest wait for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// An event of a stream.
#[derive(Debug, Default, PartialEq)]
struct Event {
    kind: String,
    id: Option<i64>,
    data: String,
}

impl Event {
    fn json(&self) -> Json {
        serde_json::from_str(&self.data).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

/// A stream of events, read as a browser reads it (HTML, server-sent events §9.2.6).
struct Events {
    response: Response,
    rest: String,
}

impl Events {
    async fn open(request: RequestBuilder) -> Self {
        let response = request.header("accept", "text/event-stream").send().await.unwrap();
        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        Self {
            response,
            rest: String::new(),
        }
    }

    async fn asked(client: &Client, body: Json) -> Self {
        Self::open(post(client).json(&body)).await
    }

    /// The next event, or nothing when the stream has ended. Comments are counted.
    async fn next(&mut self) -> Option<Event> {
        tokio::time::timeout(PATIENCE, self.read())
            .await
            .expect("an event comes")
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.rest.split_once("\n\n") {
                let block = block.to_owned();
                self.rest = rest.to_owned();
                if let Some(event) = parse(&block) {
                    return Some(event);
                }
                continue;
            }
            let piece = self.response.chunk().await.unwrap()?;
            self.rest.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }
}

/// Without a line of data nothing is handed on to a browser's code.
fn parse(block: &str) -> Option<Event> {
    let mut event = Event::default();
    let mut has_data = false;
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => event.kind = value.to_owned(),
            "id" => event.id = value.parse().ok(),
            "data" => {
                has_data = true;
                event.data.push_str(value);
            }
            _ => {}
        }
    }
    has_data.then_some(event)
}

fn post(client: &Client) -> RequestBuilder {
    let request = client.http().post(format!("{}/graphql", client.base()));
    match &client.token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

fn follow(room: &str, after: &str) -> Json {
    json!({ "query": format!("subscription {{ roomEvents(roomId: \"{room}\"{after}) {{ sequence }} }}") })
}

async fn change(scene: &Scene, title: &str) {
    let input = json!({ "roomId": scene.room, "title": title });
    scene
        .creator
        .mutate("updateRoom", input, "room { id }")
        .await
        .at("/updateRoom");
}

#[tokio::test]
async fn an_operation_that_answers_once_is_a_stream_of_one() {
    let world = World::new(Database::Sqlite).await;
    let mut events = Events::asked(world.stranger(), json!({ "query": "{ b: __typename a: __typename }" })).await;
    let next = events.next().await.unwrap();
    assert_eq!(next.kind, "next");
    assert!(
        next.data.starts_with("{\"data\":{\"b\":\"Query\",\"a\":\"Query\"}"),
        "{next:?}"
    );
    assert_eq!(events.next().await.unwrap().kind, "complete");
    assert_eq!(events.next().await, None);
}

#[rstest]
#[case::unreadable("{")]
#[case::invalid("subscription { nothing }")]
#[case::two_streams(
    "subscription { a: roomEvents(roomId: \"x\") { sequence } b: roomEvents(roomId: \"x\") { sequence } }"
)]
#[case::no_such_room("subscription { roomEvents(roomId: \"room_00000000000000000000000000\") { sequence } }")]
#[tokio::test]
async fn what_is_not_executed_is_told_in_the_stream(#[case] query: &str) {
    let world = World::new(Database::Sqlite).await;
    let mut events = Events::asked(world.stranger(), json!({ "query": query })).await;
    let next = events.next().await.unwrap();
    assert_eq!(next.kind, "next");
    let code = next.json()["errors"][0]["extensions"]["code"].clone();
    assert!(code == "VALIDATION" || code == "NOT_FOUND", "{next:?}");
    assert_eq!(events.next().await.unwrap().kind, "complete");
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn who_shows_a_bad_token_or_no_request_gets_a_status_and_no_stream() {
    let world = World::new(Database::Sqlite).await;
    let bad = world.stranger().signed_in("nonsense", "");
    let ask = async |client: &Client, body: &'static str| {
        let request = post(client).header("accept", "text/event-stream");
        let response = request
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), response.json::<Json>().await.unwrap())
    };
    assert_eq!(ask(&bad, "{\"query\":\"{ __typename }\"}").await.0, 401);
    assert_eq!(ask(world.stranger(), "{").await.0, 400);
    assert_eq!(ask(world.stranger(), "{}").await.0, 400);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_come_with_their_sequence_and_go_on_from_the_last_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let mut events = Events::asked(&scene.creator, follow(&scene.room, ", after: 0")).await;
    let first = events.next().await.unwrap();
    assert_eq!((first.kind.as_str(), first.id), ("next", Some(1)));
    change(&scene, "Two").await;
    let mut last = first.id.unwrap();
    let newest = loop {
        let event = events.next().await.unwrap();
        assert_eq!(event.id, Some(last + 1), "each once and in order");
        assert_eq!(event.json()["data"]["roomEvents"]["sequence"], json!(last + 1));
        last += 1;
        let question = format!(
            "{{ room(id: \"{}\") {{ events(first: 100) {{ sequence }} }} }}",
            scene.room
        );
        let log = scene.creator.query(&question).await;
        if log.list("/room/events").len() as i64 == last {
            break last;
        }
    };
    drop(events);
    change(&scene, "Three").await;
    // The browser sends the same request again, with the id of the last event.
    let request = post(&scene.creator)
        .json(&follow(&scene.room, ", after: 0"))
        .header("last-event-id", newest.to_string());
    let mut again = Events::open(request).await;
    assert_eq!(again.next().await.unwrap().id, Some(newest + 1));
}

#[tokio::test]
async fn a_stream_can_be_had_by_get() {
    let scene = Scene::new(Database::Sqlite).await;
    let mut url = reqwest::Url::parse(&format!("{}/graphql", scene.creator.base())).unwrap();
    let document = follow(&scene.room, ", after: 0");
    url.query_pairs_mut()
        .append_pair("query", document["query"].as_str().unwrap());
    let mut events = Events::open(scene.outsider.http().get(url)).await;
    assert_eq!(events.next().await.unwrap().id, Some(1));
}

#[tokio::test]
async fn a_stream_ends_with_an_event_that_browsers_hand_on() {
    let world = World::new(Database::Sqlite).await;
    let request = post(world.stranger()).json(&json!({ "query": "{ __typename }" }));
    let response = request.header("accept", "text/event-stream").send().await.unwrap();
    let text = response.text().await.unwrap();
    assert!(text.starts_with("event: next\ndata: {\"data\":"), "{text}");
    assert!(text.ends_with("}\n\nevent: complete\ndata:\n\n"), "{text}");
}

#[test]
fn a_quiet_stream_says_so_every_fifteen_seconds() {
    assert_eq!(Limits::default().ping_seconds, 15);
}

#[tokio::test]
async fn a_quiet_stream_says_that_it_is_there() {
    let world = World::with(Database::Sqlite, |config| config.limits.ping_seconds = 1).await;
    let scene = Scene::in_world(world).await;
    let request = post(&scene.creator).json(&follow(&scene.room, ""));
    let response = request.header("accept", "text/event-stream").send().await.unwrap();
    let mut bytes = response.bytes_stream();
    let comment = tokio::time::timeout(PATIENCE, bytes.next())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(comment.starts_with(b":"), "{comment:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_ends_its_streams(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::with(database, |config| config.events.session_milliseconds = 50).await;
    let scene = Scene::in_world(world).await;
    let ann = scene.world.user("Ann").await;
    let mut events = Events::asked(&ann, follow(&scene.room, ", after: 0")).await;
    assert_eq!(events.next().await.unwrap().kind, "next");
    ann.query("mutation { signOut { session { id } } }")
        .await
        .at("/signOut");
    let last = loop {
        let event = events.next().await.unwrap();
        if event.id.is_none() {
            break event;
        }
    };
    assert_eq!(
        last.json()["errors"][0]["extensions"]["code"],
        "UNAUTHENTICATED",
        "{last:?}"
    );
    assert_eq!(events.next().await.unwrap().kind, "complete");
    assert_eq!(events.next().await, None);
}

#[rstest]
#[case::of_a_caller(|limits: &mut Limits| limits.sockets = 2)]
#[case::of_an_address(|limits: &mut Limits| limits.sockets_per_address = 2)]
#[tokio::test]
async fn more_streams_than_may_be_are_refused(#[case] limit: fn(&mut Limits)) {
    let world = World::with(Database::Sqlite, |config| limit(&mut config.limits)).await;
    let scene = Scene::in_world(world).await;
    let ann = scene.world.user("Ann").await;
    let _one = Events::asked(&ann, follow(&scene.room, "")).await;
    let _two = Events::asked(&ann, follow(&scene.room, "")).await;
    let request = post(&ann)
        .json(&follow(&scene.room, ""))
        .header("accept", "text/event-stream");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 429);
    let body: Json = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "TOO_MANY_SOCKETS", "{body}");
}
