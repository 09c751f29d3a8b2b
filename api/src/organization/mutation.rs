//! Changing organizations.

use async_graphql::{Context, InputObject, Object};

use super::{service, types::Organization};
use crate::gql::{Nullable, OperationContext, once, payload};

/// Mutations of the area.
#[derive(Default)]
pub struct OrganizationMutation;

/// A new organization.
#[derive(InputObject)]
pub struct CreateOrganizationInput {
    /// Its name. 1 to 200 characters.
    name: String,
    /// Short name for addresses: 3 to 50 lower-case letters, digits and hyphens. Made from the name when left out.
    slug: Option<String>,
}

payload! {
    /// What `createOrganization` answers.
    CreateOrganizationPayload {
        /// The new organization.
        organization: Organization,
    }
}

/// Mutations about organizations.
#[Object(serial)]
impl OrganizationMutation {
    /// Founds an organization; the viewer becomes its ADMIN.
    async fn create_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new organization.")] input: CreateOrganizationInput,
    ) -> Nullable<CreateOrganizationPayload> {
        let row = once(
            ctx,
            service::create_organization(ctx.operation()?, &input.name, input.slug.as_deref()),
        )
        .await?;
        Ok(Some(CreateOrganizationPayload {
            organization: Organization::of(row),
        }))
    }
}
