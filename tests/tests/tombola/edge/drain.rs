//! SIGTERM drains: no new requests, running operations finish within the limit, sockets close with 1001.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value as Json, json};
use tests::{Client, Database, TestDatabase, database::execute, socket::Received};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tokio_tungstenite::{MaybeTlsStream, client_async, tungstenite::client::IntoClientRequest};

use crate::{
    program::{PATIENCE, Program, Serving},
    transport::socket::Raw,
};

const FOUND: &str = "mutation { createOrganization(input: { name: \"Late\" }) { organization { name } } }";

async fn signed_in(serving: &Serving) -> Client {
    let client = serving.client();
    let input = json!({
        "email": "ann@example.com", "password": "quiet otter paints seven doors", "displayName": "Ann",
    });
    let answer = client.mutate("signUp", input, "signedIn { accessToken }").await;
    client.signed_in(&answer.text("/signUp/signedIn/accessToken"), "")
}

/// A request whose body is still to come. The server has asked for it, so the request runs.
struct Held {
    stream: TcpStream,
    body: String,
}

impl Held {
    async fn send(serving: &Serving, client: &Client) -> Self {
        let host = serving.address.trim_start_matches("http://");
        let body = json!({ "query": FOUND }).to_string();
        let mut stream = TcpStream::connect(host).await.unwrap();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Authorization: Bearer {}\r\nExpect: 100-continue\r\n\r\n",
            body.len(),
            client.token.as_deref().unwrap()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 25];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream, body }
    }

    /// Sends the rest; answers status and body.
    async fn finish(mut self) -> (String, Json) {
        self.stream.write_all(self.body.as_bytes()).await.unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("cut off: {answer:?}"));
        (
            head.lines().next().unwrap().to_owned(),
            serde_json::from_str(body).unwrap(),
        )
    }
}

/// Nobody is let in any more.
async fn is_closed(address: &str) {
    let host = address.trim_start_matches("http://");
    let closed = async { while TcpStream::connect(host).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, closed).await.expect("the port closes");
}

async fn count(db: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(statement)
        .await
        .unwrap()
        .unwrap()
        .try_get_by_index(0)
        .unwrap()
}

