//! Work in the background: what is done again and again as long as the process serves.

use std::{sync::Arc, time::Duration};

use tokio::{task::JoinError, time::sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    error::Error,
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

    /// Has something done at once, and again a period after each run: one after the other, never two at a time. A run that fails, or
    /// panics, is told to operators, and is tried again at its next time. `name` is its label in the figures. A run that takes
    /// long looks at the token between its steps.
    pub fn every<W, F>(&self, name: &'static str, period: Duration, run: W)
    where
        W: Fn(CancellationToken) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let (shutdown, metrics, run) = (self.shutdown.clone(), self.metrics.clone(), Arc::new(run));
        self.work.spawn(async move {
            loop {
                let (run, token) = (run.clone(), shutdown.clone());
                // On a task of its own: a panic ends the run, not the work.
                let outcome = tokio::spawn(async move { run(token).await }).await;
                metrics.background_run(name, told(name, outcome));
                if shutdown.run_until_cancelled(sleep(period)).await.is_none() {
                    return;
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

/// How a run ended; operators are told of one that failed.
fn told(work: &str, outcome: Result<Result<(), Error>, JoinError>) -> Ran {
    const AGAIN: &str = "work in the background failed; it is tried again at its next time";
    match outcome {
        Ok(Ok(())) => return Ran::Ok,
        Ok(Err(Error::Internal(cause))) => tracing::warn!(work, ?cause, "{AGAIN}"),
        Ok(Err(error)) => tracing::warn!(work, %error, "{AGAIN}"),
        Err(panic) => tracing::warn!(work, %panic, "{AGAIN}"),
    }
    Ran::Failed
}
