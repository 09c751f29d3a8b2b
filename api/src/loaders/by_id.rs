//! Row by id.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{ConnectionTrait, QueryFilter};
use uuid::Uuid;

use super::batch::Batch;
use crate::{
    error::Result,
    store::{Reading, Scope, Visible, among},
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
        let select = E::find().filter(E::visible(self.0.caller()));
        let ids: Vec<Uuid> = keys.iter().map(|key| (*key).into()).collect();
        let wanted = among(self.0.get_database_backend(), E::ID, ids);
        Ok(select.filter(wanted).all(&*self.0).await?)
    }
}

impl<E: Visible> Batch for ById<E> {
    type Key = E::Id;
    type Value = Result<Option<Arc<E::Model>>>;

    fn new(reading: Arc<Reading>) -> Self {
        Self(reading, std::marker::PhantomData)
    }
}
