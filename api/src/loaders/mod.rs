//! Batched loads: row by id, children by column, counts, events of logs. One set for each execution.

mod batch;
mod by_id;
mod children;
mod counts;
mod gathering;
mod log;

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

pub use batch::{Batch, failed};
pub use by_id::ById;
pub use children::{Children, ChildrenOf};
pub use counts::Counts;
use gathering::{Activity, Gathering};
pub use log::{Events, EventsAfter};

use crate::{
    error::{Error, Result},
    store::Reading,
    telemetry::Metrics,
};

/// A snapshot with the loaders that read in it.
pub struct Snapshot {
    reading: Arc<Reading>,
    loaders: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    /// Moves with every load that begins or ends.
    activity: Activity,
    metrics: Metrics,
}

impl Snapshot {
    /// A snapshot without anything loaded.
    pub fn new(reading: Reading, metrics: Metrics) -> Self {
        Self {
            reading: Arc::new(reading),
            loaders: Mutex::default(),
            activity: Activity::default(),
            metrics,
        }
    }

    /// The scope for single statements.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Loads what one key asks for, together with whatever else is asked for at the same time.
    ///
    /// # Errors
    /// `INTERNAL` when a batch does not answer one of its keys.
    pub async fn load<B: Batch>(&self, key: B::Key) -> Result<B::Value> {
        let gathering = self.gathering::<B>();
        if let Some(value) = gathering.answer(&key) {
            return Ok(value);
        }
        gathering.gather(std::slice::from_ref(&key), &self.activity).await?;
        gathering.answer(&key).ok_or_else(unanswered)
    }

    /// Loads what many keys ask for.
    ///
    /// # Errors
    /// `INTERNAL` when a batch does not answer one of its keys.
    pub async fn load_many<B: Batch>(&self, keys: Vec<B::Key>) -> Result<HashMap<B::Key, B::Value>> {
        let gathering = self.gathering::<B>();
        gathering.gather(&keys, &self.activity).await?;
        let answer = |key: B::Key| Ok((key.clone(), gathering.answer(&key).ok_or_else(unanswered)?));
        keys.into_iter().map(answer).collect()
    }

    fn gathering<B: Batch>(&self) -> Arc<Gathering<B>> {
        let mut loaders = self.loaders.lock().unwrap_or_else(PoisonError::into_inner);
        let known = loaders
            .entry(TypeId::of::<B>())
            .or_insert_with(|| Arc::new(Gathering::<B>::new(self.reading.clone(), self.metrics.clone())));
        match known.clone().downcast() {
            Ok(gathering) => gathering,
            Err(_) => unreachable!("the map's key is the type of its value"),
        }
    }
}

fn unanswered() -> Error {
    Error::internal(anyhow::anyhow!("a batch did not answer one of its keys"))
}

/// Runs an execution outside tokio's cooperative budget. Inside it, a task that asks for more than 128 rows is made to
/// pause in the middle of asking, and what should be one batch becomes several.
pub fn whole_batches<F: Future>(execution: F) -> impl Future<Output = F::Output> {
    tokio::task::unconstrained(execution)
}
