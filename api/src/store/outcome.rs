//! What changes came to, for clients that ask for them again: written in the change's own transaction, and nowhere else.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use entity::store::idempotency_key;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use super::{conflict::conflict_if_taken, scope::Scope};
use crate::{
    error::{Error, Result},
    idempotency::{HEADER, Keyed},
};

/// What a root field came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// What its verb answered.
    Answer(Json),
    /// A secret, which was shown once and is kept nowhere.
    Secret,
}

impl Outcome {
    pub(super) fn of(answer: &impl Serialize) -> Result<Self> {
        Ok(Self::Answer(serde_json::to_value(answer)?))
    }

    /// The answer of the verb, again.
    ///
    /// # Errors
    /// `CONFLICT` for a secret, and for the answer of another version of the server that had other columns.
    pub fn replay<T: DeserializeOwned>(&self) -> Result<T> {
        match self {
            Self::Answer(answer) => T::deserialize(answer).map_err(|cause| {
                tracing::warn!(%cause, "an outcome of an earlier version cannot be read");
                Error::conflict(
                    "This was done before, and the server has been upgraded since. Query what became of it.",
                )
            }),
            Self::Secret => Err(Error::shown_before()),
        }
    }
}

/// One root field of an operation with a key.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The key and what it stands for.
    pub keyed: Arc<Keyed>,
    /// The field's name in the answer.
    pub field: String,
    /// How long to wait for another attempt under the same key.
    pub wait: Duration,
}

impl Attempt {
    /// Keeps the outcome beside the change itself.
    pub(super) async fn keep(&self, tx: &impl ConnectionTrait, outcome: &Outcome, now: DateTime<Utc>) -> Result<()> {
        let row = idempotency_key::ActiveModel {
            principal_id: Set(self.keyed.id()?),
            principal_kind: Set(self.keyed.principal.kind()),
            key: Set(self.keyed.key.as_str().to_owned()),
            field: Set(self.field.clone()),
            fingerprint: Set(self.keyed.fingerprint.as_bytes().to_vec()),
            outcome: Set(serde_json::to_value(outcome)?),
            created_at: Set(now),
        };
        let insert = idempotency_key::Entity::insert(row).exec_without_returning(tx).await;
        // Attempts take turns, so this is for a database that does not know advisory locks.
        conflict_if_taken(insert, || {
            Error::conflict("Another request with this Idempotency-Key was faster. Send it again to get its answer.")
        })?;
        Ok(())
    }
}

/// Outcomes of a key by the field's name.
pub type Outcomes = HashMap<String, Outcome>;

/// What is known of a key, in a scope of its principal.
///
/// # Errors
/// `CONFLICT` when the key stands for another operation.
pub async fn outcomes(scope: &impl Scope, keyed: &Keyed) -> Result<Outcomes> {
    let rows = idempotency_key::Entity::find()
        .filter(idempotency_key::Column::PrincipalId.eq(keyed.id()?))
        .filter(idempotency_key::Column::Key.eq(keyed.key.as_str()))
        .all(scope)
        .await?;
    if rows.iter().any(|row| row.fingerprint != keyed.fingerprint.as_bytes()) {
        return Err(Error::conflict_of(
            HEADER,
            "This Idempotency-Key was used for another operation. Send each new operation with a new key, and a retry \
             with the same document, operation name and variables.",
        ));
    }
    rows.into_iter()
        .map(|row| Ok((row.field, serde_json::from_value(row.outcome)?)))
        .collect()
}
