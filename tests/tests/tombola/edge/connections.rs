//! Connections: slow, idle and too many ones are bounded, and do not keep others out.

use std::{net::IpAddr, time::Duration};

use api::config::{Config, ForwardedHeader};
use entity::identity::session;
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::json;
use tests::{Database, World};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    process::Command,
};

use crate::program::{PATIENCE, Program};

const QUERY: &str = r#"{"query":"{ __typename }"}"#;

fn host(world: &World) -> String {
    world.stranger().base().trim_start_matches("http://").to_owned()
}

/// A connection from an address of this machine.
async fn connect(world: &World, from: [u8; 4]) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    socket.connect(host(world).parse().unwrap()).await.unwrap()
}

/// A normal query from another address, which others must not keep out.
async fn asks(world: &World, from: [u8; 4]) {
    let http = reqwest::Client::builder()
        .local_address(IpAddr::from(from))
        .build()
        .unwrap();
    let answer = http
        .post(format!("{}/graphql", world.stranger().base()))
        .header("content-type", "application/json")
        .body(QUERY)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains("__typename"));
}

/// Waits until the server closes a connection; answers what it said before.
async fn closes(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let end = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await;
    // A close with bytes on the way is a reset.
    let _ = end.expect("the server closes the connection");
    String::from_utf8_lossy(&said).into_owned()
}

/// Waits until so many connections are open.
async fn open(world: &World, wanted: impl Fn(i64) -> bool) {
    let metrics = &world.services().metrics;
    let reached = async {
        while !wanted(metrics.connections()) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, reached)
        .await
        .unwrap_or_else(|_| panic!("{} connections are open", metrics.connections()));
}

