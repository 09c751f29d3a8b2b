//! Patches: changes of some fields of a thing. A column that may be empty is left as it is, emptied, or set; another is left, or set.

use sea_orm::{ActiveValue, Set, Value, sea_query::Nullable};

use crate::error::Result;

/// What a patch says about a column that may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Nothing: it stays as it is.
    #[default]
    Keep,
    /// Empty it.
    Clear,
    /// Give it this value.
    Put(T),
}

impl<T> Field<T> {
    /// Checks a new value; a check that answers nothing empties the field.
    ///
    /// # Errors
    /// What the check answers.
    pub fn check<U>(&self, check: impl FnOnce(Option<&T>) -> Result<Option<U>>) -> Result<Field<U>>
    where
        T: Clone,
    {
        Ok(match self {
            Self::Keep => Field::Keep,
            Self::Clear => Field::Clear,
            Self::Put(value) => check(Some(value))?.map_or(Field::Clear, Field::Put),
        })
    }

    /// Writes it into a column.
    pub fn apply(self, column: &mut ActiveValue<Option<T>>)
    where
        Option<T>: Into<Value>,
        T: Into<Value> + Nullable,
    {
        match self {
            Self::Keep => {}
            Self::Clear => *column = Set(None),
            Self::Put(value) => *column = Set(Some(value)),
        }
    }

    /// The same in another form.
    pub fn map<U>(self, form: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Keep => Field::Keep,
            Self::Clear => Field::Clear,
            Self::Put(value) => Field::Put(form(value)),
        }
    }

    /// What a new thing has: the value, if one is given.
    pub fn given(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Put)
    }

    /// The field's value after the change.
    pub fn after(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Put(value) => Some(value),
        }
    }
}

/// Writes a new value into a column that is never empty; nothing is changed without one.
pub fn set<T: Into<Value>>(value: Option<T>, column: &mut ActiveValue<T>) {
    if let Some(value) = value {
        *column = Set(value);
    }
}
