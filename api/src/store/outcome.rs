//! What changes came to, for clients that ask for them again: written in the change's own transaction, and nowhere else.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use entity::identity::idempotency_key;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use super::{Scope, Store, conflict_if_taken, pool::Settings};
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
            user_id: Set(self.keyed.user),
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

/// What is known of a key, in a scope of its user.
///
/// # Errors
/// `CONFLICT` when the key stands for another operation.
pub async fn outcomes(scope: &impl Scope, keyed: &Keyed) -> Result<Outcomes> {
    let rows = idempotency_key::Entity::find()
        .filter(idempotency_key::Column::UserId.eq(keyed.user))
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

/// Outcomes forgotten in one change: a long list is worked off in steps.
const FORGOTTEN_AT_ONCE: u64 = 1000;

impl Store {
    /// Forgets all users' outcomes of before a time; answers how many.
    ///
    /// # Errors
    /// When the database does not answer. What was forgotten until then stays so.
    pub async fn forget_outcomes(&self, before: DateTime<Utc>) -> Result<u64> {
        const SQL: &str = "DELETE FROM idempotency_keys WHERE (user_id, key, field) IN (SELECT user_id, key, field \
             FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2)";
        let mut forgotten = 0;
        loop {
            let settings = Settings {
                forget_before: Some(before),
                ..Settings::default()
            };
            // Not among the statements that are counted: nobody asked for it.
            let tx = self.pool.begin_write(settings, Arc::default()).await?;
            let values = [before.into(), FORGOTTEN_AT_ONCE.into()];
            let delete = Statement::from_sql_and_values(tx.get_database_backend(), SQL, values);
            let rows = tx.execute_raw(delete).await?.rows_affected();
            tx.commit().await?;
            forgotten += rows;
            if rows < FORGOTTEN_AT_ONCE {
                return Ok(forgotten);
            }
        }
    }
}
