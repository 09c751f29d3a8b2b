//! Prizes as clients see them.

use async_graphql::{Context, ID, Object};
use entity::room::{prize, winner};
use macros::windows;

use super::{Room, Winner, winner::WinnerStatus};
use crate::{
    gql::{Connection, Json, Nullable, OperationContext, Timestamp, children, item, load, output},
    room::finder::WinnerFilter,
    store::{Page, WindowArguments},
};

item! {
    /// What can be won in a room.
    Prize(prize) {
        "room": Room = |row| row.room_id,
    }
}

/// What can be won in a room.
#[windows]
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
    async fn room(&self, ctx: &Context<'_>) -> Nullable<Room> {
        Ok(load(ctx.operation()?, self.0.room_id).await?)
    }

    /// Who won it, in the order of the announcements; revoked wins too.
    async fn winners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only winners with one of these statuses.")] statuses: Option<Vec<WinnerStatus>>,
        window: WindowArguments,
    ) -> Nullable<Connection<Winner>> {
        let statuses = statuses.map(|statuses| statuses.into_iter().map(Into::into).collect());
        let page = Page::natural(WinnerFilter { statuses }, window)?;
        Ok(Some(
            children(ctx, winner::Column::PrizeId, self.0.id, page, None).await?,
        ))
    }
}
