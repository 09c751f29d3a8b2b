//! Reading organizations.

use async_graphql::{Context, ID, Object};
use entity::OrganizationId;

use super::{finder, types::Organization};
use crate::{
    error::Error,
    gql::{Nullable, OperationContext, load, optional_id},
};

/// Queries of the area.
#[derive(Default)]
pub struct OrganizationQuery;

/// Queries about organizations.
#[Object(serial)]
impl OrganizationQuery {
    /// One of the viewer's organizations, by its id or its slug; null when there is none such.
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its slug.")] slug: Option<String>,
    ) -> Nullable<Organization> {
        let operation = ctx.operation()?;
        match (optional_id::<OrganizationId>("id", id.as_ref())?, slug) {
            (Some(id), None) => Ok(load(operation, id).await?),
            (None, Some(slug)) => {
                let snapshot = operation.snapshot();
                let slug = crate::validation::slug("slug", &slug)?;
                let row = finder::by_slug(snapshot.reading(), &slug).await?;
                Ok(row.map(Organization::of))
            }
            _ => Err(Error::validation("id", "Give either id or slug.").into()),
        }
    }
}
