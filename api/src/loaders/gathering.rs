//! Gathers what the fields of an execution ask for into whole batches.
//!
//! A loader that waits a fixed number of pauses splits long lists: their fields wake one after the other, and the
//! first would load before the last has asked. Here the first field to ask leads: it waits until nobody asks any more,
//! loads everything at once, and wakes the others. A field whose answer is there waits for nothing.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use dataloader::cached::Loader;
use tokio::sync::Notify;
use tracing::Instrument;

use super::Batch;
use crate::{
    error::{Error, Result},
    store::Reading,
    telemetry::{Metrics, batch_span},
};

/// Pauses without a question after which nobody asks any more: an answer takes some to reach the fields of a long list.
const QUIET: u32 = 4;

/// Moves with every question and every answer of one execution.
#[derive(Default)]
pub(super) struct Activity(AtomicU64);

impl Activity {
    fn moves(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until all fields that can run have run and none of them has asked for more.
    async fn settles(&self) {
        let mut before = self.0.load(Ordering::Relaxed);
        let mut quiet = 0;
        while quiet < QUIET {
            tokio::task::yield_now().await;
            let now = self.0.load(Ordering::Relaxed);
            quiet = if now == before { quiet + 1 } else { 0 };
            before = now;
        }
    }
}

/// What is asked for and answered of one kind.
pub(super) struct Gathering<B: Batch> {
    loader: Loader<B::Key, B::Value, B>,
    state: Mutex<State<B>>,
    answered: Notify,
    metrics: Metrics,
}

struct State<B: Batch> {
    answers: HashMap<B::Key, B::Value>,
    wanted: HashSet<B::Key>,
    led: bool,
}

impl<B: Batch> Gathering<B> {
    pub(super) fn new(reading: Arc<Reading>, metrics: Metrics) -> Self {
        // The batch is whole when it comes to the loader: nothing to wait for there.
        let loader = Loader::new(B::new(reading))
            .with_max_batch_size(usize::MAX)
            .with_yield_count(0);
        let state = State {
            answers: HashMap::new(),
            wanted: HashSet::new(),
            led: false,
        };
        Self {
            loader,
            state: Mutex::new(state),
            answered: Notify::new(),
            metrics,
        }
    }

    /// What a key was answered.
    pub(super) fn answer(&self, key: &B::Key) -> Option<B::Value> {
        self.state().answers.get(key).cloned()
    }

    /// Goes on when all these keys are answered.
    pub(super) async fn gather(&self, keys: &[B::Key], activity: &Activity) -> Result<()> {
        loop {
            let answered = self.answered.notified();
            match self.ask(keys, activity) {
                Turn::Done => return Ok(()),
                Turn::Lead => self.lead(activity).await?,
                Turn::Follow => answered.await,
            }
        }
    }

    fn ask(&self, keys: &[B::Key], activity: &Activity) -> Turn {
        let mut state = self.state();
        let missing: Vec<_> = keys
            .iter()
            .filter(|key| !state.answers.contains_key(key))
            .cloned()
            .collect();
        if missing.is_empty() {
            return Turn::Done;
        }
        if !missing.iter().all(|key| state.wanted.contains(key)) {
            activity.moves();
        }
        state.wanted.extend(missing);
        if state.led {
            return Turn::Follow;
        }
        state.led = true;
        Turn::Lead
    }

    async fn lead(&self, activity: &Activity) -> Result<()> {
        activity.settles().await;
        let wanted: Vec<_> = std::mem::take(&mut self.state().wanted).into_iter().collect();
        self.metrics.batch(wanted.len());
        let span = batch_span(wanted.len());
        let outcome = self.loader.try_load_many(wanted).instrument(span).await;
        activity.moves();
        {
            let mut state = self.state();
            state.led = false;
            if let Ok(answers) = &outcome {
                state
                    .answers
                    .extend(answers.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
        }
        self.answered.notify_waiters();
        outcome.map(drop).map_err(Error::internal)
    }

    fn state(&self) -> MutexGuard<'_, State<B>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a field does next.
enum Turn {
    Done,
    Lead,
    Follow,
}