/// A whole request; answers when its answer is read.
async fn request(stream: &mut TcpStream, host: &str) {
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{QUERY}",
        QUERY.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut said = String::new();
    while !said.ends_with('}') {
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).await.unwrap();
        assert_ne!(read, 0, "{said}");
        said.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
    }
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_half_open_connections_are_bounded(#[values(Database::Sqlite)] database: Database) {
    let change = |config: &mut Config| {
        config.connections.header_seconds = 2;
        config.connections.per_address = 60;
        config.connections.max = 100;
    };
    let world = World::with(database, change).await;
    let mut streams = Vec::new();
    for number in 0..1000 {
        let stream = connect(&world, [127, 0, 0, 2 + (number % 2) as u8]).await;
        assert!(world.services().metrics.connections() <= 100);
        streams.push(stream);
    }
    for stream in &mut streams {
        assert_eq!(closes(stream).await, "");
    }
    open(&world, |open| open == 0).await;
    let text = world.services().metrics.text();
    assert!(
        text.contains("connections_refused_total{limit=\"all\"}"),
        "more than in all were refused: {text}"
    );
    asks(&world, [127, 0, 0, 2]).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_with_all_its_connections_keeps_nobody_else_out(#[values(Database::Sqlite)] database: Database) {
    let world = World::with(database, |config| config.connections.per_address = 60).await;
    let mut streams = Vec::new();
    for _ in 0..60 {
        streams.push(connect(&world, [127, 0, 0, 2]).await);
    }
    open(&world, |open| open == 60).await;
    // Who begins a request is told why it is not answered; HTTP/2 has no words for it.
    for (begins, status) in [
        ("GET / HTTP/1.1\r\n", "HTTP/1.1 429"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""),
    ] {
        let mut refused = connect(&world, [127, 0, 0, 2]).await;
        refused.write_all(begins.as_bytes()).await.unwrap();
        let said = closes(&mut refused).await;
        assert_eq!(said.is_empty(), status.is_empty(), "{said}");
        assert!(said.starts_with(status), "{said}");
        let is_whole = said.contains("Retry-After: 1\r\n") && said.contains("RATE_LIMITED");
        assert_eq!(is_whole, !status.is_empty(), "{said}");
    }
    asks(&world, [127, 0, 0, 3]).await;
    // A place that is given back is there for the next.
    streams.pop();
    open(&world, |open| open < 60).await;
    request(&mut connect(&world, [127, 0, 0, 2]).await, "x").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_server_says_that_it_is(#[values(Database::Sqlite)] database: Database) {
    let world = World::with(database, |config| config.connections.max = 3).await;
    let mut streams = Vec::new();
    for number in 0..3 {
        streams.push(connect(&world, [127, 0, 0, 2 + number]).await);
    }
    open(&world, |open| open == 3).await;
    let mut refused = connect(&world, [127, 0, 0, 9]).await;
    refused
        .write_all(b"POST /graphql HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let said = closes(&mut refused).await;
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("LIMITED"), "{said}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_proxy_has_no_limit_of_its_own(#[values(Database::Sqlite)] database: Database) {
    let change = |config: &mut Config| {
        config.connections.per_address = 3;
        config.connections.trusted_proxies = vec!["127.0.0.2".to_owned().try_into().unwrap()];
    };
    let world = World::with(database, change).await;
    let mut streams = Vec::new();
    for _ in 0..10 {
        let mut stream = connect(&world, [127, 0, 0, 2]).await;
        request(&mut stream, "x").await;
        streams.push(stream);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_slow_heads_end_while_others_are_answered(#[values(Database::Sqlite)] database: Database) {
    let world = World::with(database, |config| config.connections.header_seconds = 2).await;
    let mut slow = Vec::new();
    for number in 0..50 {
        let mut stream = connect(&world, [127, 0, 0, 2]).await;
        // Some begin as HTTP/2, some with a second request.
        let start: &[u8] = match number % 3 {
            0 => b"POST /graphql HTTP/1.1\r\nHost: x\r\n",
            1 => b"PRI * HTTP/2.0\r\n",
            _ => {
                request(&mut stream, "x").await;
                b"POST /graphql HTTP/1.1\r\n"
            }
        };
        stream.write_all(start).await.unwrap();
        slow.push(tokio::spawn(async move {
            let (mut reading, mut writing) = stream.into_split();
            let drip = tokio::spawn(async move {
                let mut drops = tokio::time::interval(Duration::from_millis(100));
                while writing.write_all(b"X").await.is_ok() {
                    drops.tick().await;
                }
            });
            let mut said = Vec::new();
            let end = tokio::time::timeout(PATIENCE, reading.read_to_end(&mut said)).await;
            drip.abort();
            end.is_ok()
        }));
    }
    while slow.iter().any(|task| !task.is_finished()) {
        asks(&world, [127, 0, 0, 3]).await;
    }
    for task in slow {
        assert!(task.await.unwrap(), "a slow client is cut off");
    }
}

#[rstest]
#[case::at_rest(120, 1, "")]
#[case::with_half_a_head(1, 3600, "POST /graphql HTTP/1.1\r\nHost")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_without_a_request_ends_and_a_socket_lives_on(
    #[case] header_seconds: u64,
    #[case] keep_alive_seconds: u64,
    #[case] next: &str,
) {
    let change = |config: &mut Config| {
        config.connections.header_seconds = header_seconds;
        config.connections.keep_alive_seconds = keep_alive_seconds;
    };
    let world = World::with(Database::Sqlite, change).await;
    let mut socket = world.stranger().socket().await;
    for _ in 0..2 {
        let mut stream = connect(&world, [127, 0, 0, 1]).await;
        request(&mut stream, "x").await;
        request(&mut stream, "x").await;
        stream.write_all(next.as_bytes()).await.unwrap();
        assert_eq!(closes(&mut stream).await, "");
    }
    socket.subscribe("1", "{ __typename }", json!({})).await;
    socket.next().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_2_is_spoken_without_asking_first(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--http2-prior-knowledge", "--data", QUERY])
        .args([
            "--header",
            "content-type: application/json",
            "--write-out",
            "%{http_version}",
        ])
        .arg(format!("{}/graphql", world.stranger().base()))
        .output()
        .await
        .expect("curl runs");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("__typename") && text.ends_with('2'), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_files_left_goes_on_when_there_are_some() {
    let program = Program::new();
    let mut serving = program.serve_with_files(40).await;
    let host = serving.address.trim_start_matches("http://").to_owned();
    let mut streams = Vec::new();
    for _ in 0..60 {
        streams.push(TcpStream::connect(&host).await.unwrap());
    }
    serving.line("no connection can be accepted").await;
    drop(streams);
    let mut stream = TcpStream::connect(&host).await.unwrap();
    tokio::time::timeout(PATIENCE, request(&mut stream, &host))
        .await
        .unwrap();
    serving.stop().await.is_ok();
}

#[rstest]
#[case::believed(ForwardedHeader::XForwardedFor, "127.0.0.0/8", "192.0.2.7")]
#[case::other_header(ForwardedHeader::Forwarded, "127.0.0.0/8", "198.51.100.1")]
#[case::nobody(ForwardedHeader::XForwardedFor, "10.0.0.0/8", "127.0.0.1")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_is_whom_a_trusted_proxy_names(
    #[case] header: ForwardedHeader,
    #[case] trusted: &str,
    #[case] wanted: &str,
) {
    let change = |config: &mut Config| {
        config.connections.forwarded_header = header;
        config.connections.trusted_proxies = vec![trusted.to_owned().try_into().unwrap()];
    };
    let world = World::with(Database::Sqlite, change).await;
    let document = "mutation($input: SignUpInput!) { signUp(input: $input) { __typename } }";
    let input = json!({
        "email": "ann@example.com", "password": "quiet otter paints seven doors", "displayName": "Ann",
    });
    let client = world.stranger();
    let response = client
        .http()
        .post(format!("{}/graphql", client.base()))
        .header("x-forwarded-for", "203.0.113.9, 192.0.2.7")
        .header("forwarded", "for=198.51.100.1")
        .json(&json!({ "query": document, "variables": { "input": input } }))
        .send()
        .await
        .unwrap();
    let body = response.text().await.unwrap();
    assert!(!body.contains("errors"), "{body}");
    let session = session::Entity::find().one(&world.db).await.unwrap().unwrap();
    assert_eq!(session.ip_address.as_deref(), Some(wanted));
}
