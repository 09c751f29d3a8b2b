//! What is answered when a unique key is taken.

use sea_orm::DbErr;

use crate::error::{Error, Result};

/// Whether a failed statement broke a unique key.
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

/// Turns the breach of a unique key into the answer `conflict`, and leaves other failures alone.
pub fn conflict_if_taken<T>(outcome: Result<T, DbErr>, conflict: impl FnOnce() -> Error) -> Result<T> {
    outcome.map_err(|error| {
        if is_unique_violation(&error) {
            conflict()
        } else {
            error.into()
        }
    })
}
