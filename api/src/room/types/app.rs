//! Apps as clients see them.

use async_graphql::{Context, ID, Object};
use entity::room::{app, room};
use macros::windows;

use super::{Room, RoomFilterInput, RoomOrderInput, room_page};
use crate::{
    gql::{Connection, Json, Nullable, OperationContext, Timestamp, children, item, load, output},
    organization::Organization,
    store::WindowArguments,
};

item! {
    /// A program that runs rooms.
    App(app) {
        "organization": Organization = |row| row.organization_id,
    }
}

/// A program that runs rooms. Only members of its organization see it.
#[windows]
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
    async fn organization(&self, ctx: &Context<'_>) -> Nullable<Organization> {
        Ok(load(ctx.operation()?, self.0.organization_id).await?)
    }

    /// The rooms that it runs.
    async fn rooms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which rooms.")] filter: Option<RoomFilterInput>,
        #[graphql(desc = "In which order; oldest first when nothing is given.")] order_by: Option<RoomOrderInput>,
        window: WindowArguments,
    ) -> Nullable<Connection<Room>> {
        let page = room_page(filter, order_by, window)?;
        Ok(Some(children(ctx, room::Column::AppId, self.0.id, page, None).await?))
    }
}
