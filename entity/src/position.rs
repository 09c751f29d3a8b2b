//! Rows read by the places of their columns.

use sea_orm::{
    DbErr, QueryResult, RuntimeErr, TryGetable,
    sqlx::{self, Row, ValueRef},
};

/// A row whose columns stand in the order of the struct's fields, as SeaORM selects them of an entity.
pub trait ByPosition: Sized {
    /// Reads a row.
    ///
    /// # Errors
    /// When a column is missing or of another type.
    fn by_position(row: &QueryResult) -> Result<Self, DbErr>;
}

/// A column that may be null. SeaORM writes an error for each null before it drops it.
pub(crate) fn nullable<T: TryGetable>(row: &QueryResult, place: usize) -> Result<Option<T>, DbErr> {
    match is_null(row, place).map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))? {
        true => Ok(None),
        false => row.try_get_by_index(place).map(Some),
    }
}

fn is_null(row: &QueryResult, place: usize) -> Result<bool, sqlx::Error> {
    if let Some(row) = row.try_as_pg_row() {
        return Ok(row.try_get_raw(place)?.is_null());
    }
    match row.try_as_sqlite_row() {
        Some(row) => Ok(row.try_get_raw(place)?.is_null()),
        None => Ok(false),
    }
}
