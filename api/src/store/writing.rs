//! One change in exactly one tenant, with the events and audit records that belong to it.

use std::{collections::BTreeMap, sync::Mutex};

use chrono::{DateTime, Utc};
use entity::{
    OrganizationId, RoomId,
    room::{room_counter, room_event},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait,
    sea_query::{Expr, ExprTrait, Query},
};
use serde::Serialize;
use serde_json::Value as Json;

use super::{
    AuditRecord, Scope, Store,
    bill::{Bill, Purpose},
    delegate_connection, listener,
    outcome::{Attempt, Outcome},
    quota,
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
    // Rooms in id order, so that two changes lock their counters in the same order.
    rooms: BTreeMap<RoomId, RoomChange>,
}

#[derive(Default)]
struct RoomChange {
    events: Vec<NewEvent>,
    participants: i32,
    capacity: Option<i32>,
}

/// What a room's live log says next.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// `WINNER_ANNOUNCED`, ….
    pub kind: &'static str,
    /// What it announces.
    pub payload: Json,
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

    /// Adds an event to the room's live log; it gets its sequence when the change is committed.
    pub fn announce(&self, room: RoomId, event: NewEvent) {
        self.pending().rooms.entry(room).or_default().events.push(event);
    }

    /// Wakes who follows a room, without an event: they look whether they may still see it.
    pub fn wake(&self, room: RoomId) {
        self.pending().rooms.entry(room).or_default();
    }

    /// Counts people into or out of a room when the change is committed. Above `capacity` the commit fails.
    pub fn count_participants(&self, room: RoomId, by: i32, capacity: Option<i32>) {
        let mut pending = self.pending();
        let change = pending.rooms.entry(room).or_default();
        change.participants += by;
        change.capacity = capacity;
    }

    /// Adds a record to the tenant's audit log.
    pub fn audit(&self, record: AuditRecord) {
        self.pending().audits.push(record);
    }

    /// Makes the change last and wakes whoever waits for its events. Whoever asks for the same change again, with its key,
    /// gets the same outcome.
    ///
    /// # Errors
    /// `CONFLICT` when a room would hold more people than its capacity, `LIMITED` beyond the tenant's quota. Nothing has
    /// changed then.
    pub async fn commit<T: Serialize>(self, outcome: T) -> Result<T> {
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
    pub async fn commit_secret<T>(self, outcome: T) -> Result<T> {
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
    pub async fn commit_unfinished(self) -> Result<()> {
        self.make_last().await
    }

    async fn make_last(self) -> Result<()> {
        let Pending { audits, rooms } = std::mem::take(&mut *self.pending());
        self.insert_audits(audits).await?;
        for (room, change) in &rooms {
            self.append(*room, change).await?;
            listener::notify(&self.transaction, &self.bus, *room).await?;
        }
        self.count().await?;
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
        for room in rooms.into_keys() {
            self.bus.wake(room);
        }
        Ok(())
    }

    /// The tenant's counter comes last of all: whoever holds it keeps all other changes of the tenant waiting.
    async fn count(&self) -> Result<()> {
        let bytes = self.bill.bytes();
        let in_any_case = match self.bill.purpose() {
            Purpose::TakePart => return Ok(()),
            Purpose::Finish => true,
            Purpose::Store => self.caller == Caller::Server,
        };
        match self.tenant {
            Some(tenant) if bytes > 0 => quota::count(self, tenant, bytes, &self.quotas, in_any_case).await,
            _ => Ok(()),
        }
    }

    async fn insert_audits(&self, audits: Vec<AuditRecord>) -> Result<()> {
        if audits.is_empty() {
            return Ok(());
        }
        let tenant = self.tenant()?;
        let rows = audits
            .into_iter()
            .map(|audit| audit.row(tenant, &self.caller, &self.origin, &self.clock))
            .collect();
        insert_all(&self.transaction, rows).await?;
        Ok(())
    }

    /// The sequence comes last: whoever holds the counter's row is about to commit.
    async fn append(&self, room: RoomId, change: &RoomChange) -> Result<()> {
        if change.events.is_empty() && change.participants == 0 {
            return Ok(());
        }
        let count = change.events.len() as i64;
        let next = Expr::col(room_counter::Column::NextSequence);
        let people = Expr::col(room_counter::Column::ParticipantCount);
        let mut update = Query::update();
        update
            .table(room_counter::Entity)
            .value(room_counter::Column::NextSequence, next.add(count))
            .value(
                room_counter::Column::ParticipantCount,
                people.clone().add(change.participants),
            )
            .value(room_counter::Column::UpdatedAt, self.now())
            .and_where(room_counter::Column::RoomId.eq(room))
            .returning_col(room_counter::Column::NextSequence);
        if let (Some(capacity), true) = (change.capacity, change.participants > 0) {
            update.and_where(people.lte(capacity - change.participants));
        }
        let row = self.transaction.query_one(&update).await?;
        let row = row.ok_or_else(|| match change.capacity {
            Some(_) => Error::conflict("The room is full. Ask an organizer for a place, or wait until someone leaves."),
            None => Error::internal(anyhow::anyhow!("{room} has no counter")),
        })?;
        let next: i64 = row.try_get_by_index(0)?;
        if change.events.is_empty() {
            return Ok(());
        }
        let tenant = self.tenant()?;
        let now = self.now();
        let rows = change
            .events
            .iter()
            .zip(next - count..)
            .map(|(event, sequence)| room_event::ActiveModel {
                room_id: Set(room),
                sequence: Set(sequence),
                organization_id: Set(tenant),
                kind: Set(event.kind.to_owned()),
                payload: Set(event.payload.clone()),
                created_at: Set(now),
            })
            .collect();
        insert_all(&self.transaction, rows).await?;
        Ok(())
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }
}

/// Rows of one statement: below the variables that SQLite and PostgreSQL take, however many columns there are.
pub const ROWS_AT_ONCE: usize = 500;

/// Inserts any number of rows, in statements that every database takes.
///
/// # Errors
/// When a row breaks a key or a check.
pub async fn insert_all<A: ActiveModelTrait>(connection: &impl ConnectionTrait, mut rows: Vec<A>) -> Result<(), DbErr> {
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(ROWS_AT_ONCE));
        A::Entity::insert_many(std::mem::replace(&mut rows, rest))
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

delegate_connection!(Writing, |this| this.transaction);

impl Scope for Writing {
    fn caller(&self) -> &Caller {
        &self.caller
    }
}
