//! What a type says of itself: its name, and whether it is a list.

use async_graphql::parser::types::{BaseType, Type};

/// The name of a type without lists and exclamation marks.
pub(super) fn base_name(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => base_name(item),
    }
}

/// Whether a type is a list of something.
pub(super) fn is_list(of: &Type) -> bool {
    matches!(of.base, BaseType::List(_))
}
