//! Cursors: a row's place in one list.

use std::hash::{Hash, Hasher};

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Utc};
use sea_orm::{ColumnTrait, ColumnType, Iden, ModelTrait, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    store::visible::{Listed, Ordering},
};

/// A row's place in an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(rename = "o")]
    pub(super) tag: String,
    #[serde(rename = "v")]
    pub(super) value: CursorValue,
    #[serde(rename = "i")]
    pub(super) id: Uuid,
    #[serde(rename = "l")]
    pub(super) list: ListId,
    /// Whether the row itself stands on both of its sides.
    #[serde(skip)]
    pub(super) is_inclusive: bool,
}

/// Tells a list, with its parent, filter, order and direction, from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListId(u64);

impl ListId {
    /// The list of what a filter wants, in an order and a direction: with a parent by whose column, or of all rows.
    pub(super) fn of<E: Listed>(
        filter: &E::Filter,
        order: E::Order,
        descending: bool,
        parent: Option<(E::Column, Uuid)>,
    ) -> Self {
        let mut traits = Traits::default();
        let parent = parent.map(|(column, parent)| (column.unquoted().to_owned(), parent));
        (E::default().table_name(), parent).hash(&mut traits);
        (filter, order.tag(), descending).hash(&mut traits);
        Self(traits.finish())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum CursorValue {
    #[serde(rename = "n")]
    None,
    #[serde(rename = "s")]
    Text(String),
    #[serde(rename = "i")]
    Integer(i64),
    #[serde(rename = "t")]
    Time(DateTime<Utc>),
}

impl Cursor {
    /// A row's cursor in an order.
    pub fn of<E: Listed>(row: &E::Model, order: E::Order, list: ListId) -> Self {
        let value = order
            .column()
            .map_or(CursorValue::None, |column| CursorValue::from(row.get(column)));
        Self {
            tag: order.tag().to_owned(),
            value,
            id: E::id(row).into(),
            list,
            is_inclusive: false,
        }
    }

    /// The opaque text that clients hand back.
    pub fn text(&self) -> String {
        serde_json::to_vec(self)
            .map(|json| URL_SAFE_NO_PAD.encode(json))
            .unwrap_or_default()
    }

    pub(super) fn parse<E: Listed>(text: &str, order: E::Order, field: &'static str) -> Result<Self> {
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

    pub(super) fn value(&self) -> Option<Value> {
        match self {
            Self::None => None,
            Self::Text(text) => Some(text.as_str().into()),
            Self::Integer(number) => Some((*number).into()),
            Self::Time(time) => Some((*time).into()),
        }
    }
}

/// A row's cursor as clients get it.
pub fn cursor_text<E: Listed>(row: &E::Model, order: E::Order, list: ListId) -> String {
    Cursor::of::<E>(row, order, list).text()
}

/// Collects what tells a list, to be hashed as a whole: cursors are good in every process, and after a restart.
#[derive(Default)]
struct Traits(Vec<u8>);

impl Hasher for Traits {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        let hash = digest::digest(&digest::SHA256, &self.0);
        let bytes = hash.as_ref().iter().take(8);
        bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}
