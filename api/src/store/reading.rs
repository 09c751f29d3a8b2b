//! One read-only snapshot, begun by its first statement.

use entity::OrganizationId;
use sea_orm::{DbBackend, DbErr};
use tokio::sync::OnceCell;

use super::{
    Store,
    pool::Settings,
    scope::{Scope, delegate_connection},
    transaction::Transaction,
};
use crate::caller::Caller;

/// A snapshot as one caller sees it. Dropping it gives its connection back.
pub struct Reading {
    store: Store,
    caller: Caller,
    tenant: Option<OrganizationId>,
    transaction: OnceCell<Transaction>,
}

impl Reading {
    pub(super) fn new(store: Store, caller: Caller, tenant: Option<OrganizationId>) -> Self {
        Self {
            store,
            caller,
            tenant,
            transaction: OnceCell::new(),
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

delegate_connection!(Reading, |this| this.begun().await?);

impl Scope for Reading {
    fn caller(&self) -> &Caller {
        &self.caller
    }
}
