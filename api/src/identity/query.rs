//! Reading one's own account.

use async_graphql::{Context, Object};

use super::types::Viewer;
use crate::gql::{Nullable, OperationContext, load};

/// Queries of the area.
#[derive(Default)]
pub struct IdentityQuery;

/// Queries about the viewer's account.
#[Object(serial)]
impl IdentityQuery {
    /// The signed-in user's own account; null when nobody is signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Nullable<Viewer> {
        let operation = ctx.operation()?;
        let Some(user) = operation.caller().user() else {
            return Ok(None);
        };
        Ok(load::<Viewer>(operation, user).await?)
    }
}
