//! Counts of children.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use dataloader::BatchFn;
use sea_orm::{ConnectionTrait, Iden};
use uuid::Uuid;

use super::{
    batch::Batch,
    children::{ChildrenOf, Group},
};
use crate::{
    error::Result,
    store::{Listed, Reading, count_of_each},
};

/// How many children each of many parents has.
pub struct Counts<E>(Arc<Reading>, std::marker::PhantomData<fn() -> E>);

impl<E: Listed> BatchFn<ChildrenOf<E>, Result<u64>> for Counts<E> {
    async fn load(&mut self, keys: &[ChildrenOf<E>]) -> HashMap<ChildrenOf<E>, Result<u64>> {
        let mut answers = HashMap::with_capacity(keys.len());
        let mut groups: HashMap<Group<'_, E::Filter>, Vec<&ChildrenOf<E>>> = HashMap::new();
        for key in keys {
            groups
                .entry((key.column.unquoted().to_owned(), key.kind, &key.page.filter))
                .or_default()
                .push(key);
        }
        for group in groups.into_values() {
            let counts = self.counts(&group).await;
            answers.extend(group.into_iter().map(|key| {
                let count = counts
                    .as_ref()
                    .map(|counts| counts.get(&key.parent).copied().unwrap_or(0));
                (key.clone(), count.map_err(Clone::clone))
            }));
        }
        answers
    }
}

impl<E: Listed> Counts<E> {
    async fn counts(&self, group: &[&ChildrenOf<E>]) -> Result<HashMap<Uuid, u64>> {
        let Some(one) = group.first() else {
            return Ok(HashMap::new());
        };
        let parents: HashSet<Uuid> = group.iter().map(|key| key.parent).collect();
        let parents: Vec<Uuid> = parents.into_iter().collect();
        let mut counts = HashMap::new();
        for parents in parents.chunks(30_000) {
            let backend = self.0.get_database_backend();
            let seen = self.0.children_seen::<E>(one.column, one.kind, parents);
            let select = count_of_each::<E>(backend, one.column, parents, seen, &one.page.filter);
            for row in self.0.query_all(&select).await? {
                let count: i64 = row.try_get("", "count")?;
                counts.insert(row.try_get("", "parent")?, u64::try_from(count).unwrap_or(0));
            }
        }
        Ok(counts)
    }
}

impl<E: Listed> Batch for Counts<E> {
    type Key = ChildrenOf<E>;
    type Value = Result<u64>;

    fn new(reading: Arc<Reading>) -> Self {
        Self(reading, std::marker::PhantomData)
    }
}
