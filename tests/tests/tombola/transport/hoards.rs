//! What clients make the server keep: answers that nobody reads, and bodies that do not end. It is bounded in bytes.

use std::process::Stdio;

use futures::{FutureExt, future::FusedFuture};
use serde_json::{Value as Json, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use super::{attacks::Target, socket::Raw};
use crate::program::{PATIENCE, Program};

/// Connections of HTTP/2, and bodies on each of them.
const CONNECTIONS: usize = 8;
const BODIES: usize = 40;
/// Bytes of each that are sent: all of them have 300 MB.
const BODY: usize = 950_000;

/// The whole schema, which is a long answer.
const SCHEMA: &str =
    "{ __schema { types { name description fields { name description args { name description } } } } }";
/// Operations that one socket asks for and does not read: they would be answered with a good 100 MB.
const ASKED: usize = 1000;

/// `clients` in its name: it needs Node.js.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_clients_that_do_not_end_are_bounded_together() {
    let target = Target::new(Program::new()).await;
    let mut attacker = Command::new("node")
        .arg("unfinished.mjs")
        .arg(target.client.base())
        .args([CONNECTIONS, BODIES, BODY].map(|number| number.to_string()))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/clients"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node runs");
    let mut lines = BufReader::new(attacker.stdout.take().unwrap()).lines();
    let said = tokio::time::timeout(PATIENCE, lines.next_line()).await;
    let said = said.expect("it says how far it came").unwrap().unwrap();
    // The bodies that go on are open while the memory is looked at.
    target.stands().await;
    let said: Json = serde_json::from_str(&said).unwrap();
    assert!(
        said["answered"].as_u64() < Some((CONNECTIONS * BODIES) as u64),
        "some are still open: {said}"
    );
    drop(attacker.stdin.take());
    attacker.wait().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_a_socket_does_not_read_are_bounded() {
    let target = Target::new(Program::new()).await;
    let mut deaf = Raw::ready(&target.client).await;
    let asking = async {
        for id in 0..ASKED {
            let payload = json!({ "query": SCHEMA });
            let message = json!({ "type": "subscribe", "id": id.to_string(), "payload": payload });
            // The server stops to read what it cannot answer, or ends the socket.
            if !deaf.tries(message).await {
                return;
            }
        }
    };
    let beside = async {
        for _ in 0..200 {
            assert!(target.client.query("{ rooms { totalCount } }").await.is_ok());
        }
        // The memory is looked at while the answers wait.
        target.stands().await;
    };
    let mut asking = std::pin::pin!(asking.fuse());
    let mut beside = std::pin::pin!(beside.fuse());
    loop {
        tokio::select! {
            () = &mut beside => break,
            () = &mut asking, if !asking.is_terminated() => {}
        }
    }
}
