//! Pages of lists: keyset cursors that stay valid while rows come and go.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Utc};
use sea_orm::{
    ColumnTrait, ColumnType, Condition, Iden, ModelTrait, Value,
    sea_query::{Expr, ExprTrait, NullOrdering, Order, SelectStatement},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::visible::{Listed, Ordering};
use crate::error::{Error, Result};

/// Rows of a page when nothing else is asked for.
pub const DEFAULT_SIZE: u32 = 20;
/// Rows of a page at most.
pub const MAX_SIZE: u32 = 100;

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

/// The part of a list between two cursors, from its start or its end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    size: u32,
    backward: bool,
    after: Option<Cursor>,
    before: Option<Cursor>,
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

/// A row's place in an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(rename = "o")]
    tag: String,
    #[serde(rename = "v")]
    value: CursorValue,
    #[serde(rename = "i")]
    id: Uuid,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum CursorValue {
    #[serde(rename = "n")]
    None,
    #[serde(rename = "s")]
    Text(String),
    #[serde(rename = "i")]
    Integer(i64),
    #[serde(rename = "t")]
    Time(DateTime<Utc>),
}

/// One page's rows, in the list's order.
#[derive(Clone, Debug)]
pub struct Slice<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// Whether the list goes on behind them.
    pub has_next: bool,
    /// Whether the list began before them.
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

impl Cursor {
    /// A row's cursor in an order.
    pub fn of<E: Listed>(row: &E::Model, order: E::Order) -> Self {
        let value = order
            .column()
            .map_or(CursorValue::None, |column| CursorValue::from(row.get(column)));
        Self {
            tag: order.tag().to_owned(),
            value,
            id: E::id(row).into(),
        }
    }

    /// The opaque text that clients hand back.
    pub fn text(&self) -> String {
        serde_json::to_vec(self)
            .map(|json| URL_SAFE_NO_PAD.encode(json))
            .unwrap_or_default()
    }

    fn parse<E: Listed>(text: &str, order: E::Order, field: &'static str) -> Result<Self> {
        let broken = || {
            Error::validation(
                field,
                format!("{field} is no cursor of this server. Take it from edges.cursor or pageInfo."),
            )
        };
        let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| broken())?;
        let cursor: Self = serde_json::from_slice(&json).map_err(|_| broken())?;
        if cursor.tag != order.tag() {
            let message = format!("{field} belongs to a list in another order. Start again without it.");
            return Err(Error::validation(field, message));
        }
        // A forged value would be compared with a column of another type.
        let fits = order.column().map_or(cursor.value == CursorValue::None, |column| {
            let column = column.def();
            cursor.value.fits(column.get_column_type(), column.is_null())
        });
        if fits { Ok(cursor) } else { Err(broken()) }
    }
}

impl From<Value> for CursorValue {
    fn from(value: Value) -> Self {
        match value {
            Value::String(Some(text)) => Self::Text(text),
            Value::Int(Some(number)) => Self::Integer(number.into()),
            Value::BigInt(Some(number)) => Self::Integer(number),
            Value::ChronoDateTimeUtc(Some(time)) => Self::Time(time),
            _ => Self::None,
        }
    }
}

impl CursorValue {
    /// Whether a column of this type can hold the value.
    fn fits(&self, column: &ColumnType, nullable: bool) -> bool {
        match self {
            Self::None => nullable,
            Self::Text(text) => matches!(column, ColumnType::String(_) | ColumnType::Text) && !text.contains('\0'),
            Self::Integer(number) => match column {
                ColumnType::Integer => i32::try_from(*number).is_ok(),
                column => matches!(column, ColumnType::BigInteger),
            },
            Self::Time(time) => {
                matches!(column, ColumnType::TimestampWithTimeZone) && (1..10_000).contains(&time.year())
            }
        }
    }

    fn value(&self) -> Option<Value> {
        match self {
            Self::None => None,
            Self::Text(text) => Some(text.as_str().into()),
            Self::Integer(number) => Some((*number).into()),
            Self::Time(time) => Some((*time).into()),
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
        let by_id = if upward { id.gt(cursor.id) } else { id.lt(cursor.id) };
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
                has_next: self.window.before.is_some(),
                has_previous: more,
            }
        } else {
            Slice {
                rows,
                has_next: more,
                has_previous: self.window.after.is_some(),
            }
        }
    }
}

/// A row's cursor as clients get it.
pub fn cursor_text<E: Listed>(row: &E::Model, order: E::Order) -> String {
    Cursor::of::<E>(row, order).text()
}
