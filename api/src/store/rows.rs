//! Whole rows, read by the places of their columns.

use entity::ByPosition;
use sea_orm::{ConnectionTrait, DbErr, sea_query::SelectStatement};

/// The rows of a select of all columns of an entity, in their order.
///
/// # Errors
/// When the database does not answer.
pub async fn all_rows<M: ByPosition>(scope: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<M>, DbErr> {
    let found = scope.query_all(select).await?;
    found.iter().map(M::by_position).collect()
}
