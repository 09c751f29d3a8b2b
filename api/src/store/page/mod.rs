//! Pages of lists: keyset cursors that stay valid while rows come and go.

mod cursor;
mod window;

use sea_orm::{
    ColumnTrait, Condition, Iden,
    sea_query::{Expr, ExprTrait, NullOrdering, Order, SelectStatement},
};
use uuid::Uuid;

pub use cursor::{Cursor, ListId, cursor_text};
pub use window::{DEFAULT_SIZE, MAX_SIZE, Side, Window, WindowArguments, page_size};

use super::visible::{Listed, Ordering};
use crate::error::{Error, Result};

/// Which part of which list: filter, order, direction, position and size.
pub struct Page<E: Listed> {
    /// What is listed.
    pub filter: E::Filter,
    /// By what.
    pub order: E::Order,
    /// Largest first.
    pub descending: bool,
    /// The part of the list.
    pub window: Window,
}

/// One page's rows, in the list's order.
#[derive(Clone, Debug)]
pub struct Slice<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// Whether more rows were met behind them.
    pub has_next: bool,
    /// Whether more rows were met before them.
    pub has_previous: bool,
}

impl<R> Default for Slice<R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            has_next: false,
            has_previous: false,
        }
    }
}

// Derives would ask the table itself to be comparable.
impl<E: Listed> Clone for Page<E> {
    fn clone(&self) -> Self {
        Self {
            filter: self.filter.clone(),
            order: self.order,
            descending: self.descending,
            window: self.window.clone(),
        }
    }
}

impl<E: Listed> PartialEq for Page<E> {
    fn eq(&self, other: &Self) -> bool {
        (&self.filter, self.order, self.descending, &self.window)
            == (&other.filter, other.order, other.descending, &other.window)
    }
}

impl<E: Listed> Eq for Page<E> {}

impl<E: Listed> std::hash::Hash for Page<E> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.filter, self.order, self.descending, &self.window).hash(state);
    }
}

impl<E: Listed> Page<E> {
    /// A page in the natural order.
    ///
    /// # Errors
    /// As [`Window::new`].
    pub fn natural(filter: E::Filter, arguments: WindowArguments) -> Result<Self> {
        let order = E::Order::default();
        let window = Window::new::<E>(arguments, order)?;
        Ok(Self {
            filter,
            order,
            descending: false,
            window,
        })
    }

    /// Which list it is a part of: with a parent by whose column, or of all rows.
    pub fn list(&self, parent: Option<(E::Column, Uuid)>) -> ListId {
        ListId::of::<E>(&self.filter, self.order, self.descending, parent)
    }

    /// Checks that its cursors belong to the list.
    ///
    /// # Errors
    /// `VALIDATION` for the cursor of another one.
    pub fn check(&self, parent: Option<(E::Column, Uuid)>) -> Result<()> {
        for (cursor, field) in [(&self.window.after, "after"), (&self.window.before, "before")] {
            if cursor.as_ref().is_some_and(|cursor| cursor.list != self.list(parent)) {
                let message = format!(
                    "{field} belongs to another list, or to this one with another filter, order or direction. Start again \
                     without it."
                );
                return Err(Error::validation(field, message));
            }
        }
        Ok(())
    }

    /// One row of what a cursor cuts off on a side; nothing when no cursor does.
    pub fn cut_off(&self, side: Side) -> Option<Self> {
        let window = self.window.cut_off(side)?;
        Some(Self { window, ..self.clone() })
    }

    /// Rows to ask the database for: one more than the page, to see whether the list goes on.
    pub(super) fn limit(&self) -> u64 {
        u64::from(self.window.size) + 1
    }

    /// The rows between the page's cursors.
    pub(super) fn between(&self) -> Condition {
        let mut condition = Condition::all();
        if let Some(cursor) = &self.window.after {
            condition = condition.add(self.beyond(cursor, !self.descending));
        }
        if let Some(cursor) = &self.window.before {
            condition = condition.add(self.beyond(cursor, self.descending));
        }
        condition
    }

    /// Rows on one side of a cursor. Rows without a value stand at the end of every list.
    fn beyond(&self, cursor: &Cursor, upward: bool) -> Condition {
        let forward = upward != self.descending;
        let id = Expr::col((E::default(), E::ID));
        let by_id = match (upward, cursor.is_inclusive) {
            (true, false) => id.gt(cursor.id),
            (true, true) => id.gte(cursor.id),
            (false, false) => id.lt(cursor.id),
            (false, true) => id.lte(cursor.id),
        };
        let Some(column) = self.order.column() else {
            return Condition::all().add(by_id);
        };
        let column = Expr::col((E::default(), column));
        match (cursor.value.value(), forward) {
            (Some(value), _) => {
                // `>=` beside the exact comparison lets an index start at the right place.
                let (at_least, strictly) = if upward {
                    (column.clone().gte(value.clone()), column.clone().gt(value))
                } else {
                    (column.clone().lte(value.clone()), column.clone().lt(value))
                };
                let valued = Condition::all()
                    .add(at_least)
                    .add(Condition::any().add(strictly).add(by_id));
                let nulls_follow = forward;
                if nulls_follow {
                    Condition::any().add(valued).add(column.is_null())
                } else {
                    valued
                }
            }
            (None, true) => Condition::all().add(column.is_null()).add(by_id),
            (None, false) => Condition::any()
                .add(column.clone().is_not_null())
                .add(Condition::all().add(column.is_null()).add(by_id)),
        }
    }

    /// Orders a select whose table is known as `table`, in the direction in which it is read.
    pub(super) fn arrange(&self, select: &mut SelectStatement, table: impl Iden + Copy + 'static) {
        let ascending = self.descending == self.window.backward;
        let direction = if ascending { Order::Asc } else { Order::Desc };
        if let Some(column) = self.order.column() {
            let expression = Expr::col((table, column));
            if column.def().is_null() {
                let nulls = if self.window.backward {
                    NullOrdering::First
                } else {
                    NullOrdering::Last
                };
                select.order_by_expr_with_nulls(expression, direction.clone(), nulls);
            } else {
                select.order_by_expr(expression, direction.clone());
            }
        }
        select.order_by_expr(Expr::col((table, E::ID)), direction);
    }

    /// Turns what the database answered into a page.
    pub(super) fn slice<R>(&self, mut rows: Vec<R>) -> Slice<R> {
        let size = self.window.size as usize;
        let more = rows.len() > size;
        rows.truncate(size);
        if self.window.backward {
            rows.reverse();
            Slice {
                rows,
                has_next: false,
                has_previous: more,
            }
        } else {
            Slice {
                rows,
                has_next: more,
                has_previous: false,
            }
        }
    }
}
