//! What a participant gets for themselves: the proof that they are on the list.

use draw::{Freeze, Hash, Hex, Receipt, Signature, pid};
use entity::{DrawId, draw::draw as row};

use super::{
    freeze::digest_of,
    list::{self, nonce, public_id},
    plan::milliseconds,
    stored::hash_of,
};
use crate::{
    draw::finder,
    error::{Error, Result},
    operation::Operation,
    room::participant_of,
    store::{Located, Scope, seen_row},
};

/// What a participant knows of their own entry.
pub struct OwnEntry {
    /// The nonce of their entry id.
    pub nonce: [u8; 16],
    /// Their entry id.
    pub pid: Hash,
    /// The proof, once the list is closed and they are on it.
    pub receipt: Option<Receipt>,
}

/// The caller's own entry in a draw; none when they were never in its room. Who left a private room keeps their proof.
///
/// # Errors
/// `UNAUTHENTICATED`, `NOT_FOUND`.
pub async fn own_entry(operation: &Operation, id: DrawId) -> Result<Option<OwnEntry>> {
    let me = operation.signed_in()?.user;
    // Never two connections in one operation.
    operation.renew();
    let store = &operation.services().store;
    let reading = &store.read_located(operation.caller(), &id.target()).await?;
    let draw = finder::draw_by_id(reading, id).await?;
    let Some(place) = participant_of(reading, draw.room_id, me).await? else {
        // Only whoever sees the draw learns that there is one.
        seen_row::<row::Entity>(reading, id).await?;
        return Ok(None);
    };
    let user = public_id(place.user_id, place.agent_id)?;
    let nonce = nonce(&place.entry_nonce)?;
    let pid = pid(&id.to_string(), &user, &nonce);
    let receipt = receipt(reading, &draw, &user, &nonce, &pid).await?;
    Ok(Some(OwnEntry { nonce, pid, receipt }))
}

async fn receipt(
    scope: &impl Scope,
    draw: &row::Model,
    user: &str,
    nonce: &[u8; 16],
    pid: &Hash,
) -> Result<Option<Receipt>> {
    let Some(freeze) = freeze_of(draw)? else {
        return Ok(None);
    };
    let Some(place) = list::find(scope, draw.id, freeze.n, pid).await? else {
        return Ok(None);
    };
    let roots = list::roots(scope, draw.id).await?;
    let path = draw::path_in_chunks(&place.leaves, &roots, place.index)
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a list has no path to one of its entrants")))?;
    Ok(Some(Receipt {
        version: draw::Version::V1,
        draw: draw.id.to_string(),
        user: user.to_owned(),
        nonce: Hex(*nonce),
        pid: Hex(*pid),
        index: place.index,
        weight: place.weight,
        path: path.into_iter().map(Hex).collect(),
        policy_hash: Hex(hash_of(&draw.policy_hash)?),
        freeze,
    }))
}

/// The freeze as it is published.
pub(super) fn freeze_of(draw: &row::Model) -> Result<Option<Freeze>> {
    let (Some(list), Some(at), Some(signature)) = (digest_of(draw)?, draw.frozen_at, &draw.freeze_signature) else {
        return Ok(None);
    };
    Ok(Some(Freeze {
        n: list.n,
        total_weight: list.total_weight,
        root: Hex(list.root),
        at: milliseconds(at),
        signature: signature_of(draw, signature)?,
    }))
}

/// One of the draw's signatures as it is published.
pub(super) fn signature_of(draw: &row::Model, value: &[u8]) -> Result<Signature> {
    let value = value
        .try_into()
        .map_err(|_| Error::internal(anyhow::anyhow!("a signature has {} bytes", value.len())))?;
    Ok(Signature {
        kid: draw.key_id.clone(),
        key: Hex(hash_of(&draw.public_key)?),
        value: Hex(value),
    })
}
