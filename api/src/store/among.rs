//! Rows of many ids, in statements whose text does not depend on how many: a new text is parsed and planned anew.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, DbBackend, QueryFilter, QueryTrait, Value, sea_query::Expr};
use uuid::Uuid;

use super::{rows::all_rows, scope::Scope, visible::Visible};
use crate::error::Result;

/// SQLite takes 32,766 variables in one statement; some are needed for other conditions.
const SQLITE_VARIABLES: usize = 30_000;

/// Ids of one statement of [`rows_by_id`].
const ROWS_BY_ID: usize = 10_000;

/// The rows whose `column` is one of `ids`: PostgreSQL takes them as one array; for SQLite they are filled up to the
/// next power of two with the last one, so that there are few texts.
pub fn among<C: ColumnTrait>(backend: DbBackend, column: C, mut ids: Vec<Uuid>) -> Expr {
    if backend == DbBackend::Postgres {
        return column.eq_any(ids);
    }
    if let Some(last) = ids.last().copied() {
        let filled = ids.len().next_power_of_two().min(SQLITE_VARIABLES).max(ids.len());
        ids.resize(filled, last);
    }
    column.is_in(ids)
}

/// The rows with these ids, deleted ones too, whoever asks: what the caller may see of the rows that name them is settled by
/// then, and row-level security stands behind it.
///
/// # Errors
/// When the database does not answer.
pub async fn rows_by_id<E: Visible>(scope: &impl Scope, ids: Vec<Uuid>) -> Result<HashMap<E::Id, E::Model>> {
    let mut found = HashMap::with_capacity(ids.len());
    for part in ids.chunks(ROWS_BY_ID) {
        let select = E::find().filter(among(scope.get_database_backend(), E::ID, part.to_vec()));
        let rows: Vec<E::Model> = all_rows(scope, &select.into_query()).await?;
        found.extend(rows.into_iter().map(|row| (E::id(&row), row)));
    }
    Ok(found)
}

/// The rows whose `column` has one of these values; nothing to narrow when none are given.
pub fn any_of<C: ColumnTrait, V: Copy + Into<Value>>(column: C, wanted: Option<&[V]>) -> Option<Expr> {
    wanted.map(|wanted| column.is_in(wanted.iter().copied()))
}
