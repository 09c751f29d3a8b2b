//! Work in the background: what is done again and again as long as the process serves.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    error::{Error, Result},
    telemetry::{Metrics, Ran},
};

/// Begins work that ends with the process. Each area says what it has done, and when.
pub struct Background {
    shutdown: CancellationToken,
    work: TaskTracker,
    metrics: Metrics,
}

impl Background {
    /// Work that `work` tracks, until `shutdown`.
    pub fn new(shutdown: CancellationToken, work: TaskTracker, metrics: Metrics) -> Self {
        Self {
            shutdown,
            work,
            metrics,
        }
    }

    /// Has something done at once, and a period after each time that it was due; one run after the other, never two at a time.
    /// A run that fails, or panics, is told to operators, and is tried again at its next time. `name` is its label in the figures.
    /// A run that takes long looks at the token between its steps.
    pub fn every<W, F>(&self, name: &'static str, period: Duration, run: W)
    where
        W: Fn(CancellationToken) -> F + Send + 'static,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let (shutdown, metrics) = (self.shutdown.clone(), self.metrics.clone());
        self.work.spawn(async move {
            let mut times = interval(period);
            times.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while shutdown.run_until_cancelled(times.tick()).await.is_some() {
                // On a task of its own: a panic ends the run, not the work.
                let outcome = tokio::spawn(run(shutdown.clone())).await;
                match outcome.unwrap_or_else(|cause| Err(Error::internal(cause))) {
                    Ok(()) => metrics.background_run(name, Ran::Ok),
                    Err(error) => {
                        tracing::warn!(work = name, %error, again_in = ?period, "work in the background failed; it is tried again");
                        metrics.background_run(name, Ran::Failed);
                    }
                }
            }
        });
    }

    /// Has something done that goes on until the process stops.
    pub fn beside<F>(&self, run: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.work.spawn(run(self.shutdown.clone()));
    }
}
