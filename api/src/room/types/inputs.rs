//! Filters and orders.

use async_graphql::{Enum, ID, InputObject};
use entity::room::room;

use super::room::RoomStatus;
use crate::{
    error::Result,
    gql::{OrderDirection, Timestamp, optional_id},
    room::finder::{AppFilter, RoomFilter, RoomOrder},
    store::{Page, Window, WindowArguments},
    validation,
};

/// Which rooms are listed. What is left out does not narrow the list.
#[derive(Default, InputObject)]
#[graphql(name = "RoomFilter")]
pub struct RoomFilterInput {
    /// Rooms with one of these statuses.
    status: Option<Vec<RoomStatus>>,
    /// Public rooms, or private ones.
    is_public: Option<bool>,
    /// Rooms that this app runs.
    app_id: Option<ID>,
    /// Rooms of this organization.
    organization_id: Option<ID>,
    /// Rooms with this text in title or description; capitals and small letters are the same, accents are not. 1 to 200 characters.
    text: Option<String>,
    /// Rooms that start at this time or later.
    starts_after: Option<Timestamp>,
    /// Rooms that start before this time.
    starts_before: Option<Timestamp>,
}

/// What rooms can be ordered by.
#[derive(Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(name = "RoomOrderField")]
pub enum RoomOrderField {
    /// When the room was made.
    #[default]
    CreatedAt,
    /// When the room starts; rooms without a start come last in both directions.
    StartsAt,
    /// The title: capitals and small letters together, accents beside their letter. Equal ones by age.
    Title,
}

/// In which order rooms are listed.
#[derive(Default, InputObject)]
#[graphql(name = "RoomOrder")]
pub struct RoomOrderInput {
    /// By what.
    field: RoomOrderField,
    /// Which end comes first.
    #[graphql(default)]
    direction: OrderDirection,
}

/// Which apps are listed. What is left out does not narrow the list.
#[derive(Default, InputObject)]
#[graphql(name = "AppFilter")]
pub struct AppFilterInput {
    /// Active apps, or deactivated ones.
    is_active: Option<bool>,
}

impl From<AppFilterInput> for AppFilter {
    fn from(input: AppFilterInput) -> Self {
        Self {
            is_active: input.is_active,
            organization: None,
        }
    }
}

impl From<RoomOrderField> for RoomOrder {
    fn from(field: RoomOrderField) -> Self {
        match field {
            RoomOrderField::CreatedAt => Self::CreatedAt,
            RoomOrderField::StartsAt => Self::StartsAt,
            RoomOrderField::Title => Self::Title,
        }
    }
}

impl RoomFilterInput {
    fn check(self) -> Result<RoomFilter> {
        Ok(RoomFilter {
            statuses: self
                .status
                .map(|statuses| statuses.into_iter().map(Into::into).collect()),
            is_public: self.is_public,
            app: optional_id("appId", self.app_id.as_ref())?,
            organization: optional_id("organizationId", self.organization_id.as_ref())?,
            text: self.text.map(|text| validation::text("text", &text, 200)).transpose()?,
            starts_after: self
                .starts_after
                .map(|time| validation::moment("startsAfter", time.0))
                .transpose()?,
            starts_before: self
                .starts_before
                .map(|time| validation::moment("startsBefore", time.0))
                .transpose()?,
        })
    }
}

/// The page of rooms that a list's arguments ask for.
///
/// # Errors
/// `VALIDATION` for arguments that do not fit.
pub fn room_page(
    filter: Option<RoomFilterInput>,
    order_by: Option<RoomOrderInput>,
    arguments: WindowArguments,
) -> Result<Page<room::Entity>> {
    let RoomOrderInput { field, direction } = order_by.unwrap_or_default();
    let order = RoomOrder::from(field);
    Ok(Page {
        filter: filter.unwrap_or_default().check()?,
        order,
        descending: direction == OrderDirection::Desc,
        window: Window::new::<room::Entity>(arguments, order)?,
    })
}
