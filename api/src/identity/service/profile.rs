//! People whom the caller meets.

use std::sync::Arc;

use entity::{UserId, identity::user};

use crate::{error::Result, identity::finder::Met, operation::Operation};

/// The account behind a profile: oneself, a fellow member, or someone in a room that the caller sees.
///
/// # Errors
/// When the database does not answer.
pub async fn find_profile(operation: &Operation, id: UserId) -> Result<Option<Arc<user::Model>>> {
    operation.snapshot().load::<Met>(id).await?
}
