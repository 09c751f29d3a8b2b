//! What every area's GraphQL types need: the operation, ids, connections, relations and errors.

mod brevity;
mod connection;
pub(crate) mod directives;
mod errors;
mod ids;
mod inputs;
mod item;
mod once;
mod payload;
mod permissions;
mod relations;
mod scalars;

use std::sync::Arc;

use async_graphql::Context;

pub use brevity::fewer;
pub use connection::{Connection, Edge, KeptCount, OrderDirection, Total, children, edge_of, list, window};
pub use errors::{finish, is_of_name, mask, masked, refusal, refusals, refused_by_rate};
pub use ids::{id, optional_id, output};
pub(crate) use item::{item, prime_one};
pub use once::{once, once_shown};
pub(crate) use payload::payload;
pub use permissions::{Permission, permissions};
pub use relations::{Item, Selection, load, load_with_deleted, prime, prime_behind, row_with_deleted};
pub use scalars::{Int, Json, Long, Timestamp};

use crate::operation::Operation;

/// What a field answers that reads or may be refused: nullable, so that one failure leaves the rest.
// It must not be called `Result` or `FieldResult`: async-graphql goes by those names, and would take the fields for non-null.
pub type Nullable<T> = async_graphql::Result<Option<T>>;

/// Gets the operation out of a resolver's context.
pub trait OperationContext<'a> {
    /// The execution that this resolver belongs to.
    ///
    /// # Errors
    /// `INTERNAL` when the executor forgot to provide it.
    fn operation(&self) -> Result<&'a Operation, crate::error::Error>;
}

impl<'a> OperationContext<'a> for Context<'a> {
    fn operation(&self) -> Result<&'a Operation, crate::error::Error> {
        match self.data_opt::<Arc<Operation>>() {
            Some(operation) => Ok(operation),
            None => Err(crate::error::Error::internal(anyhow::anyhow!(
                "a resolver ran without its operation"
            ))),
        }
    }
}
