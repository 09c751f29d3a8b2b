//! One change in exactly one tenant, with the events and audit records that belong to it.

use std::{collections::BTreeMap, sync::Mutex};

use chrono::{DateTime, Utc};
use entity::OrganizationId;
use sea_orm::{ConnectionTrait, DbBackend};
use serde::Serialize;

use super::{
    Store,
    audit::{Audit, AuditRecord},
    bill::{Bill, Purpose},
    insert::insert_all,
    listener,
    log::{self, Count, Log, LogChange, LogId, NewEvent},
    outcome::{Attempt, Outcome},
    quota,
    scope::{Scope, delegate_connection},
    transaction::Transaction,
};
use crate::{
    caller::{Caller, Origin},
    clock::Clock,
    config::QuotasConfig,
    error::{Error, Result},
    events::Bus,
    outage::Outage,
    rates::Written,
};

/// A change under way. It lasts only when committed; dropped, it never was.
#[must_use = "a change that is not committed is rolled back"]
pub struct Writing {
    transaction: Transaction,
    caller: Caller,
    origin: Origin,
    tenant: Option<OrganizationId>,
    attempt: Option<Attempt>,
    clock: Clock,
    bus: Bus,
    quotas: QuotasConfig,
    pending: Mutex<Pending>,
    bill: Bill,
}

#[derive(Default)]
struct Pending {
    audits: Vec<AuditRecord>,
    // In the order of their ids, so that two changes lock their counters in the same order.
    logs: BTreeMap<LogId, LogChange>,
}

impl Writing {
    pub(super) fn new(
        transaction: Transaction,
        store: &Store,
        caller: &Caller,
        origin: &Origin,
        tenant: Option<OrganizationId>,
        attempt: Option<Attempt>,
    ) -> Self {
        Self {
            bill: Bill::over(transaction.written().clone()),
            transaction,
            caller: caller.clone(),
            origin: origin.clone(),
            tenant,
            attempt,
            clock: store.clock.clone(),
            bus: store.bus.clone(),
            quotas: store.quotas.clone(),
            pending: Mutex::default(),
        }
    }

    /// Tells `told` how much was written, when the change is over, whether it lasts or not.
    pub fn telling(self, told: impl FnOnce(Written) + Send + Sync + 'static) -> Self {
        self.bill.tell(told);
        self
    }

    /// Says that the change only finishes what had begun, such as a draw or a room: it counts, but is made although the
    /// tenant's quota is used up.
    pub fn finishes(&self) {
        self.bill.is_to(Purpose::Finish);
    }

    /// Says that somebody comes, goes, or takes what they won: it is neither counted for the tenant nor refused beyond its
    /// quota.
    pub fn takes_part(&self) {
        self.bill.is_to(Purpose::TakePart);
    }

    /// The time of the change.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A new primary key.
    pub fn new_id<I: From<uuid::Uuid>>(&self) -> I {
        self.clock.new_id()
    }

    /// The tenant in which this change is made.
    ///
    /// # Errors
    /// `INTERNAL` in a change of accounts, which has none.
    pub fn tenant(&self) -> Result<OrganizationId> {
        self.tenant
            .ok_or_else(|| Error::internal(anyhow::anyhow!("a change without a tenant asked for its tenant")))
    }

    /// Adds an event to a log; it gets its sequence when the change is committed.
    pub fn announce<L: Log>(&self, log: L, event: NewEvent) {
        self.pending()
            .logs
            .entry(LogId::of(log))
            .or_default()
            .events
            .push(event);
    }

    /// Wakes the followers of a log without an event: they look whether they may still see it.
    pub fn wake<L: Log>(&self, log: L) {
        self.pending().logs.entry(LogId::of(log)).or_default();
    }

    /// Counts beside a log when the change is committed, once for each log. Beyond what is allowed the commit fails.
    pub fn count<L: Log>(&self, log: L, count: Count) {
        self.pending().logs.entry(LogId::of(log)).or_default().count = Some(count);
    }

    /// Tells the audit log of a part of the change; the change as a whole then commits with [`Audit::Parts`], or with a record of
    /// its own.
    pub fn audit(&self, record: AuditRecord) {
        self.pending().audits.push(record);
    }

