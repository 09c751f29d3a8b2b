//! The first rows of each of many parents, in one statement.
//!
//! A window function would read every child. Instead PostgreSQL joins each parent LATERAL to its own limited
//! select, and SQLite picks the row ids of each parent's page.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, Iden, Iterable, ModelTrait, PaginatorTrait, QueryFilter,
    QuerySelect, QueryTrait, Value,
    sea_query::{Alias, Expr, ExprTrait, Func, JoinType, SelectStatement},
};
use uuid::Uuid;

use super::{
    among::among,
    page::{Page, Slice},
    reading::Reading,
    rows::all_rows,
    scope::Scope,
    visible::{Listed, undeleted},
};
use crate::error::Result;

/// SQLite's limit is 32,766 variables in one statement; larger batches are split.
const SQLITE_PARENTS: usize = 30_000;

#[derive(Clone, Copy)]
enum Name {
    Parents,
    Children,
}

impl Iden for Name {
    fn unquoted(&self) -> &str {
        match self {
            Self::Parents => "parent",
            Self::Children => "child",
        }
    }
}

/// The selects that answer one page for each of `parents`, where `column` names the parent, of the rows that are `seen`.
pub fn first_of_each<E: Listed>(
    backend: DbBackend,
    column: E::Column,
    parents: &[Uuid],
    seen: Condition,
    page: &Page<E>,
) -> Vec<SelectStatement> {
    let mut select = undeleted::<E>(seen)
        .filter(E::matching(&page.filter))
        .filter(page.between());
    if backend == DbBackend::Sqlite {
        select = select
            .select_only()
            .expr(Expr::col((E::default(), Alias::new("rowid"))));
    }
    let mut inner = select.into_query();
    page.arrange(&mut inner, E::default());
    inner.limit(page.limit());
    match backend {
        DbBackend::Sqlite => parents
            .chunks(SQLITE_PARENTS)
            .map(|parents| picked(inner.clone(), column, parents, page))
            .collect(),
        _ => vec![lateral(inner, column, parents, page)],
    }
}

fn lateral<E: Listed>(
    mut inner: SelectStatement,
    column: E::Column,
    parents: &[Uuid],
    page: &Page<E>,
) -> SelectStatement {
    inner.and_where(Expr::col((E::default(), column)).eq(Expr::col((Name::Parents, Name::Parents))));
    let mut select = SelectStatement::new();
    select
        .columns(E::Column::iter().map(|column| (Name::Children, column)))
        .from_function(
            Func::cust(Alias::new("unnest")).arg(Expr::val(parents.to_vec())),
            Name::Parents,
        )
        .join_lateral(JoinType::InnerJoin, inner, Name::Children, Expr::cust("TRUE"));
    page.arrange(&mut select, Name::Children);
    select
}

fn picked<E: Listed>(
    mut inner: SelectStatement,
    column: E::Column,
    parents: &[Uuid],
    page: &Page<E>,
) -> SelectStatement {
    inner.and_where(Expr::col((E::default(), column)).eq(Expr::col((Name::Parents, Alias::new("column1")))));
    let mut select = SelectStatement::new();
    select
        .columns(E::Column::iter().map(|column| (Name::Children, column)))
        .from_values(parents.iter().copied(), Name::Parents)
        .join_as(
            JoinType::InnerJoin,
            E::default(),
            Name::Children,
            Expr::col((Name::Children, Alias::new("rowid"))).in_subquery(inner),
        );
    page.arrange(&mut select, Name::Children);
    select
}

/// The select that counts the matching rows of each of `parents` that are `seen`.
pub fn count_of_each<E: Listed>(
    backend: DbBackend,
    column: E::Column,
    parents: &[Uuid],
    seen: Condition,
    filter: &E::Filter,
) -> SelectStatement {
    undeleted::<E>(seen)
        .filter(E::matching(filter))
        .filter(among(backend, column, parents.to_vec()))
        .select_only()
        .column_as(column, "parent")
        .column_as(E::ID.count(), "count")
        .group_by(column)
        .into_query()
}

/// One page of everything that the caller may see and the filter wants.
///
/// # Errors
/// When the database does not answer.
pub async fn list_page<E: Listed, R>(
    reading: &Reading,
    page: &Page<E>,
    wrap: impl Fn(E::Model) -> R,
) -> Result<Slice<R>> {
    let mut select = E::seen(reading.caller())
        .filter(E::matching(&page.filter))
        .filter(page.between())
        .into_query();
    page.arrange(&mut select, E::default());
    select.limit(page.limit());
    let rows: Vec<E::Model> = all_rows(reading, &select).await?;
    reading.note_seen::<E>(&rows);
    Ok(page.slice(rows.into_iter().map(wrap).collect()))
}

/// How many rows there are of everything that the caller may see and the filter wants.
///
/// # Errors
/// When the database does not answer.
pub async fn count_seen<E: Listed>(scope: &impl Scope, filter: &E::Filter) -> Result<u64> {
    Ok(E::seen(scope.caller()).filter(E::matching(filter)).count(scope).await?)
}

/// Sorts rows to their parents, page by page; a parent without rows gets an empty page.
pub fn group_by_parent<E: Listed, R>(
    column: E::Column,
    parents: &[Uuid],
    rows: Vec<E::Model>,
    page: &Page<E>,
    wrap: impl Fn(E::Model) -> R,
) -> HashMap<Uuid, Slice<R>> {
    let mut groups: HashMap<Uuid, Vec<R>> = parents.iter().map(|parent| (*parent, Vec::new())).collect();
    for row in rows {
        if let Some(group) = parent_key::<E>(&row, column).and_then(|parent| groups.get_mut(&parent)) {
            group.push(wrap(row));
        }
    }
    groups
        .into_iter()
        .map(|(parent, rows)| (parent, page.slice(rows)))
        .collect()
}

/// The parent that a row's column names.
pub fn parent_key<E: EntityTrait>(row: &E::Model, column: E::Column) -> Option<Uuid> {
    match row.get(column) {
        Value::Uuid(parent) => parent,
        _ => None,
    }
}
