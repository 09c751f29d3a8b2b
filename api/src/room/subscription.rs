//! Following a room's live log.

use std::sync::Arc;

use async_graphql::{Context, ID, Subscription};
use entity::RoomId;
use futures::{Stream, StreamExt};

use super::{
    event::Event,
    types::{RoomEvent, WinnerAnnounced, announced, room_event},
};
use crate::{
    error::Result,
    gql::{Long, OperationContext, id},
    operation::{Allowance, StreamPosition},
    store::Logged,
};

/// Subscriptions of the area.
#[derive(Default)]
pub struct RoomSubscription;

/// Live announcements.
#[Subscription]
impl RoomSubscription {
    /// What happens in a room, in order, each event once. With `after`, first what was missed since that sequence,
    /// then live, without a gap. Ends when the room can no longer be seen.
    async fn room_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which room.")] room_id: ID,
        #[graphql(desc = "The last sequence that was handled; 0 for everything; live from now on when left out.")]
        after: Option<Long>,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<RoomEvent>> + use<>> {
        let rows = follow(ctx, &room_id, after, None).await?;
        Ok(rows.map(|row| Ok(room_event(&row?)?)))
    }

    /// The winners of a room as they are announced, in order, each once. With `after`, first those that were
    /// announced since that sequence. Ends when the room can no longer be seen.
    async fn winner_announced(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which room.")] room_id: ID,
        #[graphql(desc = "The last sequence that was handled; 0 for everything; live from now on when left out.")]
        after: Option<Long>,
    ) -> async_graphql::Result<impl Stream<Item = async_graphql::Result<WinnerAnnounced>> + use<>> {
        let rows = follow(ctx, &room_id, after, Some(Event::WINNER_ANNOUNCED)).await?;
        Ok(rows.map(|row| Ok(announced(&row?)?)))
    }
}

async fn follow(
    ctx: &Context<'_>,
    room: &ID,
    after: Option<Long>,
    only: Option<&'static str>,
) -> Result<impl Stream<Item = Result<Logged<RoomId>>> + use<>> {
    let room: RoomId = id("roomId", room)?;
    // A client that comes back by itself knows better where it stood than the document that it began with.
    let position = ctx.data_opt::<Arc<StreamPosition>>().cloned().unwrap_or_default();
    let after = after.map(|after| after.0);
    let cost = ctx.data_opt::<Allowance>().map_or(1, |allowance| allowance.0);
    ctx.operation()?.follow(room, after, only, cost, position).await
}
