//! From a thing to its tenant: answers an organization's id and nothing else.

use std::borrow::Cow;

use entity::OrganizationId;
use sea_orm::{DbBackend, Statement, Value};

use super::visible::{Visible, missing};
use crate::{config::DatabaseKind, error::Error};

/// A thing that is in a tenant, named by somebody who may not see it. Each area says for its ids where they are looked up.
pub trait Located {
    /// Where its tenant is looked up, and what is answered when there is no such thing.
    fn target(&self) -> Target;
}

/// What a change, or a read behind a secret, is about. Its tenant is looked up before anything is seen.
#[derive(Clone, Debug)]
pub struct Target {
    place: Lookup,
    missing: Error,
}

/// Where a tenant is found.
#[derive(Clone, Debug)]
enum Lookup {
    /// It is this one.
    Tenant(OrganizationId),
    /// The answer of a function of PostgreSQL, where row-level security hides other tenants; of a statement on SQLite.
    Row {
        function: &'static str,
        sqlite: Cow<'static, str>,
        value: Value,
    },
}

impl Target {
    /// A tenant itself.
    pub fn tenant(id: OrganizationId) -> Self {
        Self {
            place: Lookup::Tenant(id),
            missing: Error::not_found("organization", "organizationId"),
        }
    }

    /// The row of a table by its id. On PostgreSQL the function `tombola.locate_…` looks for it.
    pub fn row<E: Visible>(function: &'static str, id: E::Id) -> Self {
        let table = E::default();
        let sqlite = format!("SELECT organization_id FROM {} WHERE id = ?", table.table_name());
        Self::found_by(function, sqlite, id, missing::<E>())
    }

    /// The row that a statement with one `?` finds on SQLite, and a function on PostgreSQL.
    pub fn found_by(
        function: &'static str,
        sqlite: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
        missing: Error,
    ) -> Self {
        let place = Lookup::Row {
            function,
            sqlite: sqlite.into(),
            value: value.into(),
        };
        Self { place, missing }
    }

    /// The tenant, when the target is one.
    pub(super) fn known(&self) -> Option<OrganizationId> {
        match self.place {
            Lookup::Tenant(id) => Some(id),
            Lookup::Row { .. } => None,
        }
    }

    pub(super) fn statement(&self, kind: DatabaseKind) -> Option<Statement> {
        let Lookup::Row {
            function,
            sqlite,
            value,
        } = &self.place
        else {
            return None;
        };
        let value = [value.clone()];
        Some(match kind {
            DatabaseKind::Sqlite => Statement::from_sql_and_values(DbBackend::Sqlite, sqlite.as_ref(), value),
            DatabaseKind::Postgres => {
                Statement::from_sql_and_values(DbBackend::Postgres, format!("SELECT tombola.{function}($1)"), value)
            }
        })
    }

    /// The answer when there is no such target.
    pub fn not_found(&self) -> Error {
        self.missing.clone()
    }
}
