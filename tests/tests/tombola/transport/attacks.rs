//! Requests that are meant to bring the server down: each is refused or bounded, the memory of the process does not grow
//! with them, and others are answered beside them.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value as Json, json};
use tests::{
    Client,
    attacks::{Attack, attacks},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::socket::Raw;
use crate::program::{PATIENCE, Program, Serving};

/// How much memory an attack may cost, in bytes.
const GROWTH: u64 = 100 * 1024 * 1024;

/// A server in a process of its own, whose memory can be told from that of its clients.
pub(super) struct Target {
    _program: Program,
    serving: Serving,
    pub(super) client: Client,
    before: u64,
}

impl Target {
    pub(super) async fn new(program: Program) -> Self {
        let serving = program.serve(&[]).await;
        let client = serving.client();
        assert!(client.query("{ __typename }").await.is_ok());
        let before = memory(&serving);
        Self {
            _program: program,
            serving,
            client,
            before,
        }
    }

    fn host(&self) -> String {
        self.serving.address.trim_start_matches("http://").to_owned()
    }

    /// Sends a body as it is; answers the code of the refusal, or nothing for an answer with data.
    async fn code(&self, body: Vec<u8>) -> Option<String> {
        let request = self.client.http().post(format!("{}/graphql", self.client.base()));
        let request = request.header("content-type", "application/json").body(body);
        let answered = tokio::time::timeout(PATIENCE, request.send())
            .await
            .expect("it is answered");
        let body: Json = answered.unwrap().json().await.unwrap();
        let code = body["errors"][0]["extensions"]["code"].as_str();
        code.map(ToOwned::to_owned)
    }

    /// The server is as it was before.
    pub(super) async fn stands(&self) {
        assert!(self.client.query("{ rooms { totalCount } }").await.is_ok());
        let now = memory(&self.serving);
        let grown = now.saturating_sub(self.before);
        assert!(grown < GROWTH, "memory grew from {} to {now} bytes", self.before);
    }
}

/// Resident memory of the server's process, in bytes.
fn memory(serving: &Serving) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", serving.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes * 1024
}

#[tokio::test]
async fn no_request_brings_the_server_down() {
    let target = Target::new(Program::new()).await;
    for Attack { name, body, code } in attacks() {
        let answers = join_all((0..4).map(|_| target.code(body.clone()))).await;
        for answered in answers {
            assert_eq!(answered.as_deref(), code, "{name}");
        }
        target.stands().await;
    }
}

#[tokio::test]
async fn what_is_sent_slowly_ends_and_keeps_nobody_out() {
    let program = Program::new()
        .with("TOMBOLA_CONNECTIONS__HEADER_SECONDS", "1")
        .with("TOMBOLA_LIMITS__BODY_SECONDS", "1");
    let target = Target::new(program).await;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n",
        target.host()
    );
    let slow = |text: String| {
        let host = target.host();
        async move {
            let mut stream = TcpStream::connect(host).await.unwrap();
            stream.write_all(text.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
            // What is closed while something is on its way may be reset.
            let _ = ended.expect("the server ends it");
            String::from_utf8_lossy(&answer).into_owned()
        }
    };
    let heads = join_all((0..25).map(|_| slow(head.clone())));
    let bodies = join_all((0..25).map(|_| slow(format!("{head}\r\n{{\"query\":"))));
    let beside = async {
        for _ in 0..20 {
            assert!(target.client.query("{ rooms { totalCount } }").await.is_ok());
        }
    };
    let (_, bodies, ()) = tokio::join!(heads, bodies, beside);
    for body in bodies {
        assert!(body.starts_with("HTTP/1.1 408"), "{body}");
    }
    target.stands().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_that_say_nothing_are_bounded() {
    let program = Program::new().with("TOMBOLA_LIMITS__SOCKETS_PER_ADDRESS", "300");
    let target = Target::new(program).await;
    let mut open = Vec::new();
    let mut refused = 0;
    for _ in 0..1000 {
        let head = format!(
            "GET /graphql HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n",
            target.host()
        );
        let mut stream = TcpStream::connect(target.host()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut start = [0; 12];
        let read = tokio::time::timeout(PATIENCE, stream.read_exact(&mut start))
            .await
            .unwrap();
        match (read.is_ok(), &start) {
            (true, b"HTTP/1.1 101") => open.push(stream),
            _ => refused += 1,
        }
    }
    assert_eq!((open.len(), refused), (300, 700));
    target.stands().await;
    drop(open);
    let again = async { while !opens(&target).await {} };
    tokio::time::timeout(PATIENCE, again).await.expect("places become free");
}

async fn opens(target: &Target) -> bool {
    let mut request = tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(format!(
        "ws://{}/graphql",
        target.host()
    ))
    .unwrap();
    let protocol = "graphql-transport-ws".parse().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    tokio_tungstenite::connect_async(request).await.is_ok()
}

/// Subscribers that never read: the kernel's buffers fill, then the socket's queue, and then its subscriptions wait; at last
/// the socket is ended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_never_reads_is_ended_and_delays_nobody() {
    let program = Program::new().with("TOMBOLA_LIMITS__READING_SECONDS", "1");
    let target = Target::new(program).await;
    let input = json!({
        "email": "ann@example.com", "password": "quiet otter paints seven doors", "displayName": "Ann",
        "organizationName": "Ann's",
    });
    let answer = target
        .client
        .mutate("signUp", input, "signedIn { accessToken } organization { id }")
        .await;
    let ann = target
        .client
        .signed_in(&answer.text("/signUp/signedIn/accessToken"), "");
    let room = ann
        .active_room(&answer.text("/signUp/organization/id"), json!({ "isPublic": true }))
        .await;
    let title = "x".repeat(190);
    for index in 0..100 {
        let input = json!({ "roomId": room, "title": format!("{index} {title}") });
        ann.mutate("updateRoom", input, "room { id }").await.at("/updateRoom");
    }
    // Each asks for the whole log twenty times at once.
    let mut deaf = Vec::new();
    for _ in 0..5 {
        let mut raw = Raw::ready(&ann).await;
        for id in 0..20 {
            let all = "room { title events(first: 100) { sequence ... on RoomChanged { title } } }";
            let query = format!("subscription {{ roomEvents(roomId: \"{room}\", after: 0) {{ sequence {all} }} }}");
            raw.subscribe(&id.to_string(), &query).await;
        }
        deaf.push(raw);
    }
    // Somebody who reads gets everything meanwhile.
    let mut follower = Raw::ready(&ann).await;
    let query = format!("subscription {{ roomEvents(roomId: \"{room}\", after: 0) {{ sequence }} }}");
    follower.subscribe("f", &query).await;
    for sequence in 1..=100 {
        let event = follower.receive().await;
        assert_eq!(event["payload"]["data"]["roomEvents"]["sequence"], sequence, "{event}");
    }
    target.stands().await;
    // Nobody reads, so the server ends them: the follower's socket is the last.
    let ended = async {
        let address = format!("{}/metrics", target.client.base());
        loop {
            let text = target
                .client
                .http()
                .get(&address)
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap();
            if text.lines().any(|line| line == "tombola_sockets 1") {
                return;
            }
        }
    };
    let patience = PATIENCE + Duration::from_secs(60);
    tokio::time::timeout(patience, ended)
        .await
        .expect("a socket that is not read ends");
    drop(deaf);
    target.stands().await;
}
