//! GraphQL over WebSocket: every message and every close code of `graphql-transport-ws`.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene, World};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// Longest wait for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A socket without manners: it sends what it is told.
pub(crate) struct Raw(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Raw {
    pub(crate) async fn open(client: &Client, protocol: Option<&'static str>) -> Self {
        let mut request = format!("{}/graphql", client.base().replacen("http", "ws", 1))
            .into_client_request()
            .unwrap();
        if let Some(protocol) = protocol {
            let headers = request.headers_mut();
            headers.insert("sec-websocket-protocol", protocol.parse().unwrap());
        }
        Self(connect_async(request).await.expect("the server upgrades").0)
    }

    /// A socket that has said who it is.
    pub(crate) async fn ready(client: &Client) -> Self {
        let mut raw = Self::open(client, Some("graphql-transport-ws")).await;
        raw.init(client).await;
        assert_eq!(raw.receive().await, json!({ "type": "connection_ack" }));
        raw
    }

    pub(crate) async fn init(&mut self, client: &Client) {
        let payload = client
            .token
            .as_ref()
            .map(|token| json!({ "Authorization": format!("Bearer {token}") }));
        self.send(json!({ "type": "connection_init", "payload": payload }))
            .await;
    }

    pub(crate) async fn send(&mut self, message: Json) {
        self.text(&message.to_string()).await;
    }

    /// Sends a message if the socket is still open; answers whether it was.
    pub(crate) async fn tries(&mut self, message: Json) -> bool {
        self.0.send(Message::text(message.to_string())).await.is_ok()
    }

    pub(crate) async fn text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("the socket is open");
    }

    pub(crate) async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(json!({ "type": "subscribe", "id": id, "payload": { "query": query } }))
            .await;
    }

    /// The next message; pings apart. A close frame comes as its code and reason.
    pub(crate) async fn receive(&mut self) -> Json {
        let message = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                    Some(Ok(Message::Close(Some(frame)))) => {
                        return json!({ "closed": u16::from(frame.code), "reason": frame.reason.to_string() });
                    }
                    other => return json!({ "closed": format!("{other:?}") }),
                }
            }
        };
        // The server's pings do not make the wait longer.
        tokio::time::timeout(PATIENCE, message).await.expect("a message comes")
    }

    /// The code with which the server closes; anything before is left aside.
    pub(crate) async fn closed(&mut self) -> Json {
        loop {
            let message = self.receive().await;
            if message.get("closed").is_some() {
                return message["closed"].clone();
            }
        }
    }
}

async fn world() -> World {
    World::new(Database::Sqlite).await
}

#[tokio::test]
async fn an_operation_before_the_acknowledgement_is_4401() {
    let world = world().await;
    let mut raw = Raw::open(world.stranger(), Some("graphql-transport-ws")).await;
    raw.subscribe("1", "{ __typename }").await;
    assert_eq!(raw.closed().await, 4401);
}

#[rstest]
#[case::no_json("hello")]
#[case::list("[]")]
#[case::no_type("{}")]
#[case::unknown_type("{\"type\":\"start\"}")]
#[case::no_id("{\"type\":\"subscribe\",\"payload\":{\"query\":\"{__typename}\"}}")]
#[case::empty_id("{\"type\":\"subscribe\",\"id\":\"\",\"payload\":{\"query\":\"{__typename}\"}}")]
#[case::number_id("{\"type\":\"complete\",\"id\":1}")]
#[case::no_payload("{\"type\":\"subscribe\",\"id\":\"1\"}")]
#[case::no_query("{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{}}")]
#[case::odd_query("{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":1}}")]
#[case::odd_variables(
    "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{__typename}\",\"variables\":[]}}"
)]
#[case::odd_payload("{\"type\":\"ping\",\"payload\":\"x\"}")]
#[case::deep(
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
)]
#[tokio::test]
async fn a_message_that_is_none_is_4400(#[case] text: &str) {
    let world = world().await;
    for ready in [false, true] {
        let mut raw = match ready {
            true => Raw::ready(world.stranger()).await,
            false => Raw::open(world.stranger(), Some("graphql-transport-ws")).await,
        };
        raw.text(text).await;
        assert_eq!(raw.closed().await, 4400, "{text}");
    }
}

#[tokio::test]
async fn a_binary_message_is_4400() {
    let world = world().await;
    let mut raw = Raw::ready(world.stranger()).await;
    raw.0
        .send(Message::binary(b"{\"type\":\"ping\"}".to_vec()))
        .await
        .unwrap();
    assert_eq!(raw.closed().await, 4400);
}

#[tokio::test]
async fn a_message_above_the_limit_is_1009() {
    let world = World::with(Database::Sqlite, |config| config.limits.body_bytes = 2048).await;
    let mut raw = Raw::ready(world.stranger()).await;
    let long = "x".repeat(4000);
    raw.send(json!({ "type": "ping", "payload": { "long": long } })).await;
    assert_eq!(raw.closed().await, 1009);
}

