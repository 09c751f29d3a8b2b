//! Row by id.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use dataloader::BatchFn;
use sea_orm::{Condition, ConnectionTrait, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::batch::Batch;
use crate::{
    error::Result,
    store::{Reading, Scope, Visible, all_rows, among},
};

/// Row by id. Deleted rows are among the answers: history needs them, everybody else looks at `deleted_at`.
pub struct ById<E>(Arc<Reading>, std::marker::PhantomData<fn() -> E>);

impl<E: Visible> BatchFn<E::Id, Result<Option<Arc<E::Model>>>> for ById<E> {
    async fn load(&mut self, keys: &[E::Id]) -> HashMap<E::Id, Result<Option<Arc<E::Model>>>> {
        match self.rows(keys).await {
            Ok(rows) => {
                let mut found: HashMap<_, _> = rows
                    .into_iter()
                    .map(|row| (E::id(&row), Ok(Some(Arc::new(row)))))
                    .collect();
                for key in keys {
                    found.entry(*key).or_insert(Ok(None));
                }
                found
            }
            Err(error) => keys.iter().map(|key| (*key, Err(error.clone()))).collect(),
        }
    }
}

impl<E: Visible> ById<E> {
    async fn rows(&self, keys: &[E::Id]) -> Result<Vec<E::Model>> {
        let mut ids: Vec<Uuid> = keys.iter().map(|key| (*key).into()).collect();
        let mut found = match self.0.seen_with_shown::<E>() {
            Some(seen) => self.find(seen, &ids).await?,
            None => Vec::new(),
        };
        if found.len() < ids.len() {
            let known: HashSet<Uuid> = found.iter().map(|row| E::id(row).into()).collect();
            ids.retain(|id| !known.contains(id));
            found.extend(self.find(E::visible(self.0.caller()), &ids).await?);
        }
        Ok(found)
    }

    async fn find(&self, seen: Condition, ids: &[Uuid]) -> Result<Vec<E::Model>> {
        let wanted = among(self.0.get_database_backend(), E::ID, ids.to_vec());
        let select = E::find().filter(seen).filter(wanted).into_query();
        let rows: Vec<E::Model> = all_rows(&*self.0, &select).await?;
        self.0.note_seen::<E>(&rows);
        Ok(rows)
    }
}

impl<E: Visible> Batch for ById<E> {
    type Key = E::Id;
    type Value = Result<Option<Arc<E::Model>>>;

    fn new(reading: Arc<Reading>) -> Self {
        Self(reading, std::marker::PhantomData)
    }
}
