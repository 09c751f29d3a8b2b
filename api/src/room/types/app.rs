//! Apps as clients see them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::room::{app, room};
use futures::future::BoxFuture;

use super::{Room, RoomFilterInput, RoomOrderInput, room_page};
use crate::{
    gql::{
        Answer, Connection, Int, Item, Json, OperationContext, Selection, Timestamp, arguments, children, load, output,
        prime,
    },
    operation::Operation,
    organization::Organization,
};

/// A program that runs rooms.
pub struct App(pub Arc<app::Model>);

impl Item for App {
    type Entity = app::Entity;

    fn wrap(row: Arc<app::Model>) -> Self {
        Self(row)
    }

    fn relations<'a>(
        operation: &'a Operation,
        rows: &'a [Arc<app::Model>],
        selection: &'a Selection<'a>,
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            prime::<Organization, _>(operation, rows, selection.field("organization"), |row| {
                Some(row.organization_id)
            })
            .await;
        })
    }
}

/// A program that runs rooms. Only members of its organization see it.
#[Object(serial)]
impl App {
    /// Global id, `app_…`.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// Short name, unique within the organization.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its name. 1 to 100 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What the app says of itself: a JSON object of at most 16 KiB.
    async fn manifest(&self) -> Json {
        (&self.0.manifest).into()
    }

    /// What the app asks to be allowed, from its manifest's `permissions`.
    async fn permissions(&self) -> Vec<String> {
        let texts = self.0.permissions.as_array().into_iter().flatten();
        texts.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    }

    /// Public half of the app's credentials; the secret half was shown once.
    async fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// Whether the app may be used.
    async fn is_active(&self) -> bool {
        self.0.is_active
    }

    /// When it was registered.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> Timestamp {
        Timestamp(self.0.updated_at)
    }

    /// Whom it belongs to.
    async fn organization(&self, ctx: &Context<'_>) -> Answer<Organization> {
        Ok(load(ctx.operation()?, self.0.organization_id).await?)
    }

    /// The rooms that it runs.
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
        Ok(Some(children(ctx, room::Column::AppId, self.0.id, page, None).await?))
    }
}
