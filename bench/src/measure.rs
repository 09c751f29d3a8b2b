//! A load and its figures.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use futures::future::try_join_all;
use hdrhistogram::Histogram;

use crate::{
    client::{Connection, Prepared},
    process::cpu_milliseconds,
};

/// Requests that are sent again and again, or each once.
pub struct Load {
    requests: Vec<Prepared>,
    once: bool,
    next: AtomicUsize,
}

impl Load {
    /// Requests that are sent in turn; with `once` none is sent a second time.
    pub fn new(requests: Vec<Prepared>, once: bool) -> Self {
        Self {
            requests,
            once,
            next: AtomicUsize::new(0),
        }
    }

    fn take(&self) -> Option<&Prepared> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        if self.once {
            self.requests.get(number)
        } else {
            self.requests.get(number % self.requests.len().max(1))
        }
    }
}

/// What one phase of a load showed.
pub struct Phase {
    /// In microseconds.
    pub latencies: Histogram<u64>,
    /// Requests in a second.
    pub rate: f64,
    /// Mean size of an answer, in bytes.
    pub size: usize,
    /// CPU time of the server for one request, in milliseconds.
    pub server_cpu: Option<f64>,
    /// CPU time of the database's processes for one request, in milliseconds.
    pub database_cpu: Option<f64>,
}

impl Phase {
    /// A latency in milliseconds.
    pub fn latency(&self, quantile: f64) -> f64 {
        self.latencies.value_at_quantile(quantile) as f64 / 1000.0
    }
}

/// Sends a load over so many connections for so long.
///
/// # Errors
/// When a request fails, or there are too few of them.
pub async fn run(
    address: &str,
    load: &Arc<Load>,
    connections: usize,
    lasting: Duration,
    server: u32,
    database: &[u32],
) -> Result<Phase> {
    let lines = (0..connections)
        .map(|_| Connection::new(address))
        .collect::<Result<Vec<_>>>()?;
    // The connections are opened outside the figures.
    for line in &lines {
        if let Some(request) = load.take() {
            line.send(request).await?;
        }
    }
    let database_cpu = || database.iter().map(|pid| cpu_milliseconds(*pid)).sum::<Option<f64>>();
    let (server_before, database_before) = (cpu_milliseconds(server), database_cpu());
    let start = Instant::now();
    let workers = lines.into_iter().map(|line| {
        let load = load.clone();
        async move { tokio::spawn(one_line(line, load, start + lasting)).await? }
    });
    let parts = try_join_all(workers).await?;
    let elapsed = start.elapsed().as_secs_f64();
    let (server_after, database_after) = (cpu_milliseconds(server), database_cpu());
    let mut latencies = new_histogram()?;
    let mut bytes = 0;
    for (part, part_bytes) in parts {
        latencies.add(part)?;
        bytes += part_bytes;
    }
    let count = latencies.len();
    if count == 0 {
        bail!("no request was measured: the load has too few of them");
    }
    let each = |before: Option<f64>, after: Option<f64>| Some((after? - before?) / count as f64);
    Ok(Phase {
        rate: count as f64 / elapsed,
        size: bytes / count as usize,
        server_cpu: each(server_before, server_after),
        database_cpu: each(database_before, database_after).filter(|_| !database.is_empty()),
        latencies,
    })
}

async fn one_line(line: Connection, load: Arc<Load>, end: Instant) -> Result<(Histogram<u64>, usize)> {
    let mut latencies = new_histogram()?;
    let mut bytes = 0;
    while Instant::now() < end {
        let Some(request) = load.take() else { break };
        let start = Instant::now();
        bytes += line.send(request).await?;
        latencies.record(u64::try_from(start.elapsed().as_micros())?)?;
    }
    Ok((latencies, bytes))
}

/// From a microsecond to a minute, to three digits.
///
/// # Errors
/// Never: these bounds are good.
pub fn new_histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 60_000_000, 3)?)
}
