//! Apps: seen by the members of their organization.

use chrono::{DateTime, Utc};
use entity::{AppId, OrganizationId, room::app};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, sea_query::LockType};

use crate::{
    caller::Caller,
    error::{Error, Result},
    operation::{Related, Subject, anew_by_id},
    organization,
    policy::Relations,
    store::{ListOrdering, Listed, Located, Lock, Scope, Target, Visible, Writing},
};

impl Visible for app::Entity {
    type Id = AppId;

    const NAME: &'static str = "app";
    const ID: app::Column = app::Column::Id;
    const DELETED_AT: Option<app::Column> = Some(app::Column::DeletedAt);

    fn visible(caller: &Caller) -> Condition {
        organization::of_own(app::Column::OrganizationId, caller)
    }

    fn id(row: &app::Model) -> AppId {
        row.id
    }

    fn deleted_at(row: &app::Model) -> Option<DateTime<Utc>> {
        row.deleted_at
    }
}

anew_by_id!(app);

/// Which apps are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AppFilter {
    /// Active or deactivated ones.
    pub is_active: Option<bool>,
    /// Of this organization.
    pub organization: Option<OrganizationId>,
}

impl Listed for app::Entity {
    type Filter = AppFilter;
    type Order = AppOrder;

    fn matching(filter: &AppFilter) -> Condition {
        Condition::all()
            .add_option(filter.is_active.map(|active| app::Column::IsActive.eq(active)))
            .add_option(
                filter
                    .organization
                    .map(|organization| app::Column::OrganizationId.eq(organization)),
            )
    }
}

/// Apps by age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AppOrder;

impl ListOrdering<app::Entity> for AppOrder {
    fn column(self) -> Option<app::Column> {
        None
    }

    fn tag(self) -> &'static str {
        "app.age"
    }
}

impl Located for AppId {
    fn target(&self) -> Target {
        Target::row("locate_app", "apps", *self, Error::not_found("app", "appId"))
    }
}

impl Related for app::Model {
    async fn relations(&self, tx: &Writing) -> Result<Relations> {
        organization::relations(tx, self.organization_id).await
    }
}

impl Subject for AppId {
    type Held = app::Model;

    async fn hold(&self, tx: &Writing, _: Lock) -> Result<app::Model> {
        let select = app::Entity::seen(tx.caller()).filter(app::Column::Id.eq(*self));
        let app = select.lock(LockType::Update).one(tx).await?;
        app.ok_or_else(|| self.target().not_found())
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
