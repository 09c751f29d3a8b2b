//! The part of a list that a page shows, from Relay's arguments.

use super::cursor::Cursor;
use crate::{
    error::{Error, Result},
    store::visible::Listed,
};

/// Rows of a page when nothing else is asked for.
pub const DEFAULT_SIZE: u32 = 20;
/// Rows of a page at most.
pub const MAX_SIZE: u32 = 100;

/// The part of a list between two cursors, from its start or its end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    pub(super) size: u32,
    pub(super) backward: bool,
    pub(super) after: Option<Cursor>,
    pub(super) before: Option<Cursor>,
}

/// The arguments of a Relay connection, unchecked.
#[derive(Clone, Debug, Default)]
pub struct WindowArguments {
    /// Rows from the start.
    pub first: Option<i64>,
    /// Start behind this row.
    pub after: Option<String>,
    /// Rows from the end.
    pub last: Option<i64>,
    /// End before this row.
    pub before: Option<String>,
}

/// A side of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before its first row.
    Before,
    /// After its last row.
    After,
}

impl Window {
    /// Checks the arguments of a connection over `order`.
    ///
    /// # Errors
    /// `VALIDATION` for a size outside 1 to 100, for both `first` and `last`, for a cursor that is broken or
    /// belongs to another order.
    pub fn new<E: Listed>(arguments: WindowArguments, order: E::Order) -> Result<Self> {
        let WindowArguments {
            first,
            after,
            last,
            before,
        } = arguments;
        let (size, backward) = match (first, last) {
            (Some(_), Some(_)) => {
                return Err(Error::validation("last", "Give either first or last, not both."));
            }
            (None, Some(last)) => (page_size(last, "last")?, true),
            (first, None) => (
                first.map_or(Ok(DEFAULT_SIZE), |first| page_size(first, "first"))?,
                false,
            ),
        };
        let cursor = |text: Option<String>, field| text.map(|text| Cursor::parse::<E>(&text, order, field)).transpose();
        Ok(Self {
            size,
            backward,
            after: cursor(after, "after")?,
            before: cursor(before, "before")?,
        })
    }

    /// One row of what a cursor cuts off on a side; nothing when no cursor does.
    pub(super) fn cut_off(&self, side: Side) -> Option<Self> {
        let cursor = match side {
            Side::Before => self.after.clone(),
            Side::After => self.before.clone(),
        };
        let cursor = cursor.map(|cursor| Cursor {
            is_inclusive: true,
            ..cursor
        });
        let (after, before) = match (side, cursor?) {
            (Side::Before, cursor) => (None, Some(cursor)),
            (Side::After, cursor) => (Some(cursor), None),
        };
        Some(Self {
            size: 1,
            backward: side == Side::Before,
            after,
            before,
        })
    }
}

/// Checks a page's size.
///
/// # Errors
/// `VALIDATION` outside 1 to 100.
pub fn page_size(size: i64, field: &'static str) -> Result<u32> {
    match u32::try_from(size) {
        Ok(size) if (1..=MAX_SIZE).contains(&size) => Ok(size),
        _ => Err(Error::validation(
            field,
            format!("{field} is {size}; it must be 1 to {MAX_SIZE}."),
        )),
    }
}
