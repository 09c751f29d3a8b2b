//! How soon many sockets that follow one room have its events.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use hdrhistogram::Histogram;
use serde_json::json;
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
};

use super::{
    setting::{Found, Setting},
    sockets::subscribed,
};
use crate::{
    client::{Connection, Prepared},
    data::scale::{Table, admin, is_active, is_public, text},
    measure::new_histogram,
    process::{cpu_milliseconds, memory_mebibytes},
    say::say,
    server::Server,
    socket::{self, Socket},
};

/// Sockets, and the milliseconds under which the p99 should stay.
const STEPS: [(usize, f64); 3] = [(1_000, 30.0), (5_000, 80.0), (9_000, 120.0)];
/// Opened at once.
const TOGETHER: usize = 20;
/// Events that are measured.
const ROUNDS: usize = 20;
/// Events before, which are not: the first ones come while subscriptions still catch up.
const WARMING: usize = 3;
/// How long an event may take to reach all sockets.
const PATIENCE: Duration = Duration::from_secs(30);

/// The head of the table.
pub const HEAD: &str = "| | sockets | p50 | p99 | max | CPU for each delivery | memory for each socket | goal |\n\
    |---|--:|--:|--:|--:|--:|--:|---|\n";

/// What stands above the table.
pub fn introduction() -> String {
    format!(
        "WebSockets, each signed in as another user, all following the events of one public room. Its organizer changes it \
         {ROUNDS} times, each time when all have the event before. Milliseconds from the beginning of the mutation until a \
         socket's client has the event, over all sockets and events. CPU of the server's process alone, the mutation's share \
         included; the clients run on the same machine. Memory: growth of the server's process until the last event, divided by \
         the sockets."
    )
}

/// Measures it on one database.
pub async fn measure(setting: &Setting<'_>) -> Result<Found> {
    let mut rows = String::new();
    for (sockets, goal) in STEPS {
        rows += &step(setting, sockets, goal).await?;
    }
    Ok(Found {
        rows,
        notes: String::new(),
    })
}

async fn step(setting: &Setting<'_>, count: usize, goal: f64) -> Result<String> {
    let server = Server::tombola(setting.folder, &setting.database.server_url, setting.key).await?;
    let memory = || memory_mebibytes(server.pid, "VmRSS");
    let room = (0..setting.scale.rooms)
        .find(|room| is_active(*room) && is_public(*room))
        .context("the data set has no public room")?;
    let before = memory();
    let mut audience = Audience::open(setting, &server, room, count).await?;
    let organizer = Connection::new(&server.address)?;
    let mut latencies = new_histogram()?;
    for number in 0..WARMING {
        let change = change(setting, room, number)?;
        audience.hear(&organizer, &change, &mut new_histogram()?).await?;
    }
    let busy = cpu_milliseconds(server.pid);
    for number in 0..ROUNDS {
        let change = change(setting, room, WARMING + number)?;
        audience.hear(&organizer, &change, &mut latencies).await?;
    }
    let busy = cpu_milliseconds(server.pid)
        .zip(busy)
        .map(|(after, before)| after - before);
    let grown = memory().zip(before).map(|(after, before)| after - before);
    drop(audience);
    server.stop().await?;
    let [p50, p99] = [0.5, 0.99].map(|quantile| latencies.value_at_quantile(quantile) as f64 / 1000.0);
    let unknown = || "unknown".to_owned();
    let cpu = busy.map_or_else(unknown, |busy| {
        format!("{:.1} µs", busy * 1000.0 / (count * ROUNDS) as f64)
    });
    let memory = grown.map_or_else(unknown, |grown| format!("{:.1} KiB", grown * 1024.0 / count as f64));
    let row = format!(
        "| {} | {count} | {p50:.1} | {p99:.1} | {:.1} | {cpu} | {memory} | {}: p99 under {goal} ms |\n",
        setting.name,
        latencies.max() as f64 / 1000.0,
        if p99 < goal { "yes" } else { "**no**" },
    );
    say(&format!("  {}", row.trim()));
    Ok(row)
}

/// A change of a room that is one event.
fn change(setting: &Setting<'_>, room: u64, number: usize) -> Result<Prepared> {
    let document = "mutation ($room: ID!, $title: String!) { updateRoom(input: { roomId: $room, title: $title }) { room { id } } }";
    let bearer = setting.tokens.bearer(admin(room))?;
    let variables = json!({ "room": text(Table::Room, room), "title": format!("Title {number}") });
    Prepared::new(Some(&bearer), document, &variables)
}

/// Sockets that follow one room.
struct Audience {
    count: usize,
    heard: mpsc::UnboundedReceiver<Instant>,
    _readers: JoinSet<Result<()>>,
}

impl Audience {
    async fn open(setting: &Setting<'_>, server: &Server, room: u64, count: usize) -> Result<Self> {
        let follow = |number: usize| {
            let bearer = setting.tokens.bearer(number as u64);
            async move { socket::follow(&server.address, &bearer?, room).await }
        };
        let sockets: Vec<Socket> = stream::iter(0..count)
            .map(follow)
            .buffer_unordered(TOGETHER)
            .try_collect()
            .await?;
        subscribed(server, count).await?;
        let (tell, heard) = mpsc::unbounded_channel();
        let mut readers = JoinSet::new();
        for socket in sockets {
            let _: AbortHandle = readers.spawn(listen(socket, tell.clone()));
        }
        Ok(Self {
            count,
            heard,
            _readers: readers,
        })
    }

    /// Makes a change, and waits until all have heard of it.
    async fn hear(&mut self, organizer: &Connection, change: &Prepared, latencies: &mut Histogram<u64>) -> Result<()> {
        let start = Instant::now();
        let all = async {
            organizer.send(change).await?;
            for _ in 0..self.count {
                let at = self.heard.recv().await.context("every socket was closed")?;
                latencies.saturating_record(u64::try_from((at - start).as_micros())?);
            }
            Ok(())
        };
        tokio::time::timeout(PATIENCE, all)
            .await
            .with_context(|| format!("an event did not reach all sockets in {PATIENCE:?}"))?
    }
}

async fn listen(mut socket: Socket, tell: mpsc::UnboundedSender<Instant>) -> Result<()> {
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_ping() {
            continue;
        }
        ensure!(message.is_text(), "the server said {message}");
        if tell.send(Instant::now()).is_err() {
            break;
        }
    }
    Ok(())
}
