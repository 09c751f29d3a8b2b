//! What a socket costs on which nothing happens.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::task::JoinSet;

use super::setting::{Found, Setting};
use crate::{
    data::scale::{is_active, is_public},
    process::{cpu_milliseconds, memory_mebibytes},
    say::say,
    server::Server,
    socket::{self, Socket},
};

/// Sockets, each of a user of its own, with one subscription.
const SOCKETS: usize = 1_000;
/// Opened and closed before: what the first socket makes the server keep is not counted.
const WARMING: usize = 10;
/// Opened at once.
const TOGETHER: usize = 20;
/// How long nothing happens: longer than it takes the server to ask each client whether it is there.
const IDLE: Duration = Duration::from_secs(25);
/// How long the server may take to begin or end all subscriptions.
const PATIENCE: Duration = Duration::from_secs(30);

/// The head of the table.
pub const HEAD: &str = "| | before | open | for each | after a while | CPU, idle |\n\
    |---|--:|--:|--:|--:|--:|\n";

/// What stands above the table.
pub fn introduction() -> String {
    format!(
        "{SOCKETS} WebSockets, each signed in as another user and with one subscription to the events of another room, in \
         which nothing happens. Resident memory of a fresh server's process: before ({WARMING} sockets have come and gone), \
         with all of them, and after {} seconds in which each was pinged and every session looked after; CPU in those \
         seconds. There is no goal.",
        IDLE.as_secs()
    )
}

/// Measures it on one database.
pub async fn measure(setting: &Setting<'_>) -> Result<Found> {
    let server = Server::tombola(setting.folder, &setting.database.server_url, setting.key).await?;
    let memory = || memory_mebibytes(server.pid, "VmRSS");
    drop(open(setting, &server, WARMING).await?);
    subscribed(&server, 0).await?;
    let before = memory();
    let sockets = open(setting, &server, SOCKETS).await?;
    subscribed(&server, SOCKETS).await?;
    let opened = memory();
    let busy = cpu_milliseconds(server.pid);
    let (sockets, elapsed) = idle(sockets).await?;
    let busy = cpu_milliseconds(server.pid)
        .zip(busy)
        .map(|(after, before)| after - before);
    subscribed(&server, SOCKETS).await?;
    let after = memory();
    drop(sockets);
    server.stop().await?;
    let known = before.zip(opened).zip(after).zip(busy);
    let cells = known.map_or_else(
        || "unknown on this system | | | |".to_owned(),
        |(((before, opened), after), busy)| {
            format!(
                "{before:.1} MiB | {opened:.1} MiB | {:.1} KiB | {after:.1} MiB | {:.1} % of a core",
                (opened - before) * 1024.0 / SOCKETS as f64,
                busy / elapsed.as_secs_f64() / 10.0
            )
        },
    );
    let row = format!("| {} | {cells} |\n", setting.name);
    say(&format!("  {}", row.trim()));
    Ok(Found {
        rows: row,
        notes: String::new(),
    })
}

/// Each socket has its own user and, as far as there are so many, its own room.
async fn open(setting: &Setting<'_>, server: &Server, count: usize) -> Result<Vec<Socket>> {
    let rooms: Vec<u64> = (0..setting.scale.rooms)
        .filter(|room| is_active(*room) && is_public(*room))
        .collect();
    let follow = |number: usize| {
        let room = rooms[number % rooms.len()];
        let bearer = setting.tokens.bearer(number as u64);
        async move { socket::follow(&server.address, &bearer?, room).await }
    };
    stream::iter(0..count)
        .map(follow)
        .buffer_unordered(TOGETHER)
        .try_collect()
        .await
}

/// Waits until the server says that so many subscriptions run.
pub(super) async fn subscribed(server: &Server, count: usize) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let text = reqwest::get(format!("{}/metrics", server.address))
            .await?
            .text()
            .await?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("tombola_subscriptions "));
        let open: usize = line.context("/metrics tells of no subscriptions")?.trim().parse()?;
        if open == count {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("{open} subscriptions run after {PATIENCE:?}, where {count} should");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Lets time pass. The clients read meanwhile, which answers the server's pings.
async fn idle(sockets: Vec<Socket>) -> Result<(Vec<Socket>, Duration)> {
    let start = Instant::now();
    let mut readers = JoinSet::new();
    for socket in sockets {
        readers.spawn(quiet(socket));
    }
    let mut sockets = Vec::new();
    while let Some(socket) = readers.join_next().await {
        sockets.push(socket??);
    }
    Ok((sockets, start.elapsed()))
}

/// Reads a socket on which nothing but pings may come.
async fn quiet(mut socket: Socket) -> Result<Socket> {
    let end = tokio::time::Instant::now() + IDLE;
    while let Ok(message) = tokio::time::timeout_at(end, socket.next()).await {
        let message = message.context("the server closed a socket")??;
        ensure!(message.is_ping(), "an idle socket was sent {message}");
    }
    Ok(socket)
}
