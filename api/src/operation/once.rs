//! Changes that are made once, however often their client asks for them under one key.

use std::{
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::{
    Operation,
    anew::Anew,
    keys::{InTurn, Once},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
    idempotency::{Fingerprint, HEADER, IdempotencyKey, Keyed, MAX_LENGTH},
    store::{Attempt, Begun, Outcome, Target, Writing, outcomes},
};

/// The answer of a verb that shows a secret once.
pub enum Shown<T> {
    /// It was done now.
    Now(T),
    /// It was done before: the secret is gone. This says so.
    Before(Error),
}

impl<T> Shown<T> {
    /// The answer.
    ///
    /// # Errors
    /// `CONFLICT` when it was done before.
    pub fn now(self) -> Result<T> {
        match self {
            Self::Now(answer) => Ok(answer),
            Self::Before(error) => Err(error),
        }
    }
}

impl Operation {
    /// Gives the operation the key that its client sent along. Who is not signed in has no keys.
    pub fn keyed(mut self, key: IdempotencyKey, fingerprint: Fingerprint) -> Self {
        self.once = self.caller.principal().map(|principal| Once {
            keyed: Arc::new(Keyed {
                principal,
                key,
                fingerprint,
            }),
            begun: OnceCell::new(),
            current: Mutex::default(),
        });
        self
    }

    /// Waits for the operation's turn among those with the same key, and looks up what the key stands for. The first root
    /// field does this too; done before, it refuses the operation as a whole.
    ///
    /// # Errors
    /// `CONFLICT` when the key stands for another operation, or one with the same key still runs when the wait is over.
    pub async fn check_key(&self) -> Result<()> {
        if let Some(once) = &self.once {
            self.in_turn(once).await?;
        }
        Ok(())
    }

    /// Runs the verb of a root field; if its client has asked for the same before, answers what came of it then, as it is
    /// now.
    ///
    /// # Errors
    /// Those of the verb, and of [`Operation::check_key`].
    pub async fn once<T: DeserializeOwned + Anew>(&self, field: &str, verb: BoxFuture<'_, Result<T>>) -> Result<T> {
        match self.attempt_verb(field, verb).await? {
            Attempted::Now(answer) => Ok(answer),
            Attempted::Before(outcome) => outcome.replay::<T>()?.anew(self).await,
        }
    }

    /// The same for a verb whose answer holds a secret.
    ///
    /// # Errors
    /// As [`Operation::once`].
    pub async fn once_shown<T>(&self, field: &str, verb: BoxFuture<'_, Result<T>>) -> Result<Shown<T>> {
        Ok(match self.attempt_verb(field, verb).await? {
            Attempted::Now(answer) => Shown::Now(answer),
            Attempted::Before(_) => Shown::Before(Error::shown_before()),
        })
    }

    async fn attempt_verb<T>(&self, field: &str, verb: BoxFuture<'_, Result<T>>) -> Result<Attempted<T>> {
        let Some(once) = &self.once else {
            return Ok(Attempted::Now(verb.await?));
        };
        if field.len() > MAX_LENGTH {
            let message = format!("With an Idempotency-Key a field's alias may have {MAX_LENGTH} characters at most.");
            return Err(Error::validation(HEADER, message));
        }
        if let Some(outcome) = self.in_turn(once).await?.known.get(field) {
            return Ok(Attempted::Before(outcome.clone()));
        }
        once.current().field = Some(field.to_owned());
        let answer = verb.await;
        match std::mem::take(&mut *once.current()).done_before {
            Some(outcome) => Ok(Attempted::Before(outcome)),
            None => answer.map(Attempted::Now),
        }
    }

    /// Begins a change for the operation's caller, or for whom it is becoming.
    /// What it writes is charged to them.
    pub(super) async fn begin(&self, caller: &Caller, target: Option<Target>) -> Result<Writing> {
        self.renew();
        let address = self.origin.address;
        self.services.rates.may_write(caller, address)?;
        let writing = self.begun(caller, target).await?;
        let (services, caller, all) = (self.services.clone(), caller.clone(), self.written.clone());
        Ok(writing.telling(move |written| {
            let before = all.fetch_add(written.bytes, Ordering::Relaxed);
            services.rates.charge_written(&caller, address, before, written);
        }))
    }

    async fn begun(&self, caller: &Caller, target: Option<Target>) -> Result<Writing> {
        let store = &self.services.store;
        let Some(attempt) = self.attempt() else {
            return match target {
                Some(target) => store.write(caller, &self.origin, target).await,
                None => store.write_account(caller, &self.origin).await,
            };
        };
        match store.write_once(caller, &self.origin, target, attempt).await? {
            Begun::Change(writing) => Ok(*writing),
            // Another process was faster. The verb ends here, and its field answers what came of it there.
            Begun::Done(outcome) => {
                if let Some(once) = &self.once {
                    once.current().done_before = Some(outcome);
                }
                Err(Error::conflict("This was done in the meantime."))
            }
        }
    }

    /// Whose key it is, is settled when the operation begins: what it does as somebody else is not covered.
    fn attempt(&self) -> Option<Attempt> {
        let once = self.once.as_ref()?;
        if self.caller().principal() != Some(once.keyed.principal) {
            return None;
        }
        Some(Attempt {
            keyed: once.keyed.clone(),
            field: once.current().field.clone()?,
            wait: self.longest_wait(),
        })
    }

    async fn in_turn<'a>(&self, once: &'a Once) -> Result<&'a InTurn> {
        let begin = async || {
            let wait = self.longest_wait();
            let turn = self.services.turns.of(&once.keyed).lock_owned();
            let turn = tokio::time::timeout(wait, turn).await;
            let turn = turn.map_err(|_| Error::still_running(wait))?;
            // Never two connections in one operation: what is read here is read in a snapshot that ends at once.
            self.renew();
            let reading = self.services.store.read(&self.caller);
            let known = outcomes(&reading, &once.keyed).await?;
            Ok(InTurn { known, _turn: turn })
        };
        once.begun.get_or_try_init(begin).await
    }

    fn longest_wait(&self) -> Duration {
        self.services.config.idempotency_wait()
    }
}

enum Attempted<T> {
    Now(T),
    Before(Outcome),
}
