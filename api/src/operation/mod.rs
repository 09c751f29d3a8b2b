//! One execution of an operation: who asks, from where, the snapshot in which they read, the one way to change a thing, what is
//! asked for again, and following a log.

mod anew;
mod budget;
mod change;
mod follow;
mod keys;
mod once;
mod parts;
mod stream_position;
mod table;

use std::sync::{
    Arc, Mutex, OnceLock,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use entity::OrganizationId;

use crate::{
    caller::{Caller, Origin, UserSession},
    clock::Clock,
    config::Config,
    credentials::{AccessTokens, Passwords, SigningKey, Turn},
    error::{Error, Result},
    events::Bus,
    loaders::Snapshot,
    outgoing::Outgoing,
    published::PublishedDocuments,
    rates::{self, Rates},
    sessions::Sessions,
    store::{Store, Target, Writing},
    telemetry::Metrics,
};
use budget::Budget;
use keys::Once;

pub use anew::{Anew, row_anew};
pub use budget::Allowance;
pub use change::{Change, Related, Subject};
pub use keys::Turns;
pub use once::Shown;
pub use parts::Parts;
pub use stream_position::StreamPosition;
pub(crate) use table::{deleted, first_column, table};

/// What the whole process shares.
pub struct Services {
    /// The database.
    pub store: Store,
    /// Time.
    pub clock: Clock,
    /// Wakes of the live log.
    pub bus: Bus,
    /// Settings.
    pub config: Config,
    /// Password hashing.
    pub passwords: Passwords,
    /// Access tokens.
    pub tokens: AccessTokens,
    /// The server's own key.
    pub key: SigningKey,
    /// Live sessions.
    pub sessions: Sessions,
    /// Asks others.
    pub outgoing: Outgoing,
    /// How often somebody may ask.
    pub rates: Rates,
    /// What operators watch.
    pub metrics: Metrics,
    /// Documents that were published for apps.
    pub published: PublishedDocuments,
    /// Turns of operations with the same key.
    pub turns: Turns,
    /// What areas hand to areas below them.
    pub parts: Parts,
}

/// One execution. Services and resolvers get everything from here.
pub struct Operation {
    services: Arc<Services>,
    caller: Caller,
    signed_in_now: OnceLock<Caller>,
    signed_out: AtomicBool,
    credentials_tried: AtomicBool,
    /// Whether anything asked who its caller is, or what they see.
    is_personal: AtomicBool,
    origin: Origin,
    once: Option<Once>,
    budget: Budget,
    /// Bytes that its changes have written so far.
    written: Arc<AtomicU64>,
    snapshot: Mutex<Arc<Snapshot>>,
}

impl Operation {
    /// An execution for a caller.
    pub fn new(services: Arc<Services>, caller: Caller, origin: Origin) -> Self {
        let snapshot = Mutex::new(Arc::new(Snapshot::new(
            services.store.read(&caller),
            services.metrics.clone(),
        )));
        Self {
            services,
            caller,
            signed_in_now: OnceLock::new(),
            signed_out: AtomicBool::new(false),
            credentials_tried: AtomicBool::new(false),
            is_personal: AtomicBool::new(false),
            origin,
            once: None,
            budget: Budget::new(Allowance::ENDLESS),
            written: Arc::default(),
            snapshot,
        }
    }

    /// Gives the operation the cost that it was admitted with.
    pub fn allowing(mut self, allowance: Allowance) -> Self {
        self.budget = Budget::new(allowance);
        self
    }

    /// Answers so many objects. Every list and relation says so before it hands them on.
    ///
    /// # Errors
    /// `TOO_COSTLY` beyond the cost that the operation was admitted with.
    pub fn answers(&self, objects: usize) -> Result<()> {
        self.budget.take(objects as u64)
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        self.is_personal.store(true, Ordering::Relaxed);
        if self.signed_out.load(Ordering::Relaxed) {
            return &Caller::Anonymous;
        }
        self.signed_in_now.get().unwrap_or(&self.caller)
    }

    /// Goes on as who has just signed in, so that the answer can show them what is theirs.
    ///
    /// # Errors
    /// `CONFLICT` the second time: one operation has one caller.
    pub fn continue_as(&self, session: UserSession) -> Result<()> {
        self.signed_in_now.set(Caller::User(session)).map_err(|_| {
            Error::conflict("One request can sign in once. Send another request for the other account.")
        })?;
        self.renew();
        Ok(())
    }

    /// Takes the operation's one chance to sign somebody in: a document full of aliases must not try a password a
    /// hundred times, nor hash one.
    ///
    /// # Errors
    /// `LIMITED` the second time.
    pub fn try_credentials(&self) -> Result<()> {
        if self.credentials_tried.swap(true, Ordering::Relaxed) {
            return Err(Error::Bound(
                "One request can sign in or up once. Send another request for the next try.".into(),
            ));
        }
        Ok(())
    }

    /// Waits for a turn to have a password looked at. No connection is held meanwhile.
    ///
    /// # Errors
    /// `LIMITED` when it does not come in time.
    pub async fn password_turn(&self) -> Result<Turn> {
        self.renew();
        let network = self.origin.address.map_or(rates::NOWHERE, rates::wide);
        // Who waits in vain must get to know it before their own time is over.
        let patience = self.services.config.operation_limit() * 4 / 5;
        self.services.passwords.turn(network, patience).await
    }

    /// Goes on as nobody: the session has ended.
    pub fn continue_as_nobody(&self) {
        self.signed_out.store(true, Ordering::Relaxed);
        self.renew();
    }

    /// The signed-in user.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when nobody is signed in.
    pub fn signed_in(&self) -> Result<&UserSession> {
        self.caller().signed_in()
    }

    /// Where the request came from.
    pub fn origin(&self) -> &Origin {
        self.is_personal.store(true, Ordering::Relaxed);
        &self.origin
    }

    /// What the process shares.
    pub fn services(&self) -> &Arc<Services> {
        &self.services
    }

    /// The snapshot in which this execution reads now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.is_personal.store(true, Ordering::Relaxed);
        self.held().clone()
    }

    /// Whether its outcome depends on its caller: something asked for them, for where they are, or read as them. Otherwise the
    /// outcome is the same for everybody.
    pub fn is_personal(&self) -> bool {
        self.is_personal.load(Ordering::Relaxed)
    }

    /// Begins a change of accounts and sessions, which belong to no tenant.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write_account(&self) -> Result<Writing> {
        self.begin(self.caller(), None).await
    }

    /// Begins a change as somebody who founds an organization, or makes their account, or both.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write_as(&self, founder: &Caller, founded: Option<OrganizationId>) -> Result<Writing> {
        self.begin(founder, founded.map(Target::tenant)).await
    }

    /// Ends the snapshot: its connection goes back before another is taken, and the next read sees what was
    /// committed since.
    pub fn renew(&self) {
        *self.held() = Arc::new(Snapshot::new(
            self.services.store.read(self.caller()),
            self.services.metrics.clone(),
        ));
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Arc<Snapshot>> {
        self.snapshot.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
