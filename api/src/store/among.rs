//! Rows of many ids, in statements whose text does not depend on how many: a new text is parsed and planned anew.

use sea_orm::{ColumnTrait, DbBackend, sea_query::Expr};
use uuid::Uuid;

/// SQLite takes 32,766 variables in one statement; some are needed for other conditions.
const SQLITE_VARIABLES: usize = 30_000;

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
