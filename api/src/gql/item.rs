//! A GraphQL object over a row of a table is declared once: its relations to one other row are loaded ahead for every list.

/// Declares an object over a table's row, and its fields that answer one other row: the field's name, its type, and the id that
/// stands in the row, or behind another row that it names. The fields themselves are written as all others.
///
/// It stands for a tuple struct around the row and `impl Item` with a `prime` for each of the fields.
macro_rules! item {
    (
        $(#[$meta:meta])*
        $item:ident($table:ident) {
            $($field:literal: $related:ty = |$row:ident| $id:expr $(=> $behind:ident |$next:ident| $further:expr)?,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $item(pub std::sync::Arc<$table::Model>);

        impl $item {
            /// The object over a row.
            pub fn of(row: $table::Model) -> Self {
                Self(std::sync::Arc::new(row))
            }
        }

        impl crate::gql::Item for $item {
            type Entity = $table::Entity;

            fn wrap(row: std::sync::Arc<$table::Model>) -> Self {
                Self(row)
            }

            #[allow(unused_variables, reason = "an object may have no relations")]
            fn relations<'a>(
                operation: &'a crate::operation::Operation,
                rows: &'a [std::sync::Arc<$table::Model>],
                selection: &'a crate::gql::Selection<'a>,
            ) -> futures::future::BoxFuture<'a, ()> {
                Box::pin(async move {
                    $(
                        let (id, field) = (|$row: &$table::Model| Option::from($id), selection.field($field));
                        crate::gql::prime_one!(operation, rows, field, $related, id $(, $behind |$next| $further)?);
                    )*
                })
            }
        }
    };
}
pub(crate) use item;

/// Loads one relation ahead: of the rows themselves, or of rows that they name.
macro_rules! prime_one {
    ($operation:ident, $rows:ident, $field:ident, $related:ty, $id:ident) => {
        crate::gql::prime::<$related, _>($operation, $rows, $field, $id).await
    };
    ($operation:ident, $rows:ident, $field:ident, $related:ty, $id:ident, $behind:ident |$next:ident| $further:expr) => {
        crate::gql::prime_behind::<$behind::Entity, $related, _>($operation, $rows, $field, $id, |$next| {
            Option::from($further)
        })
        .await
    };
}
pub(crate) use prime_one;
