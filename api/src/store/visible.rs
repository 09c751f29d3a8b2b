//! What of a table a caller may see. Every select of the API starts here, the loaders' too.

use std::hash::Hash;

use chrono::{DateTime, Utc};
use entity::Id;
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, Select};

use crate::caller::Caller;

/// A table whose rows the API shows.
///
/// On SQLite this is the only wall between tenants; on PostgreSQL row-level security stands behind it.
pub trait Visible: EntityTrait<Model: Clone + FromQueryResult + Send + Sync + 'static> {
    /// Its typed primary key.
    type Id: Id;

    /// What a row is called in messages.
    const NAME: &'static str;

    /// The primary key's column.
    const ID: Self::Column;

    /// The rows that the caller may see, deleted ones included where history needs them.
    fn visible(caller: &Caller) -> Condition;

    /// A row's key.
    fn id(row: &Self::Model) -> Self::Id;

    /// When the row was deleted, for tables that keep deleted rows.
    fn deleted_at(_row: &Self::Model) -> Option<DateTime<Utc>> {
        None
    }

    /// The column behind [`Visible::deleted_at`].
    const DELETED_AT: Option<Self::Column> = None;

    /// A select of what the caller may see and what is not deleted.
    fn seen(caller: &Caller) -> Select<Self> {
        let select = Self::find().filter(Self::visible(caller));
        match Self::DELETED_AT {
            Some(column) => select.filter(column.is_null()),
            None => select,
        }
    }
}

/// A table that is shown in lists.
pub trait Listed: Visible {
    /// What can be asked for.
    type Filter: Clone + Default + Eq + Hash + Send + Sync + 'static;

    /// In which orders it can be listed. `Default` is the natural one.
    type Order: Ordering<Self>;

    /// The rows that a filter wants.
    fn matching(filter: &Self::Filter) -> Condition;
}

/// An order of a list. Rows that are equal by the column follow each other by id, which is by age.
pub trait Ordering<E: EntityTrait>: Copy + Default + Eq + Hash + Send + Sync + 'static {
    /// The column to order by; none for the id itself.
    fn column(self) -> Option<E::Column>;

    /// A short name that marks a cursor as belonging to this order.
    fn tag(self) -> &'static str;
}
