//! Keys of operations: whose turn it is among those with the same one, and how far an operation with a key is.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, Weak},
};

use entity::Principal;
use tokio::sync::{Mutex as Turn, OnceCell, OwnedMutexGuard};

use crate::{
    idempotency::{IdempotencyKey, Keyed},
    store::{Outcome, Outcomes},
};

/// Turns of operations under the same key within this process: whoever waits holds no connection.
#[derive(Debug, Default)]
pub struct Turns(Mutex<HashMap<OwnKey, Weak<Turn<()>>>>);

/// A principal and their key.
type OwnKey = (Principal, IdempotencyKey);

impl Turns {
    pub(super) fn of(&self, keyed: &Keyed) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        // Only those that somebody holds or waits for are worth their place.
        turns.retain(|_, turn| turn.strong_count() > 0);
        let place = turns.entry((keyed.principal, keyed.key.clone())).or_default();
        place.upgrade().unwrap_or_else(|| {
            let turn = Arc::default();
            *place = Arc::downgrade(&turn);
            turn
        })
    }
}

/// An operation's key, and how far the operation is.
pub(super) struct Once {
    pub(super) keyed: Arc<Keyed>,
    pub(super) begun: OnceCell<InTurn>,
    pub(super) current: Mutex<Current>,
}

impl Once {
    pub(super) fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// What was known of the key when its turn came. The turn ends with the operation.
pub(super) struct InTurn {
    pub(super) known: Outcomes,
    pub(super) _turn: OwnedMutexGuard<()>,
}

/// The root field whose verb runs: root fields of a mutation run one after another.
#[derive(Default)]
pub(super) struct Current {
    pub(super) field: Option<String>,
    pub(super) done_before: Option<Outcome>,
}
