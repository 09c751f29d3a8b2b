//! Reading rooms and apps.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{
    finder::AppFilter,
    service,
    types::{App, AppFilterInput, Room, RoomFilterInput, RoomOrderInput, room_page},
};
use crate::{
    gql::{self, Answer, Connection, Int, OperationContext, arguments, list, load, optional_id},
    store::Page,
};

/// Queries of the area.
#[derive(Default)]
pub struct RoomQuery;

/// Queries about rooms and apps.
#[Object(serial)]
impl RoomQuery {
    /// A room that the viewer sees; null when there is none such.
    async fn room(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Answer<Room> {
        Ok(load(ctx.operation()?, gql::id("id", &id)?).await?)
    }

    /// The room behind a join code, for anyone who knows it. Of a private room, a stranger reads its own fields;
    /// people, prizes and winners show after joining.
    async fn room_by_join_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code. Upper and lower case, spaces and hyphens do not matter.")] join_code: String,
    ) -> Answer<Room> {
        let row = service::room_behind(ctx.operation()?, &join_code).await?;
        Ok(Some(Room(Arc::new(row))))
    }

    /// The rooms that the viewer sees: public ones, those of their organizations, and those that they are in.
    #[allow(
        clippy::too_many_arguments,
        reason = "the arguments of a Relay connection with filter and order"
    )]
    async fn rooms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which rooms.")] filter: Option<RoomFilterInput>,
        #[graphql(desc = "In which order; oldest first when nothing is given.")] order_by: Option<RoomOrderInput>,
        #[graphql(desc = "Rows from the start, 1 to 100; 20 when nothing is given.")] first: Option<Int>,
        #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 1 to 100.")] last: Option<Int>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Room>> {
        let page = room_page(filter, order_by, arguments(first, after, last, before))?;
        Ok(Some(list(ctx, page).await?))
    }

    /// An app of one of the viewer's organizations; null when there is none such.
    async fn app(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Answer<App> {
        Ok(load(ctx.operation()?, gql::id("id", &id)?).await?)
    }

    /// The apps of the viewer's organizations, oldest first.
    #[allow(
        clippy::too_many_arguments,
        reason = "the arguments of a Relay connection with a filter"
    )]
    async fn apps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only apps of this organization.")] organization_id: Option<ID>,
        #[graphql(desc = "Which apps.")] filter: Option<AppFilterInput>,
        #[graphql(desc = "Rows from the start, 1 to 100; 20 when nothing is given.")] first: Option<Int>,
        #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 1 to 100.")] last: Option<Int>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<App>> {
        let window = arguments(first, after, last, before);
        let organization = optional_id("organizationId", organization_id.as_ref())?;
        let filter = AppFilter {
            organization,
            ..filter.unwrap_or_default().into()
        };
        Ok(Some(list(ctx, Page::natural(filter, window)?).await?))
    }
}