#[rstest]
#[case::none(None)]
#[case::old(Some("graphql-ws"))]
#[tokio::test]
async fn another_sub_protocol_is_4406(#[case] protocol: Option<&'static str>) {
    let world = world().await;
    let mut request = format!("{}/graphql", world.stranger().base().replacen("http", "ws", 1))
        .into_client_request()
        .unwrap();
    if let Some(protocol) = protocol {
        let header = protocol.parse().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", header);
    }
    // A client that is answered without the sub-protocol that it asked for ends by itself.
    if let Ok((stream, _)) = connect_async(request).await {
        assert_eq!(Raw(stream).closed().await, 4406);
    } else {
        assert!(protocol.is_some(), "a client without a wish is told by the close code");
    }
}

#[tokio::test]
async fn a_socket_that_does_not_say_who_it_is_in_time_is_4408() {
    let world = World::with(Database::Sqlite, |config| config.limits.init_seconds = 1).await;
    let mut raw = Raw::open(world.stranger(), Some("graphql-transport-ws")).await;
    raw.send(json!({ "type": "ping" })).await;
    assert_eq!(raw.closed().await, 4408);
}

#[rstest]
#[case::nonsense(json!("Bearer nonsense"))]
#[case::other_scheme(json!("Basic YWxpY2U6c2VjcmV0"))]
#[case::no_text(json!(1))]
#[tokio::test]
async fn a_refused_init_is_4403(#[case] authorization: Json) {
    let world = world().await;
    let mut raw = Raw::open(world.stranger(), Some("graphql-transport-ws")).await;
    raw.send(json!({ "type": "connection_init", "payload": { "authorization": authorization } }))
        .await;
    assert_eq!(raw.closed().await, 4403);
}

#[tokio::test]
async fn a_second_init_is_4429() {
    let world = world().await;
    let mut raw = Raw::ready(world.stranger()).await;
    raw.send(json!({ "type": "connection_init" })).await;
    assert_eq!(raw.closed().await, 4429);
}

#[tokio::test]
async fn an_id_in_use_is_4409_and_a_finished_one_is_free() {
    let scene = Scene::new(Database::Sqlite).await;
    let mut raw = Raw::ready(&scene.creator).await;
    for _ in 0..3 {
        raw.subscribe("q", "{ __typename }").await;
        assert_eq!(raw.receive().await["payload"]["data"]["__typename"], "Query");
        assert_eq!(raw.receive().await, json!({ "type": "complete", "id": "q" }));
    }
    let follow = format!(
        "subscription {{ roomEvents(roomId: \"{}\") {{ sequence }} }}",
        scene.room
    );
    raw.subscribe("s", &follow).await;
    raw.subscribe("s", &follow).await;
    assert_eq!(raw.closed().await, 4409);
}

#[tokio::test]
async fn pings_are_answered_and_the_server_sends_its_own() {
    let world = World::with(Database::Sqlite, |config| config.limits.ping_seconds = 1).await;
    let mut raw = Raw::ready(world.stranger()).await;
    raw.send(json!({ "type": "ping", "payload": { "anything": 1 } })).await;
    assert_eq!(raw.receive().await, json!({ "type": "pong" }));
    raw.send(json!({ "type": "pong" })).await;
    let ping = tokio::time::timeout(PATIENCE, async {
        while let Some(Ok(message)) = raw.0.next().await {
            if message.is_ping() {
                return true;
            }
        }
        false
    });
    assert!(ping.await.unwrap(), "the server asks whether its client is there");
}

#[tokio::test]
async fn a_client_that_does_not_answer_pings_is_dropped() {
    let world = World::with(Database::Sqlite, |config| config.limits.ping_seconds = 1).await;
    let raw = Raw::ready(world.stranger()).await;
    // A client that is not asked for messages does not answer pings: its library does so when it reads.
    let MaybeTlsStream::Plain(stream) = raw.0.into_inner() else {
        panic!("no TLS here");
    };
    let ended = async {
        let mut buffer = [0; 1024];
        loop {
            stream.readable().await.unwrap();
            match stream.try_read(&mut buffer) {
                Ok(0) => return,
                Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return,
                _ => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, ended)
        .await
        .expect("the server ends the connection");
}

#[tokio::test]
async fn what_is_not_executed_is_an_error_and_ends_the_operation() {
    let world = world().await;
    let mut raw = Raw::ready(world.stranger()).await;
    for query in [
        "{",
        "{ nothing }",
        "query($id: ID!) { room(id: $id) { id } }",
        "subscription { roomEvents(roomId: \"x\") { sequence } winnerAnnounced(roomId: \"x\") { sequence } }",
        "subscription { ...F } fragment F on Subscription { roomEvents(roomId: \"x\") { sequence } b: roomEvents(roomId: \"y\") { sequence } }",
        "subscription { __typename }",
        "subscription { roomEvents(roomId: \"nowhere\") { sequence } }",
    ] {
        raw.subscribe("1", query).await;
        let message = raw.receive().await;
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("error"), &json!("1")),
            "{query}: {message}"
        );
        assert_eq!(
            message["payload"][0]["extensions"]["code"], "VALIDATION",
            "{query}: {message}"
        );
    }
    // The socket goes on.
    raw.subscribe("1", "{ __typename }").await;
    assert_eq!(raw.receive().await["type"], "next");
}

