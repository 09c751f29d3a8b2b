//! People whom the caller meets.

use std::sync::Arc;

use entity::UserId;

use crate::{
    error::Result,
    identity::{Profile, finder},
    operation::Operation,
};

/// The profile of oneself, a fellow member, or someone in a room that the caller sees.
///
/// # Errors
/// When the database does not answer.
pub async fn find_profile(operation: &Operation, id: UserId) -> Result<Option<Profile>> {
    let snapshot = operation.snapshot();
    let row = finder::profile(snapshot.reading(), id).await?;
    Ok(row.map(|row| Profile(Arc::new(row))))
}
