//! Prizes as clients see them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::room::{prize, winner};
use futures::future::BoxFuture;

use super::{Room, Winner, winner::WinnerStatus};
use crate::{
    gql::{
        Answer, Connection, Int, Item, Json, OperationContext, Selection, Timestamp, arguments, children, load, output,
        prime,
    },
    operation::Operation,
    room::finder::WinnerFilter,
    store::Page,
};

/// What can be won in a room.
pub struct Prize(pub Arc<prize::Model>);

impl Item for Prize {
    type Entity = prize::Entity;

    fn wrap(row: Arc<prize::Model>) -> Self {
        Self(row)
    }

    fn relations<'a>(
        operation: &'a Operation,
        rows: &'a [Arc<prize::Model>],
        selection: &'a Selection<'a>,
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            prime::<Room, _>(operation, rows, selection.field("room"), |row| Some(row.room_id)).await;
        })
    }
}

/// What can be won in a room.
#[Object(serial)]
impl Prize {
    /// Global id, `prize_…`.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// Its name. 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is. Up to 2000 characters.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Address of a picture, starting with https://.
    async fn image_url(&self) -> Option<&str> {
        self.0.image_url.as_deref()
    }

    /// Its place in the order in which prizes are drawn, from 0.
    async fn position(&self) -> i32 {
        self.0.position
    }

    /// How many of it there are. 1 to 1000000.
    async fn quantity(&self) -> i32 {
        self.0.quantity
    }

    /// How many of it nobody has won yet.
    async fn quantity_remaining(&self) -> i32 {
        self.0.quantity_remaining
    }

    /// What client programs keep with it: a JSON object of at most 16 KiB.
    async fn metadata(&self) -> Json {
        (&self.0.metadata).into()
    }

    /// When it was made.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> Timestamp {
        Timestamp(self.0.updated_at)
    }

    /// When it was taken off the list. Only winners and other history still lead here then.
    async fn deleted_at(&self) -> Option<Timestamp> {
        self.0.deleted_at.map(Timestamp)
    }

    /// The room.
    async fn room(&self, ctx: &Context<'_>) -> Answer<Room> {
        Ok(load(ctx.operation()?, self.0.room_id).await?)
    }

    /// Who won it, in the order of the announcements; revoked wins too.
    #[allow(
        clippy::too_many_arguments,
        reason = "the arguments of a Relay connection with a filter"
    )]
    async fn winners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only winners with one of these statuses.")] statuses: Option<Vec<WinnerStatus>>,
        #[graphql(desc = "Rows from the start, 1 to 100; 20 when nothing is given.")] first: Option<Int>,
        #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 1 to 100.")] last: Option<Int>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Winner>> {
        let statuses = statuses.map(|statuses| statuses.into_iter().map(Into::into).collect());
        let window = arguments(first, after, last, before);
        let page = Page::natural(WinnerFilter { statuses }, window)?;
        Ok(Some(
            children(ctx, winner::Column::PrizeId, self.0.id, page, None).await?,
        ))
    }
}
