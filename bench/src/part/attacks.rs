//! What attacks cost: those who attack, those who ask beside them, and the server's memory.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::{SinkExt, StreamExt, TryStreamExt, future::try_join_all, stream};
use hdrhistogram::Histogram;
use reqwest::{
    RequestBuilder,
    header::{ACCEPT_ENCODING, CONTENT_TYPE},
};
use serde_json::{Value as Json, json};
use tests::attacks::{Attack, attacks};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_tungstenite::tungstenite::Message;

use super::setting::{Found, Setting};
use crate::{
    client::{Connection, Prepared},
    data::scale::{Table, admin, text},
    measure::new_histogram,
    process::memory_mebibytes,
    say::say,
    scenario,
    server::Server,
    socket::{self, Socket},
};

/// Connections that send an attack again and again.
const ATTACKERS: usize = 4;
/// Callers who read lists at once before anything is measured: an embedded database has a cache for each connection.
const WARMING: usize = 32;
/// How long each attack lasts.
const LASTING: Duration = Duration::from_secs(1);
/// Connections that send a head or a body slowly.
const SLOW: usize = 50;
/// Sockets that never say who they are.
const HALF_OPEN: usize = 1_000;
/// Sockets that never read: with their subscriptions about as many as the rates let one caller have at once.
const DEAF: usize = 5;
/// Subscriptions of each of them.
const SUBSCRIPTIONS: usize = 20;
/// Changes of the room that they follow.
const CHANGES: usize = 50;
/// Opened at once.
const TOGETHER: usize = 20;
/// Milliseconds in which an attack should be answered.
const REFUSED: f64 = 50.0;
/// Milliseconds in which others should be answered beside it.
const BESIDE: f64 = 50.0;
/// MiB by which memory may grow.
const GROWTH: f64 = 64.0;

/// What everybody can fetch.
const FETCHED: [&str; 2] = ["/schema.graphql", "/"];

/// The head of the table.
pub const HEAD: &str = "| | answer | p50 | p99 | worst | beside: p50 | p99 | worst | memory | goal |\n\
    |---|---|--:|--:|--:|--:|--:|--:|--:|---|\n";

/// What stands above the table.
pub fn introduction() -> String {
    format!(
        "Each request of {ATTACKERS} connections that send it for {} s without a pause, and beside them one caller who reads \
         room lists (20 rooms, filter and order). Then {SLOW} connections that send half a head or half a body, {HALF_OPEN} \
         sockets that never say who they are, and {DEAF} sockets with {SUBSCRIPTIONS} subscriptions each that never read. \
         Milliseconds; memory is the process's, now, in MiB. Goal: what is refused is refused within {REFUSED:.0} ms and others \
         are answered within {BESIDE:.0} ms, both at p99, memory never more than {GROWTH:.0} MiB above that of the first row.",
        LASTING.as_secs()
    )
}

/// Measures it on one database.
pub async fn measure(setting: &Setting<'_>) -> Result<Found> {
    let server = Server::quiet_tombola(setting.folder, &setting.database.server_url, setting.key).await?;
    let lists = scenario::mix(setting.scale, setting.tokens, setting.done)?.lists;
    let mut bench = Bench {
        name: setting.name,
        beside: Connection::new(&server.address)?,
        lists,
        first: 0.0,
        rows: String::new(),
        server,
    };
    // Warms the caches and prepared statements of all connections to the database.
    try_join_all((0..WARMING).map(|_| bench.beside())).await?;
    bench.first = bench.memory();
    let quiet = bench.beside().await?;
    bench.row("nothing", "", None, &quiet);
    for attack in attacks() {
        let (answered, beside) = tokio::try_join!(bench.sent(&attack), bench.beside())?;
        bench.row(attack.name, attack.code.unwrap_or("data"), Some(&answered), &beside);
    }
    for path in FETCHED {
        let (answered, beside) = tokio::try_join!(bench.fetched(path), bench.beside())?;
        bench.row(&format!("GET {path}"), "data", Some(&answered), &beside);
    }
    let slow = bench.slow().await?;
    bench
        .held("heads and bodies that are not sent to their end", slow)
        .await?;
    let half_open = bench.half_open().await?;
    bench.held("sockets that never say who they are", half_open).await?;
    let deaf = bench.deaf(setting).await?;
    bench.held("subscribers that never read", deaf).await?;
    let notes = bench.note();
    say(notes.trim_end());
    bench.server.stop().await?;
    Ok(Found {
        rows: bench.rows,
        notes,
    })
}

/// Sends a request again and again, for as long as an attack lasts.
async fn repeated(request: impl Fn() -> RequestBuilder, check: impl Fn(&[u8]) -> Result<()>) -> Result<Histogram<u64>> {
    let mut latencies = new_histogram()?;
    let end = Instant::now() + LASTING;
    while Instant::now() < end {
        let start = Instant::now();
        let answer = request().send().await?.bytes().await?;
        latencies.saturating_record(u64::try_from(start.elapsed().as_micros())?);
        check(&answer)?;
    }
    Ok(latencies)
}

struct Bench<'a> {
    name: &'a str,
    server: Server,
    beside: Connection,
    lists: Vec<Prepared>,
    /// Memory before the first attack.
    first: f64,
    rows: String,
}