/// Waits until somebody waits for a lock in this database.
async fn somebody_waits(db: &DatabaseConnection) {
    let sql = "SELECT count(*) FROM pg_locks WHERE NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let waits = async { while count(db, sql).await == 0 {} };
    tokio::time::timeout(PATIENCE, waits)
        .await
        .expect("the operation waits for the lock");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_request_finishes_and_sockets_close_with_1001(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let test = TestDatabase::create(database).await;
    let mut serving = Program::on(&test.server_url()).serve(&[]).await;
    let client = signed_in(&serving).await;
    let mut sockets = [serving.client().socket().await, client.socket().await];
    let held = Held::send(&serving, &client).await;

    serving.terminate().await;
    serving.line("shutting down").await;
    for socket in &mut sockets {
        assert_eq!(socket.receive().await, Received::Closed(Some(1001)));
    }
    is_closed(&serving.address).await;

    let (status, body) = held.finish().await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert_eq!(
        body["data"]["createOrganization"]["organization"]["name"], "Late",
        "{body}"
    );
    serving.ended().await.is_ok();
    assert_eq!(
        count(
            &test.superuser().await,
            "SELECT count(*) FROM organizations WHERE slug <> 'PLATFORM'"
        )
        .await,
        1
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_waits_in_the_database_finishes(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let mut serving = Program::on(&test.server_url()).serve(&[]).await;
    let client = signed_in(&serving).await;
    let (holder, watcher) = (test.superuser().await, test.superuser().await);
    let lock = sea_orm::TransactionTrait::begin(&holder).await.unwrap();
    execute(&lock, "LOCK TABLE organizations IN ACCESS EXCLUSIVE MODE").await;
    let waiting = tokio::spawn(async move { client.query(FOUND).await });
    somebody_waits(&watcher).await;

    serving.terminate().await;
    serving.line("shutting down").await;
    is_closed(&serving.address).await;
    lock.commit().await.unwrap();
    let answer = waiting.await.unwrap();
    assert_eq!(answer.text("/createOrganization/organization/name"), "Late");
    let ended = serving.ended().await;
    assert!(!ended.is_ok().err.contains("cut off"), "{ended:#?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_beyond_the_limit_is_cut_off_and_leaves_nothing(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let mut serving = Program::on(&test.server_url())
        .with("TOMBOLA_SHUTDOWN_SECONDS", "0")
        .with("TOMBOLA_OPERATION_SECONDS", "600")
        .with("TOMBOLA_DATABASE__STATEMENT_SECONDS", "600")
        .serve(&[])
        .await;
    let client = signed_in(&serving).await;
    let (holder, watcher) = (test.superuser().await, test.superuser().await);
    let lock = sea_orm::TransactionTrait::begin(&holder).await.unwrap();
    execute(&lock, "LOCK TABLE organizations IN ACCESS EXCLUSIVE MODE").await;
    let http = client.http().clone();
    let request = http
        .post(format!("{}/graphql", serving.address))
        .bearer_auth(client.token.as_deref().unwrap())
        .json(&json!({ "query": FOUND }))
        .send();
    let waiting = tokio::spawn(request);
    somebody_waits(&watcher).await;

    serving.terminate().await;
    serving.line("shutting down").await;
    let ended = serving.ended().await;
    assert!(ended.is_ok().err.contains("cut off"), "{ended:#?}");
    assert!(waiting.await.unwrap().is_err(), "the client learns that it was cut off");
    lock.commit().await.unwrap();
    assert_eq!(
        count(&watcher, "SELECT count(*) FROM organizations WHERE slug <> 'PLATFORM'").await,
        0
    );
}

/// Waits until so many operations of a name were executed.
async fn executed(client: &Client, name: &str, wanted: usize) {
    let line = format!("tombola_operations_total{{name=\"{name}\",kind=\"query\",outcome=\"ok\"}} {wanted}");
    let reached = async {
        loop {
            let figures = client.http().get(format!("{}/metrics", client.base())).send();
            if figures.await.unwrap().text().await.unwrap().contains(&line) {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, reached)
        .await
        .unwrap_or_else(|_| panic!("no “{line}”"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answers_that_wait_for_a_socket_come_before_its_goodbye() {
    const MANY: usize = 30;
    // All of them are made, though their client reads none of them yet.
    let program = Program::new()
        .with("TOMBOLA_LIMITS__QUEUE", "100")
        .with("TOMBOLA_LIMITS__SOCKET_BYTES", "67108864");
    let mut serving = program.serve(&[]).await;
    let host = serving.address.trim_start_matches("http://").to_owned();
    // Answers that are too large for what the kernel keeps of an unread connection.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let stream = MaybeTlsStream::Plain(socket.connect(host.parse().unwrap()).await.unwrap());
    let mut request = format!("ws://{host}/graphql").into_client_request().unwrap();
    let protocol = "graphql-transport-ws".parse().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let mut raw = Raw(client_async(request, stream).await.unwrap().0);
    raw.init(&serving.client()).await;
    assert_eq!(raw.receive().await["type"], "connection_ack");
    for id in 0..MANY {
        let document = include_str!("../transport/introspection.graphql");
        raw.subscribe(&id.to_string(), document).await;
    }
    executed(&serving.client(), "IntrospectionQuery", MANY).await;

    serving.terminate().await;
    serving.line("shutting down").await;
    is_closed(&serving.address).await;
    let mut complete = 0;
    let closed = loop {
        let message = raw.receive().await;
        match message["type"].as_str() {
            Some("next") => {}
            Some("complete") => complete += 1,
            _ => break message,
        }
    };
    assert_eq!((complete, &closed["closed"]), (MANY, &json!(1001)), "{closed}");
    serving.ended().await.is_ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_ends_at_once() {
    let program = Program::new().with("TOMBOLA_SHUTDOWN_SECONDS", "600");
    let mut serving = program.serve(&[]).await;
    let client = signed_in(&serving).await;
    let held = Held::send(&serving, &client).await;
    serving.terminate().await;
    serving.line("shutting down").await;
    is_closed(&serving.address).await;
    serving.terminate().await;
    let ended = serving.ended().await;
    assert_ne!(ended.code, Some(0), "{ended:#?}");
    drop(held);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_server_ends_at_once() {
    let program = Program::new().with("TOMBOLA_SHUTDOWN_SECONDS", "600");
    let serving = program.serve(&[]).await;
    // A connection that is kept alive but has nothing to say is no reason to wait.
    let client = signed_in(&serving).await;
    client.query("{ viewer { email } }").await.text("/viewer/email");
    serving.stop().await.is_ok();
}
