//! What came of a change that was made before, as it is now.

use entity::{identity, organization, room};

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

/// A row of a table that the API shows.
macro_rules! anew_by_id {
    ($($area:ident::$table:ident),+ $(,)?) => {$(
        impl Anew for $area::$table::Model {
            async fn anew(self, operation: &Operation) -> Result<Self> {
                let id = <$area::$table::Entity as Visible>::id(&self);
                let found = operation.snapshot().load::<ById<$area::$table::Entity>>(id).await??;
                Ok(found.map_or(self, |row| row.as_ref().clone()))
            }
        }
    )+};
}

anew_by_id!(
    identity::user,
    identity::session,
    organization::organization,
    room::app,
    room::room,
    room::participant,
    room::prize,
    room::winner,
    room::draw,
    room::draw_exclusion,
);

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
