//! Files beside the API: lists for organizers, and the server's key.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{
        HeaderName, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Json, Response},
};
use entity::{Id, RoomId};
use futures::TryStreamExt;

use super::{authentication::Authenticated, packed::cut_off, respond::refusal, state::AppState};
use crate::{
    caller::Origin,
    error::{Error, Result},
    room::{RoomFile, room_file},
};

/// `/rooms/{id}/winners.csv`.
pub(super) async fn winners(
    state: State<AppState>,
    caller: Authenticated,
    origin: Origin,
    id: Path<String>,
) -> Response {
    list(state, caller, origin, id, RoomFile::Winners, "winners").await
}

/// `/rooms/{id}/participants.csv`.
pub(super) async fn participants(
    state: State<AppState>,
    caller: Authenticated,
    origin: Origin,
    id: Path<String>,
) -> Response {
    list(state, caller, origin, id, RoomFile::Participants, "participants").await
}

async fn list(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    origin: Origin,
    Path(id): Path<String>,
    file: RoomFile,
    name: &str,
) -> Response {
    let answer = async {
        let id: RoomId = named("roomId", &id)?;
        let pieces = room_file(state.services.clone(), caller?.caller, id, file).await?;
        let mut response = Body::from_stream(pieces.map_err(cut_off)).into_response();
        let fixed = [
            (CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
            (CACHE_CONTROL, "no-store"),
        ];
        add(&mut response, &fixed);
        let name = format!("attachment; filename=\"{id}-{name}.csv\"");
        add(&mut response, &[(CONTENT_DISPOSITION, name.as_str())]);
        Ok::<_, Error>(response)
    };
    answer.await.unwrap_or_else(|error| refusal(&error, &origin.request_id))
}

/// `/.well-known/jwks.json`: the key under which draws and access tokens are signed (RFC 7517).
pub(super) async fn key_set(State(state): State<AppState>) -> Response {
    let mut response = Json(serde_json::json!({ "keys": [state.services.key.jwk()] })).into_response();
    add(&mut response, &[(CACHE_CONTROL, "public, max-age=300")]);
    response
}

/// The id in a path.
///
/// # Errors
/// `NOT_FOUND` for what is not an id.
pub(super) fn named<I: Id>(field: &'static str, text: &str) -> Result<I> {
    text.parse().map_err(|_| Error::not_found(I::PREFIX, field))
}

/// Adds headers of a file.
pub(super) fn add(response: &mut Response, headers: &[(HeaderName, &str)]) {
    let nosniff = (X_CONTENT_TYPE_OPTIONS, "nosniff");
    for (name, value) in headers.iter().chain([&nosniff]) {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
}
