//! One read-only snapshot, begun by its first statement.

use std::any::TypeId;

use entity::OrganizationId;
use sea_orm::{Condition, DbBackend, DbErr, Iden};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{
    Store,
    among::among,
    pool::Settings,
    scope::{Scope, delegate_connection},
    seen::Seen,
    transaction::Transaction,
    visible::{SeenWith, Visible},
};
use crate::caller::Caller;

/// Rows that one statement names as shown at most. SQLite takes 32,766 variables, and the ids that are asked for are among them; beyond
/// so many, the second look costs less than to name them all.
const MOST_SHOWN: usize = 1_000;

/// A snapshot as one caller sees it. Dropping it gives its connection back.
pub struct Reading {
    store: Store,
    caller: Caller,
    tenant: Option<OrganizationId>,
    transaction: OnceCell<Transaction>,
    seen: Seen,
}

impl Reading {
    pub(super) fn new(store: Store, caller: Caller, tenant: Option<OrganizationId>) -> Self {
        Self {
            store,
            caller,
            tenant,
            transaction: OnceCell::new(),
            seen: Seen::default(),
        }
    }

    fn backend(&self) -> DbBackend {
        self.store.backend()
    }

    async fn begun(&self) -> Result<&Transaction, DbErr> {
        let settings = Settings {
            user: self.caller.user(),
            tenant: self.tenant,
            ..Settings::default()
        };
        self.transaction
            .get_or_try_init(|| self.store.pool.begin_read(settings, self.store.statements.clone()))
            .await
    }
}

/// Rows that are seen with another row, such as prizes with their room, need no second look at that row once the same snapshot has
/// shown it.
impl Reading {
    /// Takes notice of rows that were found under the condition of [`Visible::visible`], and of those that they are seen with.
    pub fn note_seen<E: Visible>(&self, rows: &[E::Model]) {
        let with = |row: &E::Model| E::SEEN_WITH.map(|with| (with.kind, (with.id)(row)));
        let rows = rows.iter().map(|row| (E::id(row).into(), with(row)));
        self.seen.note(TypeId::of::<E::Id>(), rows);
    }

    /// Which rows the caller sees whose `column` names one of `parents`, by ids of this kind.
    pub fn children_seen<E: Visible>(&self, column: E::Column, kind: TypeId, parents: &[Uuid]) -> Condition {
        let known = E::SEEN_WITH.and_then(|with| match column.unquoted() == with.column.unquoted() {
            true => self.seen.has(kind, parents).then(with.itself),
            // Parents that are seen with the same row, such as prizes of winners.
            false => self.among_shown::<E>(&with, self.seen.with(kind, parents, with.kind)?),
        });
        known.unwrap_or_else(|| E::visible(self.caller()))
    }

    /// The rows of a table that are seen with what was shown already; nothing when none of that was, or too much.
    pub fn seen_with_shown<E: Visible>(&self) -> Option<Condition> {
        let with = E::SEEN_WITH?;
        self.among_shown::<E>(&with, self.seen.ids(with.kind))
    }

    fn among_shown<E: Visible>(&self, with: &SeenWith<E>, shown: Vec<Uuid>) -> Option<Condition> {
        (1..=MOST_SHOWN)
            .contains(&shown.len())
            .then(|| (with.itself)().add(among(self.backend(), with.column, shown)))
    }
}

delegate_connection!(Reading, |this| this.begun().await?);

impl Scope for Reading {
    fn caller(&self) -> &Caller {
        &self.caller
    }
}
