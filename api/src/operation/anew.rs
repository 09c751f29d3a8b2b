//! What came of a change that was made before, as it is now.

use super::Operation;
use crate::{error::Result, loaders::ById, store::Visible};

/// The answer of a verb, which a retry shows as it is by then: its rows may have changed, or be deleted.
pub trait Anew: Sized {
    /// The same rows, read in the operation's snapshot. A row that the caller does not see any more stays as the change left
    /// it, which is what they were shown.
    ///
    /// # Errors
    /// When the database does not answer.
    fn anew(self, operation: &Operation) -> impl Future<Output = Result<Self>> + Send;
}

/// A row that a verb answers, read again by its id.
///
/// # Errors
/// When the database does not answer.
pub async fn row_anew<E: Visible>(row: E::Model, operation: &Operation) -> Result<E::Model> {
    let found = operation.snapshot().load::<ById<E>>(E::id(&row)).await??;
    Ok(found.map_or(row, |row| row.as_ref().clone()))
}

impl<A: Anew + Send, B: Anew + Send> Anew for (A, B) {
    async fn anew(self, operation: &Operation) -> Result<Self> {
        Ok((self.0.anew(operation).await?, self.1.anew(operation).await?))
    }
}

impl<T: Anew + Send> Anew for Vec<T> {
    async fn anew(self, operation: &Operation) -> Result<Self> {
        let mut rows = Vec::with_capacity(self.len());
        for row in self {
            rows.push(row.anew(operation).await?);
        }
        Ok(rows)
    }
}
