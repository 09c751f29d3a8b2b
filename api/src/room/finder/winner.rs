//! Winners: seen when their room is.

use chrono::{DateTime, Utc};
use entity::{
    WinnerId,
    room::winner::{self, WinnerStatus},
};
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::room::of_visible;
use crate::{
    caller::Caller,
    error::{Error, Result},
    store::{ListOrdering, Listed, Scope, Visible},
};

impl Visible for winner::Entity {
    type Id = WinnerId;

    const NAME: &'static str = "winner";
    const ID: winner::Column = winner::Column::Id;
    const DELETED_AT: Option<winner::Column> = Some(winner::Column::DeletedAt);

    fn visible(caller: &Caller) -> Condition {
        of_visible(winner::Column::RoomId, caller)
    }

    fn id(row: &winner::Model) -> WinnerId {
        row.id
    }

    fn deleted_at(row: &winner::Model) -> Option<DateTime<Utc>> {
        row.deleted_at
    }
}

/// Which winners are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WinnerFilter {
    /// Only these.
    pub statuses: Option<Vec<WinnerStatus>>,
}

impl Listed for winner::Entity {
    type Filter = WinnerFilter;
    type Order = WinnerOrder;

    fn matching(filter: &WinnerFilter) -> Condition {
        let statuses = filter
            .statuses
            .as_ref()
            .map(|statuses| winner::Column::Status.is_in(statuses.iter().copied()));
        Condition::all().add_option(statuses)
    }
}

/// Winners in the order in which they were announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WinnerOrder;

impl ListOrdering<winner::Entity> for WinnerOrder {
    fn column(self) -> Option<winner::Column> {
        None
    }

    fn tag(self) -> &'static str {
        "winner.age"
    }
}

/// A winner whom the caller sees.
///
/// # Errors
/// `NOT_FOUND` for any other.
pub async fn winner(scope: &impl Scope, id: WinnerId) -> Result<winner::Model> {
    let select = winner::Entity::seen(scope.caller()).filter(winner::Column::Id.eq(id));
    select
        .one(scope)
        .await?
        .ok_or_else(|| Error::not_found("winner", "winnerId"))
}
