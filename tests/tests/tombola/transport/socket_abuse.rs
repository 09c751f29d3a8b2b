//! Sockets and connections of clients that break the rules: each is told why, and nothing is kept for long.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, Scene, World};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

use super::socket::Raw;
use crate::{live::follower::newest, program::PATIENCE};

/// An answer of some hundred kilobytes.
const LARGE: &str = include_str!("introspection.graphql");

fn host(world: &World) -> String {
    world.stranger().base().trim_start_matches("http://").to_owned()
}

/// A connection whose client takes little at once.
async fn narrow(world: &World) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(2048).unwrap();
    socket.connect(host(world).parse().unwrap()).await.unwrap()
}

/// Waits until the server keeps so many connections.
async fn kept(world: &World, wanted: i64) {
    let metrics = &world.services().metrics;
    let reached = async {
        while metrics.connections() != wanted {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, reached)
        .await
        .unwrap_or_else(|_| panic!("{} connections are kept", metrics.connections()));
}

/// Waits until a gauge of the server has a value.
async fn gauge(world: &World, name: &str, wanted: i64) {
    let metrics = &world.services().metrics;
    let line = format!("{name} {wanted}");
    let reached = async {
        while !metrics.text().lines().any(|known| known == line) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, reached)
        .await
        .unwrap_or_else(|_| panic!("no “{line}”"));
}

async fn sign_out(client: &Client) {
    let signed_out = client.query("mutation { signOut { session { id } } }").await;
    signed_out.at("/signOut");
}

#[rstest]
#[case::unmasked(&[0x81, 2, b'{', b'}'], 1002)]
#[case::reserved_bit(&[0xc1, 0x80, 0, 0, 0, 0], 1002)]
#[case::reserved_opcode(&[0x83, 0x80, 0, 0, 0, 0], 1002)]
#[case::lonely_continuation(&[0x80, 0x80, 0, 0, 0, 0], 1002)]
#[case::parted_ping(&[0x09, 0x80, 0, 0, 0, 0], 1002)]
#[case::no_utf_8(&[0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe], 1007)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_break_the_standard_are_told_so(#[case] frame: &[u8], #[case] code: u16) {
    let world = World::new(Database::Sqlite).await;
    let mut raw = Raw::ready(world.stranger()).await;
    raw.0.get_mut().write_all(frame).await.unwrap();
    assert_eq!(raw.closed().await, code);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_version_of_the_protocol_is_told_the_one_that_is_spoken() {
    let world = World::new(Database::Sqlite).await;
    let mut stream = TcpStream::connect(host(&world)).await.unwrap();
    let request = "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 12\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = String::new();
    let mut bytes = [0; 4096];
    while !said.contains("\r\n\r\n") {
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap();
        said.push_str(std::str::from_utf8(&bytes[..read.unwrap()]).unwrap());
    }
    let said = said.to_ascii_lowercase();
    assert!(said.starts_with("http/1.1 426"), "{said}");
    assert!(said.contains("\r\nsec-websocket-version: 13\r\n"), "{said}");
    assert!(said.contains("\r\nupgrade: websocket\r\n"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reason_of_a_close_arrives_though_the_client_goes_on_talking() {
    let world = World::new(Database::Sqlite).await;
    for _ in 0..5 {
        let raw = Raw::ready(world.stranger()).await;
        let (mut writing, reading) = raw.0.split();
        let talking = tokio::spawn(async move {
            let mut texts = vec!["garbage".to_owned()];
            texts
                .extend((0..3000).map(|id| json!({ "type": "complete", "id": id.to_string().repeat(50) }).to_string()));
            for text in texts {
                // It may be closed by now.
                if writing.feed(Message::text(text)).await.is_err() {
                    break;
                }
            }
            let _ = writing.flush().await;
            writing
        });
        let writing = talking.await.unwrap();
        let mut raw = Raw(reading.reunite(writing).unwrap());
        assert_eq!(raw.closed().await, 4400);
    }
}

#[rstest]
#[case::frames(Message::Ping(Default::default()))]
#[case::pongs(Message::Pong(Default::default()))]
#[case::messages(Message::text("{\"type\":\"ping\"}"))]
#[case::answers(Message::text("{\"type\":\"pong\"}"))]
#[case::completes(Message::text("{\"type\":\"complete\",\"id\":\"nothing\"}"))]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_asks_for_nothing_without_end_is_4429(#[case] nothing: Message) {
    let world = World::new(Database::Sqlite).await;
    let raw = Raw::ready(world.stranger()).await;
    let (mut writing, mut reading) = raw.0.split();
    let flood = tokio::spawn(async move { while writing.feed(nothing.clone()).await.is_ok() {} });
    let closed = async {
        while let Some(Ok(message)) = reading.next().await {
            if let Message::Close(Some(frame)) = message {
                return Some(u16::from(frame.code));
            }
        }
        None
    };
    assert_eq!(tokio::time::timeout(PATIENCE, closed).await.unwrap(), Some(4429));
    flood.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_counted_as_a_request() {
    let world = World::with(Database::Sqlite, |config| {
        config.rates.requests_per_minute = 1;
        config.rates.burst = 3;
        config.rates.callers_per_address = 5;
    })
    .await;
    let ann = world.user("Ann").await;
    let mut raw = Raw::ready(&ann).await;
    let token = format!("Bearer {}", ann.token.as_ref().unwrap());
    let ping = json!({ "type": "ping", "payload": { "authorization": token } });
    // The first one was the socket's beginning.
    for _ in 0..2 {
        raw.send(ping.clone()).await;
        assert_eq!(raw.receive().await["payload"]["authorization"], "accepted");
    }
    raw.send(ping).await;
    let closed = raw.receive().await;
    assert_eq!(closed["closed"], 1013, "{closed}");
    assert!(
        closed["reason"].as_str().unwrap().contains("Too many requests"),
        "{closed}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_is_completed_early_keeps_its_place_until_it_has_ended() {
    let world = World::with(Database::Sqlite, |config| config.limits.subscriptions = 2).await;
    let mut raw = Raw::ready(world.stranger()).await;
    for id in 0..50 {
        let subscribe = json!({ "type": "subscribe", "id": id.to_string(), "payload": { "query": LARGE } });
        let complete = json!({ "type": "complete", "id": id.to_string() });
        for message in [subscribe, complete] {
            raw.0.feed(Message::text(message.to_string())).await.unwrap();
        }
    }
    raw.send(json!({ "type": "ping" })).await;
    let mut refused = 0;
    loop {
        let message = raw.receive().await;
        match message["type"].as_str() {
            Some("pong") => break,
            Some("error") => {
                let code = &message["payload"][0]["extensions"]["code"];
                assert_eq!(code, &json!("TOO_MANY_SUBSCRIPTIONS"), "{message}");
                refused += 1;
            }
            _ => assert!(message.get("closed").is_none(), "{message}"),
        }
    }
    assert!(refused > 10, "only {refused} of 50 were refused");
    // The places come back.
    let served = async {
        loop {
            raw.subscribe("again", "{ __typename }").await;
            let message = raw.receive().await;
            if message["type"] == "next" {
                return;
            }
            assert_eq!(message["type"], "error", "{message}");
        }
    };
    tokio::time::timeout(PATIENCE, served)
        .await
        .expect("a place becomes free");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_does_not_wait_for_a_client_that_does_not_read() {
    let world = World::with(Database::Sqlite, |config| {
        config.events.session_milliseconds = 50;
        config.limits.reading_seconds = 600;
        config.limits.ping_seconds = 300;
    })
    .await;
    let ann = world.user("Ann").await;
    let mut request = format!("ws://{}/graphql", host(&world)).into_client_request().unwrap();
    let protocol = "graphql-transport-ws".parse().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let stream = narrow(&world).await;
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
    let authorization = format!("Bearer {}", ann.token.as_ref().unwrap());
    let init = json!({ "type": "connection_init", "payload": { "authorization": authorization } });
    socket.send(Message::text(init.to_string())).await.unwrap();
    let acknowledged = socket.next().await.unwrap().unwrap();
    assert!(acknowledged.to_text().unwrap().contains("connection_ack"));
    for id in 0..40 {
        let subscribe = json!({ "type": "subscribe", "id": id.to_string(), "payload": { "query": LARGE } });
        socket.send(Message::text(subscribe.to_string())).await.unwrap();
    }
    // None of these answers is read.
    sign_out(&ann).await;
    gauge(&world, "tombola_sockets", 0).await;
    drop(socket);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_takes_back_the_events_that_wait() {
    const EVENTS: usize = 60;
    let world = World::with(Database::Sqlite, |config| {
        config.events.session_milliseconds = 50;
        config.limits.reading_seconds = 600;
        config.limits.queue = 2 * EVENTS;
        config.limits.socket_bytes = 64 * 1024 * 1024;
        config.limits.waiting_bytes = 64 * 1024 * 1024;
    })
    .await;
    let scene = Scene::in_world(world).await;
    for number in 1..=EVENTS {
        let input = json!({ "roomId": scene.room, "title": number.to_string(), "description": "d".repeat(5000) });
        let changed = scene.creator.mutate("updateRoom", input, "room { id }").await;
        changed.at("/updateRoom");
    }
    let ann = scene.world.user("Ann").await;
    // All events together are more than the kernel keeps, and each has an error, by which it can be counted.
    let texts: String = (0..40).map(|number| format!("a{number}: description ")).collect();
    let body = json!({ "query": format!(
        "subscription {{ roomEvents(roomId: \"{}\", after: 0) {{ room {{ {texts} prizes(first: 101) {{ totalCount }} }} }} }}",
        scene.room
    ) });
    let body = body.to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n\
         Authorization: Bearer {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        ann.token.as_ref().unwrap(),
        body.len()
    );
    let newest = newest(&scene.creator, &scene.room).await;
    let mut stream = narrow(&scene.world).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    gauge(&scene.world, "tombola_errors_total{code=\"VALIDATION\"}", newest).await;
    sign_out(&ann).await;
    gauge(&scene.world, "tombola_subscriptions", 0).await;
    let mut told = String::new();
    let reading = stream.read_to_string(&mut told);
    tokio::time::timeout(PATIENCE, reading).await.unwrap().unwrap();
    let events = told.matches("\nid: ").count() as i64;
    assert!(events < newest, "all {events} events came after the end of the session");
    assert!(told.contains("UNAUTHENTICATED"), "{}", &told[told.len() - 500..]);
    assert!(told.contains("event: complete"), "{}", &told[told.len() - 500..]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_its_answers_is_cut_off() {
    let world = World::with(Database::Sqlite, |config| config.limits.reading_seconds = 1).await;
    let body = json!({ "query": LARGE }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut streams = Vec::new();
    for _ in 0..3 {
        let stream = narrow(&world).await;
        let (reading, mut writing) = stream.into_split();
        let request = request.clone();
        tokio::spawn(async move { while writing.write_all(request.as_bytes()).await.is_ok() {} });
        streams.push(reading);
    }
    kept(&world, 3).await;
    kept(&world, 0).await;
    drop(streams);
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_http_2_that_opens_no_window_is_cut_off() {
    let world = World::with(Database::Sqlite, |config| {
        config.limits.reading_seconds = 1;
        config.connections.keep_alive_seconds = 3600;
    })
    .await;
    let path = "/graphql?query=%7B__typename%7D";
    let mut fields = vec![0x82, 0x86, 0x04, path.len() as u8];
    fields.extend(path.as_bytes());
    fields.extend([0x01, 1, b'x']);
    let mut said = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    // SETTINGS_INITIAL_WINDOW_SIZE is nothing.
    said.extend(frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]));
    said.extend(frame(1, 0x05, 1, &fields));
    let mut stream = TcpStream::connect(host(&world)).await.unwrap();
    stream.write_all(&said).await.unwrap();
    let mut heard = Vec::new();
    tokio::time::timeout(Duration::from_secs(15), stream.read_to_end(&mut heard))
        .await
        .expect("the server ends the connection")
        .unwrap();
    // A frame of headers was among it: the request was answered.
    let mut rest = heard.as_slice();
    let mut kinds = Vec::new();
    while rest.len() >= 9 {
        let length = u32::from_be_bytes([0, rest[0], rest[1], rest[2]]) as usize;
        kinds.push(rest[3]);
        rest = &rest[(9 + length).min(rest.len())..];
    }
    assert!(kinds.contains(&1), "{kinds:?}");
    assert!(!kinds.contains(&0), "no window, no data: {kinds:?}");
}
