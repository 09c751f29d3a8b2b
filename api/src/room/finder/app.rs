//! Apps: seen by the members of their organization.

use entity::{AppId, OrganizationId, room::app};
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use crate::{
    error::Result,
    operation::{Related, Subject, table},
    organization,
    policy::Relations,
    store::{Located, Lock, Scope, Visible, Writing, seen_row_for_change},
};

table! {
    app: AppId, "app", "appId";
    visible: |caller| organization::of_own(app::Column::OrganizationId, caller);
    deleted: deleted_at;
    located: "locate_app";
    listed: "app.age", |filter: AppFilter| {
        Condition::all()
            .add_option(filter.is_active.map(|active| app::Column::IsActive.eq(active)))
            .add_option(filter.organization.map(|organization| app::Column::OrganizationId.eq(organization)))
    };
}

/// Which apps are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AppFilter {
    /// Active or deactivated ones.
    pub is_active: Option<bool>,
    /// Of this organization.
    pub organization: Option<OrganizationId>,
}

impl Related for app::Model {
    async fn relations(&self, tx: &Writing) -> Result<Relations> {
        organization::relations(tx, self.organization_id).await
    }
}

impl Subject for AppId {
    type Held = app::Model;

    async fn hold(&self, tx: &Writing, _: Lock) -> Result<app::Model> {
        seen_row_for_change::<app::Entity>(tx, *self, Lock::Exclusive).await
    }
}

/// An app of an organization that the caller belongs to.
///
/// # Errors
/// `NOT_FOUND` for any other.
pub async fn app_of(scope: &impl Scope, organization: OrganizationId, id: AppId) -> Result<app::Model> {
    let select = app::Entity::seen(scope.caller())
        .filter(app::Column::Id.eq(id))
        .filter(app::Column::OrganizationId.eq(organization));
    select.one(scope).await?.ok_or_else(|| id.target().not_found())
}