impl Bench<'_> {
    fn memory(&self) -> f64 {
        memory_mebibytes(self.server.pid, "VmRSS").unwrap_or_default()
    }

    fn host(&self) -> &str {
        self.server.address.trim_start_matches("http://")
    }

    /// How long others wait, for as long as an attack lasts.
    async fn beside(&self) -> Result<Histogram<u64>> {
        let mut latencies = new_histogram()?;
        let end = Instant::now() + LASTING;
        for request in self.lists.iter().cycle() {
            let start = Instant::now();
            if start > end {
                break;
            }
            self.beside.send(request).await?;
            latencies.saturating_record(u64::try_from(start.elapsed().as_micros())?);
        }
        Ok(latencies)
    }

    /// Sends an attack from several connections, and sees to it that it is answered as it should be.
    async fn sent(&self, attack: &Attack) -> Result<Histogram<u64>> {
        let lines = try_join_all((0..ATTACKERS).map(|_| self.one_line(attack))).await?;
        let mut latencies = new_histogram()?;
        for line in lines {
            latencies.add(line)?;
        }
        Ok(latencies)
    }

    async fn one_line(&self, attack: &Attack) -> Result<Histogram<u64>> {
        let client = reqwest::Client::builder().http1_only().build()?;
        let url = format!("{}/graphql", self.server.address);
        let request = || {
            let request = client.post(&url).header(CONTENT_TYPE, "application/json");
            request.body(attack.body.clone())
        };
        repeated(request, |answer| {
            let answer: Json = serde_json::from_slice(answer)?;
            let code = answer["errors"][0]["extensions"]["code"].as_str();
            ensure!(code == attack.code, "{} was answered {code:?}", attack.name);
            Ok(())
        })
        .await
    }

    /// Fetches a path from several connections.
    async fn fetched(&self, path: &str) -> Result<Histogram<u64>> {
        let client = reqwest::Client::builder().http1_only().build()?;
        let url = format!("{}{path}", self.server.address);
        let request = || client.get(&url).header(ACCEPT_ENCODING, "gzip");
        let line = || repeated(&request, |_| Ok(()));
        let mut latencies = new_histogram()?;
        for line in try_join_all((0..ATTACKERS).map(|_| line())).await? {
            latencies.add(line)?;
        }
        Ok(latencies)
    }

    /// Half of them never finish their head, half never their body.
    async fn slow(&self) -> Result<Vec<TcpStream>> {
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n",
            self.host()
        );
        let body = format!("{head}\r\n{{\"query\":");
        let open = |number: usize| {
            let begun = if number.is_multiple_of(2) { &head } else { &body };
            async move {
                let mut stream = TcpStream::connect(self.host()).await?;
                stream.write_all(begun.as_bytes()).await?;
                Ok(stream)
            }
        };
        try_join_all((0..SLOW).map(open)).await
    }

    async fn half_open(&self) -> Result<Vec<Socket>> {
        let open = |_| socket::open(&self.server.address);
        let open = stream::iter(0..HALF_OPEN).map(open).buffer_unordered(TOGETHER);
        open.try_collect().await
    }

    /// Each asks for the whole log again and again.
    async fn deaf(&self, setting: &Setting<'_>) -> Result<Vec<Socket>> {
        let room = text(Table::Room, 0);
        let bearer = setting.tokens.bearer(admin(0))?;
        let change = "mutation ($input: UpdateRoomInput!) { updateRoom(input: $input) { room { id } } }";
        for number in 0..CHANGES {
            let input = json!({ "input": { "roomId": room, "title": format!("{number:0>190}") } });
            self.beside.send(&Prepared::new(Some(&bearer), change, &input)?).await?;
        }
        let document = "subscription ($room: ID!) { roomEvents(roomId: $room, after: 0) { sequence
            room { events(first: 100) { sequence ... on RoomChanged { title } } } } }";
        let open = |_| async {
            let mut socket = socket::signed_in(&self.server.address, &bearer).await?;
            for id in 0..SUBSCRIPTIONS {
                let payload = json!({ "query": document, "variables": { "room": room } });
                let subscribe = json!({ "type": "subscribe", "id": id.to_string(), "payload": payload });
                socket.send(Message::text(subscribe.to_string())).await?;
            }
            Ok(socket)
        };
        try_join_all((0..DEAF).map(open)).await
    }

    /// A row of what is held open meanwhile.
    async fn held<T>(&mut self, name: &str, open: Vec<T>) -> Result<()> {
        let beside = self.beside().await?;
        self.row(&format!("{} {name}", open.len()), "", None, &beside);
        Ok(())
    }

    fn row(&mut self, name: &str, answer: &str, attacker: Option<&Histogram<u64>>, beside: &Histogram<u64>) {
        let milliseconds = |value: u64| value as f64 / 1000.0;
        let at = |latencies: &Histogram<u64>, quantile| milliseconds(latencies.value_at_quantile(quantile));
        let attacked = attacker.map_or_else(
            || "| | ".to_owned(),
            |latencies| {
                let (middle, high) = (at(latencies, 0.5), at(latencies, 0.99));
                format!("{middle:.1} | {high:.1} | {:.1}", milliseconds(latencies.max()))
            },
        );
        // What is answered with data takes what it takes.
        let refused = answer == "data" || attacker.is_none_or(|latencies| at(latencies, 0.99) < REFUSED);
        let memory = self.memory();
        let goal = match refused && at(beside, 0.99) < BESIDE && memory - self.first < GROWTH {
            true => "yes",
            false => "**no**",
        };
        let row = format!(
            "| {}: {name} | {answer} | {attacked} | {:.1} | {:.1} | {:.1} | {memory:.0} | {goal} |\n",
            self.name,
            at(beside, 0.5),
            at(beside, 0.99),
            milliseconds(beside.max()),
        );
        say(&format!("  {}", row.trim()));
        self.rows += &row;
    }

    /// What was used for a moment counts, too.
    fn note(&self) -> String {
        let highest = memory_mebibytes(self.server.pid, "VmHWM").unwrap_or_default();
        format!(
            "- {}: memory was {highest:.0} MiB at its highest, {:.0} MiB above that of the first row.\n",
            self.name,
            highest - self.first
        )
    }
}
