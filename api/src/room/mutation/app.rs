//! Apps.

use async_graphql::{Context, ID, InputObject, Object};
use entity::room::app;

use crate::{
    gql::{Json, Nullable, OperationContext, id, once, once_shown, payload},
    organization::Organization,
    room::{
        service::{self, AppPatch},
        types::App,
    },
};

/// Mutations about apps.
#[derive(Default)]
pub(super) struct AppMutation;

/// A new app.
#[derive(InputObject)]
struct RegisterAppInput {
    /// Whom it belongs to.
    organization_id: ID,
    /// Its name. 1 to 100 characters.
    name: String,
    /// Short name, unique within the organization: 3 to 50 lower-case letters, digits and hyphens. Made from the
    /// name when left out.
    slug: Option<String>,
    /// What the app says of itself: a JSON object of at most 16 KiB. `permissions` in it is a list of texts.
    manifest: Json,
}

payload! {
    /// An app with its secret.
    RegisterAppPayload {
        /// The new app.
        app: App,
        /// Secret half of its credentials. Keep it: it is shown this once.
        client_secret: String,
    }
    edge {
        /// The app as an edge of the organization's `apps`, for a client that adds it to the list that it keeps.
        app_edge by app::Column::OrganizationId
    }
    also {
        /// The organization that it belongs to.
        organization: Organization by organization_id,
    }
}

/// Changes of an app. What is left out stays as it is.
#[derive(InputObject)]
struct UpdateAppInput {
    /// Which app.
    app_id: ID,
    /// Its name. 1 to 100 characters.
    name: Option<String>,
    /// Its manifest, replaced as a whole: a JSON object of at most 16 KiB.
    manifest: Option<Json>,
    /// Whether the app may be used.
    is_active: Option<bool>,
}

payload! {
    /// What `updateApp` answers.
    UpdateAppPayload {
        /// The app as it is now.
        app: App,
    }
}

/// An app whose secret is renewed.
#[derive(InputObject)]
struct RegenerateAppSecretInput {
    /// Which app.
    app_id: ID,
}

payload! {
    /// An app with its new secret.
    RegenerateAppSecretPayload {
        /// The app.
        app: App,
        /// The new secret half of its credentials. Keep it: it is shown this once. The old one is worth nothing now.
        client_secret: String,
    }
}

/// An app to take out of use.
#[derive(InputObject)]
struct DeactivateAppInput {
    /// Which app.
    app_id: ID,
}

payload! {
    /// What `deactivateApp` answers.
    DeactivateAppPayload {
        /// The app as it is now.
        app: App,
    }
}

/// Mutations about apps.
#[Object(serial)]
impl AppMutation {
    /// Registers a program that runs rooms. For ADMINs.
    async fn register_app(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new app.")] input: RegisterAppInput,
    ) -> Nullable<RegisterAppPayload> {
        let RegisterAppInput {
            organization_id,
            name,
            slug,
            manifest,
        } = input;
        let organization = id("organizationId", &organization_id)?;
        let (app, secret) = once_shown(
            ctx,
            service::register_app(ctx.operation()?, organization, &name, slug.as_deref(), manifest.0),
        )
        .await?
        .now()?;
        Ok(Some(RegisterAppPayload {
            app: App::of(app),
            client_secret: secret.reveal(),
        }))
    }

    /// Changes an app. For ADMINs.
    async fn update_app(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateAppInput,
    ) -> Nullable<UpdateAppPayload> {
        let UpdateAppInput {
            app_id,
            name,
            manifest,
            is_active,
        } = input;
        let patch = AppPatch {
            name,
            manifest: manifest.map(|manifest| manifest.0),
            is_active,
        };
        let app = once(ctx, service::update_app(ctx.operation()?, id("appId", &app_id)?, patch)).await?;
        Ok(Some(UpdateAppPayload { app: App::of(app) }))
    }

    /// Gives an app a new secret and ends the old one. For ADMINs.
    async fn regenerate_app_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The app.")] input: RegenerateAppSecretInput,
    ) -> Nullable<RegenerateAppSecretPayload> {
        let (app, secret) = once_shown(
            ctx,
            service::regenerate_app_secret(ctx.operation()?, id("appId", &input.app_id)?),
        )
        .await?
        .now()?;
        Ok(Some(RegenerateAppSecretPayload {
            app: App::of(app),
            client_secret: secret.reveal(),
        }))
    }

    /// Takes an app out of use; updateApp brings it back. For ADMINs.
    async fn deactivate_app(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The app.")] input: DeactivateAppInput,
    ) -> Nullable<DeactivateAppPayload> {
        let app = once(
            ctx,
            service::deactivate_app(ctx.operation()?, id("appId", &input.app_id)?),
        )
        .await?;
        Ok(Some(DeactivateAppPayload { app: App::of(app) }))
    }
}