#[tokio::test]
async fn a_field_that_fails_is_part_of_the_answer() {
    let world = world().await;
    let mut raw = Raw::ready(world.stranger()).await;
    raw.subscribe("1", "{ room(id: \"x\") { id } __typename }").await;
    let message = raw.receive().await;
    assert_eq!(message["type"], "next");
    assert_eq!(
        message["payload"]["data"],
        json!({ "room": null, "__typename": "Query" })
    );
    assert_eq!(raw.receive().await["type"], "complete");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_inside_of_a_fragment_is_found_and_ends_when_its_client_says_so(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let mut raw = Raw::ready(&scene.creator).await;
    let query = format!(
        "subscription S {{ ...F }} fragment F on Subscription {{ roomEvents(roomId: \"{}\", after: 0) {{ sequence }} }}",
        scene.room
    );
    raw.subscribe("s", &query).await;
    let first = raw.receive().await;
    assert_eq!(first["payload"]["data"]["roomEvents"]["sequence"], 1, "{first}");
    assert!(
        first["payload"]["extensions"]["cost"]["requested"].is_number(),
        "{first}"
    );
    raw.send(json!({ "type": "complete", "id": "s" })).await;
    // The id is free at once; what was on its way may still come.
    raw.subscribe("s", "{ __typename }").await;
    loop {
        let message = raw.receive().await;
        if message["payload"]["data"]["__typename"] == "Query" {
            break;
        }
        assert!(message["payload"]["data"]["roomEvents"].is_object(), "{message}");
    }
    assert_eq!(raw.receive().await, json!({ "type": "complete", "id": "s" }));
}

#[tokio::test]
async fn more_operations_at_once_than_may_be_are_refused_one_by_one() {
    let scene = Scene::in_world(World::with(Database::Sqlite, |config| config.limits.subscriptions = 2).await).await;
    let mut raw = Raw::ready(&scene.creator).await;
    let follow = format!(
        "subscription {{ roomEvents(roomId: \"{}\") {{ sequence }} }}",
        scene.room
    );
    for id in ["a", "b", "c"] {
        raw.subscribe(id, &follow).await;
    }
    let message = raw.receive().await;
    assert_eq!(message["id"], "c", "{message}");
    assert_eq!(message["payload"][0]["extensions"]["code"], "TOO_MANY_SUBSCRIPTIONS");
    raw.send(json!({ "type": "complete", "id": "a" })).await;
    raw.subscribe("d", "{ __typename }").await;
    assert_eq!(raw.receive().await["type"], "next");
}

#[tokio::test]
async fn more_sockets_than_may_be_are_refused_for_each_caller_and_address() {
    let world = World::with(Database::Sqlite, |config| {
        config.limits.sockets = 2;
        config.limits.sockets_per_address = 4;
    })
    .await;
    let (ann, ben) = (world.user("Ann").await, world.user("Ben").await);
    let first = Raw::ready(&ann).await;
    let _second = Raw::ready(&ann).await;
    let mut third = Raw::open(&ann, Some("graphql-transport-ws")).await;
    third.init(&ann).await;
    assert_eq!(third.closed().await, 4429);
    drop(third);
    let _other = Raw::ready(&ben).await;
    drop(first);
    // A place is free again when the server has noticed.
    let again = async {
        loop {
            let mut raw = Raw::open(&ann, Some("graphql-transport-ws")).await;
            raw.init(&ann).await;
            if raw.receive().await["type"] == "connection_ack" {
                return raw;
            }
        }
    };
    let _again = tokio::time::timeout(PATIENCE, again)
        .await
        .expect("a place becomes free");
    let mut all = Vec::new();
    let refused = loop {
        let mut request = format!("{}/graphql", world.stranger().base().replacen("http", "ws", 1))
            .into_client_request()
            .unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        match connect_async(request).await {
            Ok(socket) => all.push(socket),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => break response.status(),
            Err(other) => panic!("{other}"),
        }
        assert!(all.len() < 5, "there is an end");
    };
    assert_eq!(refused, 429);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_goes_on_when_its_client_leaves(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let ann = world.user("Ann").await;
    let mut raw = Raw::ready(&ann).await;
    raw.subscribe(
        "1",
        "mutation { createOrganization(input: { name: \"Left\", slug: \"left\" }) { organization { id } } }",
    )
    .await;
    raw.send(json!({ "type": "complete", "id": "1" })).await;
    drop(raw);
    let made = async {
        loop {
            let answer = ann.query("{ viewer { memberships { totalCount } } }").await;
            if answer.number("/viewer/memberships/totalCount") == 1 {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, made).await.expect("the change is made");
}
