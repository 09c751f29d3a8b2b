//! To-one relations, batched, and loaded ahead for every list.
//!
//! A list looks at its selection and loads the to-one relations of all its rows before it answers: hundreds of
//! waiting leaf fields, each woken and polled again at every step, would cost more than the rows.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::{Context, Lookahead, OutputType};
use futures::future::BoxFuture;
use sea_orm::EntityTrait;

use crate::{error::Result, loaders::ById, operation::Operation, store::Visible};

/// A GraphQL object over a row of a table.
pub trait Item: OutputType + Send + Sync + 'static {
    /// The table.
    type Entity: Visible;

    /// Wraps a row.
    fn wrap(row: Arc<<Self::Entity as EntityTrait>::Model>) -> Self;

    /// Loads the to-one relations that the selection asks for, for all rows at once.
    fn relations<'a>(
        _operation: &'a Operation,
        _rows: &'a [Arc<<Self::Entity as EntityTrait>::Model>],
        _selection: &'a Selection<'a>,
    ) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
}

type IdOf<T> = <<T as Item>::Entity as Visible>::Id;

/// What is selected of an object, wherever it is selected.
pub struct Selection<'a>(Vec<Lookahead<'a>>);

impl<'a> Selection<'a> {
    /// What is selected of the object that the current field answers.
    pub fn of(context: &'a Context<'a>) -> Self {
        Self(vec![context.look_ahead()])
    }

    /// What is selected of the items of the connection that the current field answers.
    pub fn of_items(context: &'a Context<'a>) -> Self {
        let field = context.look_ahead();
        Self(vec![field.field("nodes"), field.field("edges").field("node")])
    }

    /// What is selected of a field's object.
    pub fn field(&self, name: &str) -> Self {
        Self(self.0.iter().map(|part| part.field(name)).collect())
    }

    /// Whether anything is.
    pub fn exists(&self) -> bool {
        self.0.iter().any(Lookahead::exists)
    }
}

/// Loads one to-one relation of all rows, and that relation's own relations. Failures are left to the fields.
pub async fn prime<T: Item, R>(
    operation: &Operation,
    rows: &[Arc<R>],
    selection: Selection<'_>,
    key: impl Fn(&R) -> Option<<T::Entity as Visible>::Id>,
) {
    if rows.is_empty() || !selection.exists() {
        return;
    }
    let related = related::<T::Entity, R>(operation, rows, key).await;
    T::relations(operation, &related, &selection).await;
}

/// Loads for all rows what stands behind another relation of theirs, such as the person behind a winner's place in a room.
pub async fn prime_behind<E: Visible, T: Item, R>(
    operation: &Operation,
    rows: &[Arc<R>],
    selection: Selection<'_>,
    key: impl Fn(&R) -> Option<E::Id>,
    behind: impl Fn(&E::Model) -> Option<<T::Entity as Visible>::Id>,
) {
    if rows.is_empty() || !selection.exists() {
        return;
    }
    let related = related::<E, R>(operation, rows, key).await;
    prime::<T, _>(operation, &related, selection, behind).await;
}

async fn related<E: Visible, R>(
    operation: &Operation,
    rows: &[Arc<R>],
    key: impl Fn(&R) -> Option<E::Id>,
) -> Vec<Arc<E::Model>> {
    let keys: HashSet<_> = rows.iter().filter_map(|row| key(row)).collect();
    let loaded = operation
        .snapshot()
        .load_many::<ById<E>>(keys.into_iter().collect())
        .await;
    let rows = loaded.into_iter().flat_map(HashMap::into_values);
    rows.filter_map(|row| row.ok().flatten()).collect()
}

/// The row behind an id, if there is one, the caller may see it and it is not deleted.
///
/// # Errors
/// When the database does not answer.
pub async fn load<T: Item>(operation: &Operation, id: impl Into<Option<IdOf<T>>>) -> Result<Option<T>> {
    let Some(id) = id.into() else {
        return Ok(None);
    };
    let row = operation.snapshot().load::<ById<T::Entity>>(id).await??;
    one(operation, row.filter(|row| T::Entity::deleted_at(row).is_none()))
}

/// The same row, deleted or not: for history.
///
/// # Errors
/// When the database does not answer.
pub async fn load_with_deleted<T: Item>(operation: &Operation, id: impl Into<Option<IdOf<T>>>) -> Result<Option<T>> {
    let Some(id) = id.into() else {
        return Ok(None);
    };
    let row = row_with_deleted::<T::Entity>(operation, id).await?;
    one(operation, row)
}

/// The same row for a field that answers a part of it: no object of the answer.
///
/// # Errors
/// When the database does not answer.
pub async fn row_with_deleted<E: Visible>(operation: &Operation, id: E::Id) -> Result<Option<Arc<E::Model>>> {
    operation.snapshot().load::<ById<E>>(id).await?
}

fn one<T: Item>(operation: &Operation, row: Option<Arc<<T::Entity as EntityTrait>::Model>>) -> Result<Option<T>> {
    operation.answers(row.is_some().into())?;
    Ok(row.map(T::wrap))
}
