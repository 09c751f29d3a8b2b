//! Reads and changes together, at a rate that does not wait for answers.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use hdrhistogram::Histogram;
use tokio::{runtime::Handle, task::JoinHandle};

use super::setting::{Found, Setting};
use crate::{
    client::{Connection, Prepared},
    measure::new_histogram,
    process::cpu_milliseconds,
    say::say,
    scenario::{self, Mix},
    server::Server,
};

/// Requests in a second.
const RATE: usize = 200;
/// Seconds that are measured.
const SECONDS: usize = 20;
/// Seconds before, which are not.
const WARMING: usize = 3;
/// Milliseconds that the mean over all operations should stay under.
const GOAL: f64 = 45.0;

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    List,
    Room,
    Change,
}

struct Planned {
    kind: Kind,
    request: Prepared,
}

struct Outcome {
    kind: Kind,
    /// From the moment at which the request was due until its answer was there.
    latency: Duration,
    /// From the moment at which it was due until it was sent.
    late: Duration,
    failure: Option<String>,
}

/// The head of the table.
pub const HEAD: &str = "| | requests | errors | mean | p50 | p95 | p99 | max | goal |\n\
    |---|--:|--:|--:|--:|--:|--:|--:|---|\n";

/// What stands above the table.
pub fn introduction() -> String {
    format!(
        "{RATE} requests a second for {SECONDS} seconds, evenly spaced, sent whether or not those before were answered: \
         80 % room lists (20 rooms, filter and order) by 2,000 callers, 10 % a room in full (50 people), 10 % changes \
         (`awardPrize` and `createPrize` in turn). Milliseconds from the moment at which a request was due, so that a stall \
         counts for every request that it kept waiting. {WARMING} seconds before are not counted. Goal: a mean over all \
         operations under {GOAL} ms."
    )
}

/// Measures it on one database.
pub async fn measure(setting: &Setting<'_>) -> Result<Found> {
    let server = Server::tombola(setting.folder, &setting.database.server_url, setting.key).await?;
    let connection = Arc::new(Connection::many(&server.address)?);
    let plan = plan(setting)?;
    let (before, start) = (cpu_milliseconds(server.pid), Instant::now());
    let outcomes = send(connection, plan).await?;
    let elapsed = start.elapsed().as_secs_f64() * 1000.0;
    let cpu = cpu_milliseconds(server.pid)
        .zip(before)
        .map(|(after, before)| after - before);
    server.stop().await?;
    let measured = &outcomes[RATE * WARMING..];
    let name = setting.name;
    let mut rows = row(name, measured, |_| true, Some(GOAL))?;
    for (what, kind) in [
        ("room lists", Kind::List),
        ("one room", Kind::Room),
        ("changes", Kind::Change),
    ] {
        rows += &row(&format!("{name}: {what}"), measured, |other| other == kind, None)?;
    }
    let notes = note(name, measured, cpu.map(|cpu| cpu / elapsed));
    say(rows.trim_end());
    say(notes.trim_end());
    if let Some(failure) = outcomes.iter().find_map(|outcome| outcome.failure.as_ref()) {
        say(&format!("  ! the first error: {failure}"));
    }
    Ok(Found { rows, notes })
}

/// Of each ten requests one reads a room in full and one changes something.
fn plan(setting: &Setting<'_>) -> Result<Vec<Planned>> {
    let count = RATE * (WARMING + SECONDS);
    let mix = scenario::mix(setting.scale, setting.tokens, setting.done)?;
    let Mix { lists, rooms, changes } = mix;
    ensure!(
        changes.len() >= count / 10,
        "the data set has too few prizes left to award: run without --keep"
    );
    let (mut lists, mut rooms) = (lists.into_iter().cycle(), rooms.into_iter().cycle());
    let mut changes = changes.into_iter();
    let planned = |number: usize| {
        let (kind, request) = match number % 10 {
            3 => (Kind::Room, rooms.next()),
            8 => (Kind::Change, changes.next()),
            _ => (Kind::List, lists.next()),
        };
        let request = request.context("the data set has no rooms")?;
        Ok(Planned { kind, request })
    };
    (0..count).map(planned).collect()
}

/// Sends each when it is due. A thread of its own keeps the time, so that no work of this process delays it.
async fn send(connection: Arc<Connection>, plan: Vec<Planned>) -> Result<Vec<Outcome>> {
    let interval = Duration::from_secs(1) / RATE as u32;
    let runtime = Handle::current();
    let sender = move || {
        let start = Instant::now();
        let send = |(number, planned): (usize, Planned)| {
            let due = start + interval * number as u32;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            runtime.spawn(one(connection.clone(), planned, due))
        };
        plan.into_iter().enumerate().map(send).collect::<Vec<JoinHandle<_>>>()
    };
    let sent = tokio::task::spawn_blocking(sender).await?;
    Ok(try_join_all(sent).await?)
}

async fn one(connection: Arc<Connection>, planned: Planned, due: Instant) -> Outcome {
    let late = due.elapsed();
    let answer = connection.send(&planned.request).await;
    Outcome {
        kind: planned.kind,
        latency: due.elapsed(),
        late,
        failure: answer.err().map(|error| format!("{error:#}")),
    }
}

/// Errors are counted, and their latencies too: a request that fails has kept somebody waiting.
fn row(name: &str, outcomes: &[Outcome], of: impl Fn(Kind) -> bool, goal: Option<f64>) -> Result<String> {
    let mut latencies: Histogram<u64> = new_histogram()?;
    let mut errors = 0;
    for outcome in outcomes.iter().filter(|outcome| of(outcome.kind)) {
        latencies.saturating_record(u64::try_from(outcome.latency.as_micros())?);
        errors += usize::from(outcome.failure.is_some());
    }
    let mean = latencies.mean() / 1000.0;
    let quantiles = [0.5, 0.95, 0.99].map(|quantile| latencies.value_at_quantile(quantile));
    let [p50, p95, p99] = quantiles.map(|microseconds| microseconds as f64 / 1000.0);
    let goal = goal.map_or_else(
        || "–".to_owned(),
        |goal| format!("{}: mean under {goal} ms", if mean < goal { "yes" } else { "**no**" }),
    );
    Ok(format!(
        "| {name} | {} | {errors} | {mean:.2} | {p50:.2} | {p95:.2} | {p99:.2} | {:.2} | {goal} |\n",
        latencies.len(),
        latencies.max() as f64 / 1000.0
    ))
}

/// How far the figures can be trusted: whether the sender kept its time, and whether the server had cores left.
fn note(name: &str, outcomes: &[Outcome], cores: Option<f64>) -> String {
    let mut late: Vec<_> = outcomes.iter().map(|outcome| outcome.late).collect();
    late.sort();
    let at = |share: usize| {
        late.get((late.len().max(1) - 1) * share / 100)
            .map_or(0.0, Duration::as_secs_f64)
            * 1000.0
    };
    let cores = cores.map_or_else(String::new, |cores| format!("; the server kept {cores:.2} cores busy"));
    format!(
        "- {name}: requests were sent {:.2} ms after they were due (median), {:.2} ms at p99, {:.2} ms at most{cores}.\n",
        at(50),
        at(99),
        at(100)
    )
}
