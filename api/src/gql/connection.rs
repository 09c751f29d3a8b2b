//! Connections: Relay's lists (Cursor Connections Specification) over a page of rows.

use std::{any::Any, borrow::Cow, sync::Arc};

use async_graphql::{Context, Enum, Object, OutputType, TypeName, connection::PageInfo};
use entity::Id;
use futures::future::BoxFuture;
use sea_orm::EntityTrait;

use super::{Int, Item, Nullable, OperationContext, Selection};
use crate::{
    error::Result,
    loaders::{Children, ChildrenOf, Counts},
    operation::Operation,
    store::{ListId, Listed, Page, Side, Slice, WindowArguments, count_seen, cursor_text, list_page, parent_key},
};

/// Which end of a list comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Smallest, earliest or first in the alphabet first.
    #[default]
    Asc,
    /// Largest, latest or last in the alphabet first.
    Desc,
}

type Row<T> = Arc<<<T as Item>::Entity as EntityTrait>::Model>;
type ColumnOf<T> = <<T as Item>::Entity as EntityTrait>::Column;
type OrderOf<T> = <<T as Item>::Entity as Listed>::Order;

/// A page of a list of `T`.
pub struct Connection<T: Item<Entity: Listed>> {
    slice: Arc<Slice<Row<T>>>,
    page: Arc<Page<T::Entity>>,
    /// Whose children they are.
    parent: Option<ChildrenOf<T::Entity>>,
    total: Total<T::Entity>,
}

/// How the whole list is counted, when that is asked for.
pub enum Total<E: Listed> {
    /// Everything that a filter wants.
    Matching(E::Filter),
    /// A parent's children, counted together with those of other parents.
    Children(ChildrenOf<E>),
    /// From a counter that is kept.
    Kept(Box<dyn KeptCount>),
}

/// Reads a counter that is kept.
pub trait KeptCount: Send + Sync {
    /// The count.
    fn count<'a>(&'a self, operation: &'a Operation) -> BoxFuture<'a, Result<u64>>;
}

impl<T: Item<Entity: Listed>> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <T as OutputType>::type_name()).into()
    }
}

/// A page of a list.
#[Object(serial, name_type)]
impl<T: Item<Entity: Listed>> Connection<T> {
    /// The rows of this page with their cursors.
    async fn edges(&self) -> Vec<Edge<T>> {
        let list = self.list();
        let edge = |row: &Row<T>| Edge {
            row: row.clone(),
            order: self.page.order,
            list,
        };
        self.slice.rows.iter().map(edge).collect()
    }

    /// The rows of this page.
    async fn nodes(&self) -> Vec<T> {
        self.slice.rows.iter().cloned().map(T::wrap).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo> {
        let (order, list) = (self.page.order, self.list());
        let cursor = |row: Option<&Row<T>>| row.map(|row| cursor_text::<T::Entity>(row, order, list));
        let (start_cursor, end_cursor) = (cursor(self.slice.rows.first()), cursor(self.slice.rows.last()));
        // What a cursor cut off is looked for when it is asked for.
        let asked = Selection::of(ctx);
        let (before, after) = (
            asked.field("hasPreviousPage").exists(),
            asked.field("hasNextPage").exists(),
        );
        Ok(PageInfo {
            has_previous_page: self.slice.has_previous || before && self.has_rows(ctx, Side::Before).await?,
            has_next_page: self.slice.has_next || after && self.has_rows(ctx, Side::After).await?,
            start_cursor,
            end_cursor,
        })
    }

    /// How many rows the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        let operation = ctx.operation()?;
        let count = match &self.total {
            Total::Matching(filter) => {
                let snapshot = operation.snapshot();
                count_seen::<T::Entity>(snapshot.reading(), filter).await?
            }
            Total::Children(key) => operation.snapshot().load::<Counts<T::Entity>>(key.clone()).await??,
            Total::Kept(kept) => kept.count(operation).await?,
        };
        Ok(Some(i32::try_from(count).unwrap_or(i32::MAX)))
    }
}

impl<T: Item<Entity: Listed>> Connection<T> {
    /// Which list it is a page of.
    fn list(&self) -> ListId {
        let parent = self.parent.as_ref();
        self.page.list(parent.map(|key| (key.column, key.parent)))
    }

