//! Inputs as the services take them, which know nothing of GraphQL.

use async_graphql::MaybeUndefined;

use crate::patch::Field;

impl<T> From<MaybeUndefined<T>> for Field<T> {
    fn from(value: MaybeUndefined<T>) -> Self {
        match value {
            MaybeUndefined::Undefined => Self::Keep,
            MaybeUndefined::Null => Self::Clear,
            MaybeUndefined::Value(value) => Self::Put(value),
        }
    }
}
