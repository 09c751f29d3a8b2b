//! How reading and changing begin: in which tenant, as whom, and once for each key.

use entity::OrganizationId;

use super::{
    Store,
    locate::Target,
    outcome::{Attempt, Outcome, outcomes},
    pool::{AdvisoryLock, Settings, waited_in_vain},
    reading::Reading,
    writing::Writing,
};
use crate::{
    caller::{Caller, Origin},
    error::{Error, Result},
};

/// A change that is made once: it has begun, or was made before.
pub enum Begun {
    /// To be made now.
    Change(Box<Writing>),
    /// Made before; this came of it.
    Done(Outcome),
}

impl Store {
    /// A snapshot in which `caller` reads. It takes a connection with its first statement.
    pub fn read(&self, caller: &Caller) -> Reading {
        Reading::new(self.clone(), caller.clone(), None)
    }

    /// A snapshot of one located tenant, for what is reached by knowing a secret such as a join code, or
    /// is one's own, such as a receipt.
    ///
    /// # Errors
    /// `NOT_FOUND` when the target does not exist.
    pub async fn read_located(&self, caller: &Caller, target: &Target) -> Result<Reading> {
        let organization = self.locate(target).await?.ok_or_else(|| target.not_found())?;
        Ok(Reading::new(self.clone(), caller.clone(), Some(organization)))
    }

    /// A change in the tenant that `target` belongs to.
    ///
    /// # Errors
    /// `NOT_FOUND` when the target does not exist.
    pub async fn write(&self, caller: &Caller, origin: &Origin, target: Target) -> Result<Writing> {
        let organization = self.locate(&target).await?.ok_or_else(|| target.not_found())?;
        self.begin_writing(caller, origin, Some(organization), None).await
    }

    /// A change of accounts and sessions, which belong to no tenant.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write_account(&self, caller: &Caller, origin: &Origin) -> Result<Writing> {
        self.begin_writing(caller, origin, None, None).await
    }

    /// A change that is made once: in the tenant of a target, or of accounts without one. It waits for other attempts
    /// under the same key, and is not begun when one of them has done it.
    ///
    /// # Errors
    /// `NOT_FOUND` when the target does not exist; `CONFLICT` when the key stands for another operation, or another attempt
    /// is still running when the wait is over.
    pub async fn write_once(
        &self,
        caller: &Caller,
        origin: &Origin,
        target: Option<Target>,
        attempt: Attempt,
    ) -> Result<Begun> {
        let tenant = match target {
            Some(target) => Some(self.locate(&target).await?.ok_or_else(|| target.not_found())?),
            None => None,
        };
        let (keyed, field) = (attempt.keyed.clone(), attempt.field.clone());
        let writing = self.begin_writing(caller, origin, tenant, Some(attempt)).await?;
        Ok(match outcomes(&writing, &keyed).await?.remove(&field) {
            Some(outcome) => Begun::Done(outcome),
            None => Begun::Change(Box::new(writing)),
        })
    }

    async fn begin_writing(
        &self,
        caller: &Caller,
        origin: &Origin,
        tenant: Option<OrganizationId>,
        attempt: Option<Attempt>,
    ) -> Result<Writing> {
        let settings = Settings {
            // Who signs up or in within the operation of somebody else changes nothing about whose key it is.
            user: attempt
                .as_ref()
                .map_or(caller.user(), |attempt| attempt.keyed.principal.user()),
            tenant,
            turn: attempt.as_ref().map(AdvisoryLock::of),
            ..Settings::default()
        };
        let begun = self.pool.begin_write(settings, self.statements.clone()).await;
        let transaction = begun.map_err(|cause| match &attempt {
            Some(attempt) if waited_in_vain(&cause) => Error::still_running(attempt.wait),
            _ => cause.into(),
        })?;
        Ok(Writing::new(transaction, self, caller, origin, tenant, attempt))
    }

    async fn locate(&self, target: &Target) -> Result<Option<OrganizationId>> {
        let Some(statement) = target.statement(self.kind) else {
            return Ok(target.known());
        };
        let row = self.query_one(statement).await?;
        let found: Option<uuid::Uuid> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
        Ok(found.map(OrganizationId))
    }
}

impl AdvisoryLock {
    fn of(attempt: &Attempt) -> Self {
        Self {
            lock: attempt.keyed.lock(),
            wait: attempt.wait,
        }
    }
}
