//! Events of many logs, batched.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;

use super::batch::Batch;
use crate::{
    error::Result,
    store::{Log, Logged, Reading, events_of_each},
};

/// Asks for a log's events behind a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventsAfter<L> {
    /// Whose log.
    pub log: L,
    /// The last sequence that is known.
    pub after: i64,
    /// Events at most.
    pub limit: u32,
}

/// Events of each of many logs.
pub struct Events<L> {
    reading: Arc<Reading>,
    kind: std::marker::PhantomData<fn() -> L>,
}

type Found<L> = Result<Arc<Vec<Logged<L>>>>;

impl<L: Log> BatchFn<EventsAfter<L>, Found<L>> for Events<L> {
    async fn load(&mut self, keys: &[EventsAfter<L>]) -> HashMap<EventsAfter<L>, Found<L>> {
        let mut groups: HashMap<(i64, u32), Vec<EventsAfter<L>>> = HashMap::new();
        for key in keys {
            groups.entry((key.after, key.limit)).or_default().push(*key);
        }
        let mut answers = HashMap::with_capacity(keys.len());
        for ((after, limit), group) in groups {
            let logs: Vec<L> = group.iter().map(|key| key.log).collect();
            match events_of_each(&*self.reading, &logs, after, limit.into()).await {
                Ok(mut events) => answers.extend(
                    group
                        .into_iter()
                        .map(|key| (key, Ok(events.remove(&key.log).unwrap_or_default()))),
                ),
                Err(error) => answers.extend(group.into_iter().map(|key| (key, Err(error.clone())))),
            }
        }
        answers
    }
}

impl<L: Log> Batch for Events<L> {
    type Key = EventsAfter<L>;
    type Value = Found<L>;

    fn new(reading: Arc<Reading>) -> Self {
        Self {
            reading,
            kind: std::marker::PhantomData,
        }
    }
}
