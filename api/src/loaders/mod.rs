//! Batched loads: row by id, children by column, counts. One set for each execution.

mod by_id;
mod children;
mod counts;
mod viewer;

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{Arc, Mutex},
};

use dataloader::{BatchFn, cached::Loader};

pub use by_id::ById;
pub use children::{Children, ChildrenOf};
pub use counts::Counts;
pub use viewer::{ViewerMembership, ViewerParticipation};

use crate::{
    error::{Error, Result},
    store::Reading,
};

/// A snapshot with the loaders that read in it.
pub struct Snapshot {
    reading: Arc<Reading>,
    loaders: Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>,
}

/// A batch of one kind, made for a snapshot.
pub trait Batch: BatchFn<Self::Key, Self::Value> + Send + Sync + 'static {
    /// What is asked for.
    type Key: Clone + Eq + Hash + fmt::Debug + Send + Sync + 'static;
    /// What is answered. A failure belongs to every key of its batch.
    type Value: Clone + Send + Sync + 'static;

    /// A batch that reads in a snapshot.
    fn new(reading: Arc<Reading>) -> Self;
}

impl Snapshot {
    /// A snapshot without anything loaded.
    pub fn new(reading: Reading) -> Self {
        Self {
            reading: Arc::new(reading),
            loaders: Mutex::default(),
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
        self.loader::<B>().try_load(key).await.map_err(Error::internal)
    }

    /// Loads what many keys ask for.
    ///
    /// # Errors
    /// `INTERNAL` when a batch does not answer one of its keys.
    pub async fn load_many<B: Batch>(&self, keys: Vec<B::Key>) -> Result<HashMap<B::Key, B::Value>> {
        self.loader::<B>().try_load_many(keys).await.map_err(Error::internal)
    }

    fn loader<B: Batch>(&self) -> Loader<B::Key, B::Value, B> {
        let mut loaders = self.loaders.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let known = loaders.entry(TypeId::of::<B>()).or_insert_with(|| {
            let loader: Loader<B::Key, B::Value, B> = Loader::new(B::new(self.reading.clone()))
                .with_max_batch_size(usize::MAX)
                .with_yield_count(3);
            Box::new(loader)
        });
        match known.downcast_ref::<Loader<B::Key, B::Value, B>>() {
            Some(loader) => loader.clone(),
            None => unreachable!("the map's key is the type of its value"),
        }
    }
}