    /// Makes the change last, with what the audit log is told of it, and wakes whoever waits for its events. A caller who asks
    /// for the same change again, with its key, gets the same outcome.
    ///
    /// # Errors
    /// That of [`Writing::count`] beyond what is allowed, `LIMITED` beyond the tenant's quota; `INTERNAL` when the audit log is told
    /// of nothing where parts were to tell it, or of what nobody did. Nothing has changed then.
    pub async fn commit<T: Serialize>(self, audit: impl Into<Audit>, outcome: T) -> Result<T> {
        self.tell(audit)?;
        if let Some(attempt) = &self.attempt {
            let kept = Outcome::of(&outcome)?;
            attempt.keep(&self.transaction, &kept, self.now()).await?;
        }
        self.make_last().await?;
        Ok(outcome)
    }

    /// The same for an outcome with a secret, which is shown once: it is stored nowhere, and whoever asks again gets to
    /// know that.
    ///
    /// # Errors
    /// As [`Writing::commit`].
    pub async fn commit_secret<T>(self, audit: impl Into<Audit>, outcome: T) -> Result<T> {
        self.tell(audit)?;
        if let Some(attempt) = &self.attempt {
            attempt.keep(&self.transaction, &Outcome::Secret, self.now()).await?;
        }
        self.make_last().await?;
        Ok(outcome)
    }

    /// The same for what a verb changes on its way to a failure, or to tell how far it is: whoever asks again, begins
    /// again.
    ///
    /// # Errors
    /// As [`Writing::commit`].
    pub async fn commit_unfinished(self, audit: impl Into<Audit>) -> Result<()> {
        self.tell(audit)?;
        self.make_last().await
    }

    fn tell(&self, audit: impl Into<Audit>) -> Result<()> {
        match audit.into() {
            Audit::Record(record) => self.audit(record),
            Audit::Parts if self.pending().audits.is_empty() => {
                return Err(Error::internal(anyhow::anyhow!(
                    "no part of a change told the audit log of it"
                )));
            }
            Audit::Parts | Audit::None(_) => {}
        }
        Ok(())
    }

    async fn make_last(self) -> Result<()> {
        let Pending { audits, logs } = std::mem::take(&mut *self.pending());
        self.insert_audits(audits).await?;
        for (log, change) in &logs {
            log::append(&self.transaction, *log, self.tenant, change, self.now()).await?;
            listener::notify(&self.transaction, &self.bus, log.id).await?;
        }
        self.count_storage().await?;
        let has_key = self.attempt.is_some();
        self.transaction
            .commit()
            .await
            .map_err(|cause| match Outage::of(&cause) {
                Some(Outage::Lost) => {
                    tracing::warn!(error = %cause, "a connection was lost with the answer to its COMMIT");
                    Error::Unsettled { has_key }
                }
                _ => cause.into(),
            })?;
        for log in logs.into_keys() {
            self.bus.wake(log.id);
        }
        Ok(())
    }

    /// The tenant's counter comes last of all: whoever holds it keeps all other changes of the tenant waiting.
    async fn count_storage(&self) -> Result<()> {
        let bytes = self.bill.bytes();
        let in_any_case = match self.bill.purpose() {
            Purpose::TakePart => return Ok(()),
            Purpose::Finish => true,
            Purpose::Store => self.caller == Caller::Server,
        };
        match self.tenant {
            Some(tenant) if bytes > 0 => quota::count(self, tenant, bytes, self.now(), &self.quotas, in_any_case).await,
            _ => Ok(()),
        }
    }

    async fn insert_audits(&self, audits: Vec<AuditRecord>) -> Result<()> {
        if audits.is_empty() {
            return Ok(());
        }
        let rows: Result<Vec<_>> = audits
            .into_iter()
            .map(|audit| audit.row(self.tenant, &self.caller, &self.origin, &self.clock))
            .collect();
        insert_all(&self.transaction, rows?).await?;
        Ok(())
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }
}

delegate_connection!(Writing, |this| this.transaction);

impl Scope for Writing {
    fn caller(&self) -> &Caller {
        &self.caller
    }
}
