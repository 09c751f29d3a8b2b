//! What of a table a caller may see. Every select of the API starts here, the loaders' too.

use std::{any::TypeId, hash::Hash};

use chrono::{DateTime, Utc};
use entity::{ByPosition, Id};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{lock::Lock, scope::Scope};
use crate::{
    caller::Caller,
    error::{Error, Result},
};

/// A table whose rows the API shows.
///
/// On SQLite this is the only wall between tenants; on PostgreSQL row-level security stands behind it.
pub trait Visible: EntityTrait<Model: Clone + ByPosition + Send + Sync + 'static> {
    /// Its typed primary key.
    type Id: Id;

    /// What a row is called in messages.
    const NAME: &'static str;

    /// The argument by which clients name a row.
    const ARGUMENT: &'static str;

    /// The primary key's column.
    const ID: Self::Column;

    /// The rows that the caller may see, deleted ones included where history needs them.
    fn visible(caller: &Caller) -> Condition;

    /// How a row is seen, when it is seen with a row of another table.
    const SEEN_WITH: Option<SeenWith<Self>> = None;

    /// A row's key.
    fn id(row: &Self::Model) -> Self::Id;

    /// When the row was deleted, for tables that keep deleted rows.
    fn deleted_at(row: &Self::Model) -> Option<DateTime<Utc>>;

    /// The column behind [`Visible::deleted_at`].
    const DELETED_AT: Option<Self::Column>;

    /// A select of what the caller may see and what is not deleted.
    fn seen(caller: &Caller) -> Select<Self> {
        undeleted(Self::visible(caller))
    }
}

/// A select of the rows under a condition that are not deleted.
pub(super) fn undeleted<E: Visible>(seen: Condition) -> Select<E> {
    let select = E::find().filter(seen);
    match E::DELETED_AT {
        Some(column) => select.filter(column.is_null()),
        None => select,
    }
}

/// A row that the caller sees and that is not deleted.
///
/// # Errors
/// `NOT_FOUND` for any other.
pub async fn seen_row<E: Visible>(scope: &impl Scope, id: E::Id) -> Result<E::Model> {
    let row = E::seen(scope.caller()).filter(E::ID.eq(id)).one(scope).await?;
    row.ok_or_else(missing::<E>)
}

/// The same row, held until the change is committed.
///
/// # Errors
/// `NOT_FOUND` for any other.
pub async fn seen_row_for_change<E: Visible>(scope: &impl Scope, id: E::Id, lock: Lock) -> Result<E::Model> {
    let select = E::seen(scope.caller()).filter(E::ID.eq(id)).lock(lock.into());
    select.one(scope).await?.ok_or_else(missing::<E>)
}

/// A row, deleted or not, whoever asks: what they may do with it is settled otherwise.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub async fn any_row<E: Visible>(scope: &impl Scope, id: E::Id) -> Result<E::Model> {
    let row = E::find().filter(E::ID.eq(id)).one(scope).await?;
    row.ok_or_else(missing::<E>)
}

/// The same row, held until the change is committed.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub async fn any_row_for_change<E: Visible>(scope: &impl Scope, id: E::Id, lock: Lock) -> Result<E::Model> {
    let select = E::find().filter(E::ID.eq(id)).lock(lock.into());
    select.one(scope).await?.ok_or_else(missing::<E>)
}

/// What is answered when there is no such row.
pub(super) fn missing<E: Visible>() -> Error {
    Error::not_found(E::NAME, E::ARGUMENT)
}

/// How rows of a table are seen that are seen with a row of another one.
pub struct SeenWith<E: EntityTrait> {
    /// The column that names the other row.
    pub column: E::Column,
    /// The kind of its id.
    pub kind: TypeId,
    /// The other row's id.
    pub id: fn(&E::Model) -> Uuid,
    /// What a row itself must fulfil to be seen.
    pub itself: fn() -> Condition,
}

/// Rows whose `column` names a row of `P` that the caller sees.
pub fn seen_with<P: Visible>(column: impl ColumnTrait, caller: &Caller) -> Condition {
    // Without OFFSET, PostgreSQL would make a join of it and read every such row to find those of a few children.
    let parent = Query::select()
        .expr(Expr::value(1))
        .from(P::default())
        .and_where(Expr::col((P::default(), P::ID)).equals(column.as_column_ref()))
        .cond_where(P::visible(caller))
        .limit(1)
        .offset(0)
        .to_owned();
    Condition::all().add(Expr::exists(parent))
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

/// A table that is listed in one order only.
pub trait NaturallyOrdered: Listed {
    /// The column to order by; none for age.
    const COLUMN: Option<Self::Column>;

    /// What marks the cursors of its lists.
    const TAG: &'static str;
}

/// The one order of a table that has no other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NaturalOrder;

impl<E: NaturallyOrdered> Ordering<E> for NaturalOrder {
    fn column(self) -> Option<E::Column> {
        E::COLUMN
    }

    fn tag(self) -> &'static str {
        E::TAG
    }
}
