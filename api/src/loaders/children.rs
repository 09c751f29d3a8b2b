//! Children by column.

use std::{
    any::TypeId,
    collections::HashMap,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use dataloader::BatchFn;
use sea_orm::{ConnectionTrait, EntityTrait, Iden};
use uuid::Uuid;

use super::batch::Batch;
use crate::{
    error::Result,
    store::{Listed, Page, Reading, Slice, all_rows, first_of_each, group_by_parent},
};

/// Asks for one page of a parent's children.
pub struct ChildrenOf<E: Listed> {
    /// The children's column that names the parent.
    pub column: E::Column,
    /// The kind of the parent's id.
    pub kind: TypeId,
    /// The parent.
    pub parent: Uuid,
    /// Which of them.
    pub page: Arc<Page<E>>,
}

/// Questions that one statement answers: of one column, one kind of parents, and one page or filter.
pub(super) type Group<'a, P> = (String, TypeId, &'a P);

impl<E: Listed> ChildrenOf<E> {
    fn group(&self) -> Group<'_, Page<E>> {
        (self.column.unquoted().to_owned(), self.kind, &self.page)
    }
}

impl<E: Listed> Clone for ChildrenOf<E> {
    fn clone(&self) -> Self {
        Self {
            column: self.column,
            kind: self.kind,
            parent: self.parent,
            page: self.page.clone(),
        }
    }
}

impl<E: Listed> PartialEq for ChildrenOf<E> {
    fn eq(&self, other: &Self) -> bool {
        self.parent == other.parent
            && self.kind == other.kind
            && self.column.unquoted() == other.column.unquoted()
            && self.page == other.page
    }
}

impl<E: Listed> Eq for ChildrenOf<E> {}

impl<E: Listed> Hash for ChildrenOf<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Pages of one batch are mostly equal; hashing the parent alone keeps buckets apart.
        self.parent.hash(state);
    }
}

impl<E: Listed> fmt::Debug for ChildrenOf<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", E::NAME, self.parent)
    }
}

/// The children of each of many parents.
pub struct Children<E>(Arc<Reading>, std::marker::PhantomData<fn() -> E>);

type Rows<E> = Arc<Slice<Arc<<E as EntityTrait>::Model>>>;

impl<E: Listed> BatchFn<ChildrenOf<E>, Result<Rows<E>>> for Children<E> {
    async fn load(&mut self, keys: &[ChildrenOf<E>]) -> HashMap<ChildrenOf<E>, Result<Rows<E>>> {
        let mut answers = HashMap::with_capacity(keys.len());
        let mut groups: HashMap<Group<'_, Page<E>>, Vec<&ChildrenOf<E>>> = HashMap::new();
        for key in keys {
            groups.entry(key.group()).or_default().push(key);
        }
        for group in groups.into_values() {
            match self.pages(&group).await {
                Ok(mut pages) => answers.extend(group.into_iter().map(|key| {
                    let page = pages.remove(&key.parent).unwrap_or_default();
                    (key.clone(), Ok(Arc::new(page)))
                })),
                Err(error) => answers.extend(group.into_iter().map(|key| (key.clone(), Err(error.clone())))),
            }
        }
        answers
    }
}

impl<E: Listed> Children<E> {
    async fn pages(&self, group: &[&ChildrenOf<E>]) -> Result<HashMap<Uuid, Slice<Arc<E::Model>>>> {
        let Some(one) = group.first() else {
            return Ok(HashMap::new());
        };
        let parents: Vec<Uuid> = group.iter().map(|key| key.parent).collect();
        let mut rows = Vec::new();
        let backend = self.0.get_database_backend();
        let seen = self.0.children_seen::<E>(one.column, one.kind, &parents);
        for select in first_of_each(backend, one.column, &parents, seen, &one.page) {
            rows.extend(all_rows::<E::Model>(&*self.0, &select).await?);
        }
        self.0.note_seen::<E>(&rows);
        Ok(group_by_parent::<E, _>(one.column, &parents, rows, &one.page, Arc::new))
    }
}

impl<E: Listed> Batch for Children<E> {
    type Key = ChildrenOf<E>;
    type Value = Result<Rows<E>>;

    fn new(reading: Arc<Reading>) -> Self {
        Self(reading, std::marker::PhantomData)
    }
}
