//! `/draws/{id}/transcript.json`, for everybody who sees the draw's room. A version is read and packed once.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{
        HeaderMap,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::Response,
};
use entity::DrawId;
use futures::TryStreamExt;
use moka::sync::Cache;

use super::{
    authentication::Authenticated,
    files::{add, named},
    packed::{Wanted, packed},
    respond::refusal,
    state::AppState,
};
use crate::{
    caller::{Caller, Origin},
    draw::{Transcript, transcript, transcript_version},
    error::{Error, Result},
};

/// Entries of a list whose transcript is kept: longer ones have more than some 8 MB, and are read for each client.
const LARGEST: u64 = 50_000;
/// What an entry costs, in bytes, before it is packed.
const ENTRY_BYTES: u64 = 200;

/// `/draws/{id}/transcript.json`.
pub(super) async fn get(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    origin: Origin,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let id: DrawId = named("drawId", &id)?;
        let mut response = answer(&state, caller?.caller, &origin, id, &headers).await?;
        let name = format!("inline; filename=\"{id}.json\"");
        let fixed = [
            (CONTENT_TYPE, "application/json"),
            (CACHE_CONTROL, "no-cache"),
            (CONTENT_DISPOSITION, name.as_str()),
        ];
        add(&mut response, &fixed);
        Ok::<_, Error>(response)
    };
    answer.await.unwrap_or_else(|error| refusal(&error, &origin.request_id))
}

async fn answer(
    state: &AppState,
    caller: Caller,
    origin: &Origin,
    id: DrawId,
    headers: &HeaderMap,
) -> Result<Response> {
    let version = transcript_version(&state.services, &caller, id).await?;
    let wanted = Wanted::by(headers, &version);
    if let Some(response) = wanted.not_modified() {
        return Ok(response);
    }
    let charge = |bytes: u64| state.services.rates.check_cost(&caller, origin.address, bytes / 1024);
    if let Some(packed) = state.transcripts.kept.get(&version) {
        charge(packed.len() as u64)?;
        return Ok(wanted.of_packed(packed));
    }
    let turn = state
        .transcripts
        .turns
        .clone()
        .acquire_owned()
        .await
        .map_err(Error::internal)?;
    // Somebody may have packed it meanwhile; or it has changed.
    let transcript = transcript(state.services.clone(), caller.clone(), id).await?;
    let wanted = Wanted::by(headers, &transcript.version);
    if let Some(packed) = state.transcripts.kept.get(&transcript.version) {
        charge(packed.len() as u64)?;
        return Ok(wanted.of_packed(packed));
    }
    charge(transcript.entries * ENTRY_BYTES)?;
    if transcript.entries > LARGEST {
        drop(turn);
        return Ok(wanted.of_pieces(transcript.pieces().map_ok(String::into_bytes)));
    }
    // On a task of its own: a client that leaves has not had it read in vain.
    let kept = state.transcripts.kept.clone();
    let packing = state.work.spawn(async move {
        let packed = pack(transcript, &kept).await;
        drop(turn);
        packed
    });
    Ok(wanted.of_packed(packing.await.map_err(Error::internal)??))
}

async fn pack(transcript: Transcript, kept: &Cache<String, Bytes>) -> Result<Bytes> {
    let version = transcript.version.clone();
    let packed = packed(transcript.pieces().map_ok(String::into_bytes)).await?;
    kept.insert(version, packed.clone());
    Ok(packed)
}
