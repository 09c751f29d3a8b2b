//! Reading rooms and apps.

use async_graphql::{Context, ID, Object};
use entity::{AppId, RoomId};
use macros::windows;

use super::{
    finder::AppFilter,
    service,
    types::{App, AppFilterInput, Room, RoomFilterInput, RoomOrderInput, room_page},
};
use crate::{
    gql::{self, Connection, Nullable, OperationContext, list, load, optional_id},
    store::{Page, WindowArguments},
};

/// Queries of the area.
#[derive(Default)]
pub struct RoomQuery;

/// Queries about rooms and apps.
#[windows]
#[Object(serial)]
impl RoomQuery {
    /// A room that the viewer sees; null when there is none such.
    async fn room(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Room> {
        Ok(load(ctx.operation()?, gql::id::<RoomId>("id", &id)?).await?)
    }

    /// The room behind a join code, for anyone who knows it. Of a private room, a stranger reads its own fields;
    /// people, prizes and winners show after joining.
    async fn room_by_join_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code. Upper and lower case, spaces and hyphens do not matter.")] join_code: String,
    ) -> Nullable<Room> {
        let operation = ctx.operation()?;
        let row = service::room_behind(operation, &join_code).await?;
        // Who sees the room without its code reads it in one snapshot with all else that is asked of it.
        Ok(Some(load(operation, row.id).await?.unwrap_or_else(|| Room::of(row))))
    }

    /// The rooms that the viewer sees: public ones, those of their organizations, and those that they are in.
    async fn rooms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which rooms.")] filter: Option<RoomFilterInput>,
        #[graphql(desc = "In which order; oldest first when nothing is given.")] order_by: Option<RoomOrderInput>,
        window: WindowArguments,
    ) -> Nullable<Connection<Room>> {
        let page = room_page(filter, order_by, window)?;
        Ok(Some(list(ctx, page).await?))
    }

    /// An app of one of the viewer's organizations; null when there is none such.
    async fn app(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<App> {
        Ok(load(ctx.operation()?, gql::id::<AppId>("id", &id)?).await?)
    }

    /// The apps of the viewer's organizations, oldest first.
    async fn apps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only apps of this organization.")] organization_id: Option<ID>,
        #[graphql(desc = "Which apps.")] filter: Option<AppFilterInput>,
        window: WindowArguments,
    ) -> Nullable<Connection<App>> {
        let organization = optional_id("organizationId", organization_id.as_ref())?;
        let filter = AppFilter {
            organization,
            ..filter.unwrap_or_default().into()
        };
        Ok(Some(list(ctx, Page::natural(filter, window)?).await?))
    }
}