    /// Whether rows stand where a cursor cut them off.
    async fn has_rows(&self, ctx: &Context<'_>, side: Side) -> Result<bool> {
        let Some(page) = self.page.cut_off(side) else {
            return Ok(false);
        };
        let snapshot = ctx.operation()?.snapshot();
        let Some(key) = &self.parent else {
            return Ok(!list_page(snapshot.reading(), &page, drop).await?.rows.is_empty());
        };
        let key = ChildrenOf {
            page: Arc::new(page),
            ..key.clone()
        };
        let slice = snapshot.load::<Children<T::Entity>>(key).await??;
        Ok(!slice.rows.is_empty())
    }
}

/// A row of a list with its cursor.
pub struct Edge<T: Item<Entity: Listed>> {
    row: Row<T>,
    order: OrderOf<T>,
    list: ListId,
}

impl<T: Item<Entity: Listed>> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", <T as OutputType>::type_name()).into()
    }
}

/// A row of a list with its cursor.
#[Object(serial, name_type)]
impl<T: Item<Entity: Listed>> Edge<T> {
    /// The row's place in this order: give it as `after` or `before`.
    async fn cursor(&self) -> String {
        cursor_text::<T::Entity>(&self.row, self.order, self.list)
    }

    /// The row.
    async fn node(&self) -> T {
        T::wrap(self.row.clone())
    }
}

/// A row as an edge of its parent's list in the natural order, unfiltered, where `column` names the parent.
/// Nothing for a row without a parent.
///
/// # Errors
/// None in practice: the window of a list's beginning is always right.
pub fn edge_of<T: Item<Entity: Listed>>(row: Row<T>, column: ColumnOf<T>) -> Result<Option<Edge<T>>> {
    let Some(parent) = parent_key::<T::Entity>(&row, column) else {
        return Ok(None);
    };
    let page = Page::<T::Entity>::natural(Default::default(), WindowArguments::default())?;
    Ok(Some(Edge {
        row,
        order: page.order,
        list: page.list(Some((column, parent))),
    }))
}

/// What a connection's four arguments ask for; `#[windows]` calls it.
pub fn window(first: Option<Int>, after: Option<String>, last: Option<Int>, before: Option<String>) -> WindowArguments {
    WindowArguments {
        first: first.map(|first| first.0),
        after,
        last: last.map(|last| last.0),
        before,
    }
}

/// A page of a parent's children, batched over all parents of the same list.
///
/// # Errors
/// When the database does not answer.
pub async fn children<T: Item<Entity: Listed>>(
    ctx: &Context<'_>,
    column: <T::Entity as EntityTrait>::Column,
    parent: impl Id,
    page: Page<T::Entity>,
    total: Option<Total<T::Entity>>,
) -> Result<Connection<T>> {
    let operation = ctx.operation()?;
    let (kind, parent, page) = (parent.type_id(), parent.into(), Arc::new(page));
    page.check(Some((column, parent)))?;
    let key = ChildrenOf {
        column,
        kind,
        parent,
        page: page.clone(),
    };
    let slice = operation.snapshot().load::<Children<T::Entity>>(key.clone()).await??;
    show::<T>(ctx, &slice.rows).await?;
    Ok(Connection {
        slice,
        page,
        total: total.unwrap_or_else(|| Total::Children(key.clone())),
        parent: Some(key),
    })
}

/// Counts a page and the rows of it that are asked for, and loads their relations.
async fn show<T: Item<Entity: Listed>>(ctx: &Context<'_>, rows: &[Row<T>]) -> Result<()> {
    let (operation, items) = (ctx.operation()?, Selection::of_items(ctx));
    operation.answers(1 + if items.exists() { rows.len() } else { 0 })?;
    T::relations(operation, rows, &items).await;
    Ok(())
}

/// A page of everything that the caller may see and the filter wants.
///
/// # Errors
/// When the database does not answer.
pub async fn list<T: Item<Entity: Listed>>(ctx: &Context<'_>, page: Page<T::Entity>) -> Result<Connection<T>> {
    let operation = ctx.operation()?;
    page.check(None)?;
    let snapshot = operation.snapshot();
    let slice = Arc::new(list_page(snapshot.reading(), &page, Arc::new).await?);
    show::<T>(ctx, &slice.rows).await?;
    Ok(Connection {
        slice,
        total: Total::Matching(page.filter.clone()),
        page: Arc::new(page),
        parent: None,
    })
}
