//! Apps: seen by the members of their organization.

use chrono::{DateTime, Utc};
use entity::{AppId, OrganizationId, room::app};
use sea_orm::{ColumnTrait, Condition};

use crate::{
    caller::Caller,
    organization,
    store::{ListOrdering, Listed, Visible},
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
