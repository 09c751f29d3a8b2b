//! What is stored of a draw, read as what it is, and the draw held for its next step.

use chrono::{DateTime, Utc};
use draw::{Hash, Policy};
use entity::{
    DrawId,
    draw::draw::{self as row, DrawStatus},
    room::room,
};

use crate::{
    credentials::SigningKey,
    draw::finder::moment,
    error::{Error, Result},
    operation::{Change, Operation},
    policy::Action,
    room::InRoom,
    store::Writing,
};

/// What seeds are sealed for.
pub(super) const SEED: &str = "draw seed";

/// The draw's policy.
///
/// # Errors
/// `INTERNAL` when what is stored is none.
pub fn policy_of(draw: &row::Model) -> Result<Policy> {
    serde_json::from_str(&draw.policy).map_err(Error::internal)
}

/// When the list of a committed draw closes by its policy.
///
/// # Errors
/// `INTERNAL` when what is stored is no policy.
pub(super) fn closing(draw: &row::Model) -> Result<Option<DateTime<Utc>>> {
    match draw.status {
        DrawStatus::Committed => Ok(policy_of(draw)?.closes_at.and_then(moment)),
        _ => Ok(None),
    }
}

/// The draw's seed, before it is revealed.
///
/// # Errors
/// `CONFLICT` when the signing key was replaced, `INTERNAL` when what is stored does not open.
pub(super) fn seed_of(key: &SigningKey, draw: &row::Model) -> Result<[u8; 32]> {
    require_key(key, draw)?;
    hash_of(&key.open(SEED, draw.id.0.as_bytes(), &draw.sealed_seed)?)
}

/// A draw goes on under the key that committed to it.
///
/// # Errors
/// `CONFLICT` when the server has another.
pub(super) fn require_key(key: &SigningKey, draw: &row::Model) -> Result<()> {
    if draw.key_id == key.id() {
        return Ok(());
    }
    Err(Error::conflict_of(
        "drawId",
        format!(
            "The draw was committed to under the key {}, which this server no longer has. Its operator can put the key back; \
             otherwise void the draw.",
            draw.key_id
        ),
    ))
}

/// 32 bytes out of a column.
///
/// # Errors
/// `INTERNAL` when there are more or fewer.
pub(super) fn hash_of(bytes: &[u8]) -> Result<Hash> {
    bytes
        .try_into()
        .map_err(|_| Error::internal(anyhow::anyhow!("{} bytes are stored where 32 belong", bytes.len())))
}

/// A draw whose room the caller runs, both held. A draw that was made can be brought to its end, whatever is stored.
///
/// # Errors
/// `NOT_FOUND`, or `FORBIDDEN`.
pub(super) async fn managed(
    operation: &Operation,
    id: DrawId,
    action: Action,
) -> Result<(Writing, room::Model, row::Model)> {
    let Change { tx, held, .. } = operation.change(id, action).await?;
    let InRoom { room, row: draw } = held;
    tx.finishes();
    Ok((tx, room, draw))
}
