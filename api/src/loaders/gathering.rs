//! Says when the loaders of an execution load.
//!
//! The crate notes what fields ask for, loads it as one batch and keeps the answers. Its own way of waiting for more, a
//! number of pauses, splits uneven lists, and its cache cannot be read while a batch is on its way. So it is not left to
//! wait: here the first field to ask leads, waits until nobody asks any more, has everything loaded that was noted, and
//! wakes the others. The cache is ours to look into. A field whose answer is there waits for nothing.

use std::{
    collections::HashMap,
    hash::Hash,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Waker},
};

use dataloader::{
    BatchFn,
    cached::{Cache, Loader},
};
use tokio::{sync::Notify, task::unconstrained};
use tracing::Instrument;

use super::batch::Batch;
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

/// The crate's loader over a cache that fields look into.
type Batched<B> = Loader<<B as Batch>::Key, <B as Batch>::Value, Counted<B>, AnswersOf<B>>;
type AnswersOf<B> = Answers<<B as Batch>::Key, <B as Batch>::Value>;

/// What is asked for and answered of one kind.
pub(super) struct Gathering<B: Batch> {
    /// Notes keys, and would load them after one pause.
    noting: Batched<B>,
    /// The same loader, without a pause.
    loading: Batched<B>,
    answers: AnswersOf<B>,
    led: AtomicBool,
    answered: Notify,
}

impl<B: Batch> Gathering<B> {
    pub(super) fn new(reading: Arc<Reading>, metrics: Metrics) -> Self {
        let batch = Counted {
            batch: B::new(reading),
            metrics,
        };
        let answers = Answers::default();
        let loader = Loader::with_cache(batch, answers.clone()).with_max_batch_size(usize::MAX);
        Self {
            noting: loader.clone().with_yield_count(1),
            loading: loader.with_yield_count(0),
            answers,
            led: AtomicBool::new(false),
            answered: Notify::new(),
        }
    }

    /// What a key was answered.
    pub(super) fn answer(&self, key: &B::Key) -> Option<B::Value> {
        self.answers.known().get(key).cloned()
    }

    /// Goes on when all these keys are answered.
    pub(super) async fn gather(&self, keys: &[B::Key], activity: &Activity) -> Result<()> {
        loop {
            let answered = self.answered.notified();
            let missing = self.answers.missing(keys);
            if missing.is_empty() {
                return Ok(());
            }
            self.note(missing.clone());
            activity.moves();
            if self.led.swap(true, Ordering::AcqRel) {
                answered.await;
            } else {
                // Boxed: every waiting field would be as large as a batch.
                Box::pin(self.lead(missing, activity)).await?;
            }
        }
    }

    /// Has the crate note keys for its next batch. It does so before its pause, so that one poll is enough, and forgets
    /// nothing when the rest is dropped. While a batch is on its way it notes nothing: who asks then, asks again.
    fn note(&self, keys: Vec<B::Key>) {
        let noted = pin!(unconstrained(self.noting.try_load_many(keys)));
        let _ = noted.poll(&mut Context::from_waker(Waker::noop()));
    }

    /// Loads everything that is noted, these keys among it.
    async fn lead(&self, keys: Vec<B::Key>, activity: &Activity) -> Result<()> {
        let _lead = Lead {
            led: &self.led,
            answered: &self.answered,
            activity,
        };
        activity.settles().await;
        self.loading.try_load_many(keys).await.map_err(Error::internal)?;
        Ok(())
    }
}

/// The turn of who leads. However it ends, the next one can lead and the others look again.
struct Lead<'a> {
    led: &'a AtomicBool,
    answered: &'a Notify,
    activity: &'a Activity,
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.activity.moves();
        self.led.store(false, Ordering::Release);
        self.answered.notify_waiters();
    }
}

/// The crate's cache: the answers of one kind in one snapshot, which end with it.
struct Answers<K, V> {
    known: Arc<Mutex<HashMap<K, V>>>,
    /// What the crate looks at: it wants a reference.
    found: Option<V>,
}

impl<K, V> Answers<K, V> {
    fn known(&self) -> MutexGuard<'_, HashMap<K, V>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash, V> Answers<K, V> {
    fn missing(&self, keys: &[K]) -> Vec<K> {
        let known = self.known();
        keys.iter().filter(|key| !known.contains_key(key)).cloned().collect()
    }
}

impl<K, V> Default for Answers<K, V> {
    fn default() -> Self {
        Self {
            known: Arc::default(),
            found: None,
        }
    }
}

impl<K, V> Clone for Answers<K, V> {
    fn clone(&self) -> Self {
        Self {
            known: self.known.clone(),
            found: None,
        }
    }
}

impl<K: Eq + Hash, V: Clone> Cache for Answers<K, V> {
    type Key = K;
    type Val = V;

    fn get(&mut self, key: &K) -> Option<&V> {
        let found = self.known().get(key).cloned();
        self.found = found;
        self.found.as_ref()
    }

    fn insert(&mut self, key: K, value: V) {
        self.known().insert(key, value);
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        self.known().remove(key)
    }

    fn clear(&mut self) {
        self.known().clear();
    }
}

/// A batch that operators see.
struct Counted<B> {
    batch: B,
    metrics: Metrics,
}

impl<B: Batch> BatchFn<B::Key, B::Value> for Counted<B> {
    async fn load(&mut self, keys: &[B::Key]) -> HashMap<B::Key, B::Value> {
        self.metrics.batch(keys.len());
        self.batch.load(keys).instrument(batch_span(keys.len())).await
    }
}
