//! Ids on the wire: `room_01jd…`, a prefix that names the kind and the UUID (TypeID).

use async_graphql::ID;
use entity::{Id, id::IdError};

use crate::error::{Error, Result};

/// The typed id that an argument names.
///
/// # Errors
/// `VALIDATION` when it is no id, or one of another kind.
pub fn id<I: Id>(field: &'static str, id: &ID) -> Result<I> {
    id.parse().map_err(|error| {
        let wanted = I::PREFIX;
        Error::validation(
            field,
            match error {
                IdError::Malformed => {
                    format!("{field} is no id. It looks like {wanted}_… with 26 characters after the underscore.")
                }
                IdError::OtherKind(found) => format!("{field} must be the id of a {wanted}, but {found}_… was given."),
            },
        )
    })
}

/// The typed id of an argument that may be left out.
///
/// # Errors
/// As [`id`].
pub fn optional_id<I: Id>(field: &'static str, text: Option<&ID>) -> Result<Option<I>> {
    text.map(|text| id(field, text)).transpose()
}

/// An id as it leaves.
pub fn output(id: impl Id) -> ID {
    ID(id.to_string())
}
