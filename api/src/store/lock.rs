//! How a change holds a row until it is committed. SQLite has one writer and needs no locks.

use sea_orm::sea_query::LockType;

/// How a row is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// It must stay as it is; many changes hold it so at once.
    Shared,
    /// Against everything else that changes it or its children.
    Exclusive,
}

impl From<Lock> for LockType {
    fn from(lock: Lock) -> Self {
        match lock {
            Lock::Shared => Self::Share,
            Lock::Exclusive => Self::Update,
        }
    }
}
