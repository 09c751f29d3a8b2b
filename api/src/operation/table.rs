//! A table that the API shows is declared once, in its area's finder.

/// Declares a table: its id, what a row is called and by which argument clients name it; which rows a caller sees, by a condition, or
/// those that are seen with a row of another table, by the column that names it; the column that marks a row as deleted, or `never`. When
/// it applies, also that changes begin with its ids, and the lists in which it is shown.
///
/// It stands for `impl Visible` and `impl Anew`; with `located`, for `impl Located` of its id, which PostgreSQL looks up by
/// the function of this name; with `listed`, for `impl Listed` in its one order, by a column or by age, under the tag that marks its
/// cursors.
macro_rules! table {
    (
        $table:ident: $id:ty, $name:literal, $argument:literal;
        $(visible: |$caller:pat_param| $visible:expr;)?
        $(seen_with: $parent:ident by $parent_column:ident, $parent_id:ident $(; itself: $itself:expr)?;)?
        deleted: $deleted:ident;
        $(located: $function:literal;)?
        $(listed: $tag:literal $(by $column:ident)?, |$filter:tt: $wanted:ty| $matching:expr;)?
    ) => {
        impl crate::store::Visible for $table::Entity {
            type Id = $id;

            const NAME: &'static str = $name;
            const ARGUMENT: &'static str = $argument;
            const ID: $table::Column = $table::Column::Id;

            $(
                fn visible($caller: &crate::caller::Caller) -> sea_orm::Condition {
                    $visible
                }
            )?

            $(
                const SEEN_WITH: Option<crate::store::SeenWith<Self>> = Some(crate::store::SeenWith {
                    column: $table::Column::$parent_column,
                    kind: std::any::TypeId::of::<<$parent::Entity as crate::store::Visible>::Id>(),
                    id: |row| row.$parent_id.into(),
                    itself: || sea_orm::Condition::all()$(.add($itself))?,
                });

                fn visible(caller: &crate::caller::Caller) -> sea_orm::Condition {
                    let seen = crate::store::seen_with::<$parent::Entity>($table::Column::$parent_column, caller);
                    seen$(.add($itself))?
                }
            )?

            fn id(row: &$table::Model) -> $id {
                row.id
            }

            crate::operation::deleted!($table, $deleted);
        }

        impl crate::operation::Anew for $table::Model {
            async fn anew(self, operation: &crate::operation::Operation) -> crate::error::Result<Self> {
                crate::operation::row_anew::<$table::Entity>(self, operation).await
            }
        }

        $(
            impl crate::store::Located for $id {
                fn target(&self) -> crate::store::Target {
                    crate::store::Target::row::<$table::Entity>($function, *self)
                }
            }
        )?

        $(
            impl crate::store::Listed for $table::Entity {
                type Filter = $wanted;
                type Order = crate::store::NaturalOrder;

                fn matching($filter: &$wanted) -> sea_orm::Condition {
                    $matching
                }
            }

            impl crate::store::NaturallyOrdered for $table::Entity {
                const COLUMN: Option<$table::Column> = crate::operation::first_column!($($table::Column::$column)?);
                const TAG: &'static str = $tag;
            }
        )?
    };
}
pub(crate) use table;

/// When a row was deleted: by the column, or `never`, when rows of the table are not deleted.
macro_rules! deleted {
    ($table:ident, never) => {
        const DELETED_AT: Option<$table::Column> = None;

        fn deleted_at(_: &$table::Model) -> Option<chrono::DateTime<chrono::Utc>> {
            None
        }
    };
    ($table:ident, $deleted_at:ident) => {
        const DELETED_AT: Option<$table::Column> = Some($table::Column::DeletedAt);

        fn deleted_at(row: &$table::Model) -> Option<chrono::DateTime<chrono::Utc>> {
            row.$deleted_at
        }
    };
}
pub(crate) use deleted;

/// The column, if there is one.
macro_rules! first_column {
    () => {
        None
    };
    ($column:path) => {
        Some($column)
    };
}
pub(crate) use first_column;
