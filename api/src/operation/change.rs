//! The one way to change a thing: it is located, found as the caller sees it, held until the commit, and the policy is asked.
//! The order of locks is that of [`Subject::hold`], which each area writes once: parents before children.

use super::Operation;
use crate::{
    error::Result,
    policy::{Action, Relations},
    store::{Located, Lock, Writing},
};

/// What verbs change, by its id.
pub trait Subject: Located + Send + Sync + Sized {
    /// What is held of it until the commit: its row, and those rows of its parents that rules look at.
    type Held: Related;

    /// Finds it as the caller sees it, and holds parents before children. `lock` is how its room, or whatever else is above it,
    /// is held.
    fn hold(&self, tx: &Writing, lock: Lock) -> impl Future<Output = Result<Self::Held>> + Send;
}

/// What a change holds, which says what the caller is to it.
pub trait Related: Send + Sync {
    /// What the caller is to it.
    fn relations(&self, tx: &Writing) -> impl Future<Output = Result<Relations>> + Send;
}

/// A change that the policy allows: what it holds, and the transaction in which it is made.
pub struct Change<H> {
    /// Where rows are written, events announced, and the change is committed.
    pub tx: Writing,
    /// What is held until the commit.
    pub held: H,
    /// What the caller is to it.
    pub relations: Relations,
}

/// What a change takes: an action, or one that depends on what is changed.
pub trait Takes<H> {
    /// The action to ask the policy for.
    fn action(&self, held: &H) -> Action;
}

impl<H> Takes<H> for Action {
    fn action(&self, _: &H) -> Action {
        *self
    }
}

impl<H, F: Fn(&H) -> Action> Takes<H> for F {
    fn action(&self, held: &H) -> Action {
        self(held)
    }
}

impl Operation {
    /// Begins a change of a thing that the caller may change, and holds it against everything else that changes it or its
    /// children.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when nobody is signed in, `NOT_FOUND` for what the caller does not see, `FORBIDDEN` when the policy says so.
    pub async fn change<S: Subject>(&self, subject: S, takes: impl Takes<S::Held>) -> Result<Change<S::Held>> {
        self.begin_change(subject, Lock::Exclusive, takes).await
    }

    /// The same for a change that many make at once, such as joining: what is above the thing must only stay as it is.
    ///
    /// # Errors
    /// As [`Operation::change`].
    pub async fn change_beside_others<S: Subject>(
        &self,
        subject: S,
        takes: impl Takes<S::Held>,
    ) -> Result<Change<S::Held>> {
        self.begin_change(subject, Lock::Shared, takes).await
    }

    async fn begin_change<S: Subject>(
        &self,
        subject: S,
        lock: Lock,
        takes: impl Takes<S::Held>,
    ) -> Result<Change<S::Held>> {
        self.signed_in()?;
        let tx = self.begin(self.caller(), Some(subject.target())).await?;
        let held = subject.hold(&tx, lock).await?;
        let relations = held.relations(&tx).await?;
        relations.allow(takes.action(&held))?;
        Ok(Change { tx, held, relations })
    }
}
