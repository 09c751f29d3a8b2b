//! Looking at draws: thin, one call each.

use async_graphql::{Context, ID, Object};
use entity::DrawId;

use super::{
    service,
    types::{Draw, DrawReceipt},
};
use crate::gql::{self, Nullable, OperationContext, load};

/// Queries of the area.
#[derive(Default)]
pub struct DrawQuery;

/// Looking at draws.
#[Object(serial)]
impl DrawQuery {
    /// A draw of a room that the viewer sees; null when there is none such.
    async fn draw(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Draw> {
        Ok(load(ctx.operation()?, gql::id::<DrawId>("id", &id)?).await?)
    }

    /// The viewer's own entry in a draw, with the proof that it is on the list; null when they were never in its room.
    /// For oneself only.
    async fn draw_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draw.")] draw_id: ID,
    ) -> Nullable<DrawReceipt> {
        let entry = service::own_entry(ctx.operation()?, gql::id("drawId", &draw_id)?).await?;
        Ok(entry.as_ref().map(DrawReceipt::new).transpose()?)
    }
}
