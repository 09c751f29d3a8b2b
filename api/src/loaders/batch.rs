//! A batch of one kind: what is asked for at the same time, read at once.

use std::{collections::HashMap, fmt, hash::Hash, sync::Arc};

use dataloader::BatchFn;

use crate::{
    error::{Error, Result},
    store::Reading,
};

/// A batch of one kind, made for a snapshot.
pub trait Batch: BatchFn<Self::Key, Self::Value> + Send + Sync + 'static {
    /// What is asked for.
    type Key: Clone + Eq + Hash + fmt::Debug + Send + Sync + 'static;
    /// What is answered. A failure belongs to every key of its batch.
    type Value: Clone + Send + Sync + 'static;

    /// A batch that reads in a snapshot.
    fn new(reading: Arc<Reading>) -> Self;
}

/// The answer of a batch whose statement failed: every key gets the failure.
pub fn failed<K: Copy + Eq + Hash, V>(keys: &[K], error: impl Into<Error>) -> HashMap<K, Result<V>> {
    let error = error.into();
    keys.iter().map(|key| (*key, Err(error.clone()))).collect()
}
