//! Files beside the API: transcripts of draws for everybody who sees their room, lists for organizers.

use async_compression::tokio::bufread::GzipEncoder;
use axum::{
    body::Body,
    extract::{Path, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
            VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Json, Response},
};
use entity::{DrawId, Id, RoomId};
use futures::{Stream, StreamExt, TryStreamExt};
use tokio_util::io::{ReaderStream, StreamReader};

use super::{Edge, authentication::Authenticated, graphql::refusal};
use crate::{
    caller::Origin,
    error::{Error, Result},
    room::{RoomFile, room_file, transcript},
};

/// `/draws/{id}/transcript.json`.
pub(super) async fn draw_transcript(
    State(edge): State<Edge>,
    Authenticated(caller): Authenticated,
    origin: Origin,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let id: DrawId = named("drawId", &id)?;
        let transcript = transcript(edge.services.clone(), caller?.caller, id).await?;
        let gzip = takes_gzip(&headers);
        // The same content in another encoding is another representation (RFC 9110 §8.8.3.3).
        let tag = format!("\"{}{}\"", transcript.version, if gzip { "-gzip" } else { "" });
        let mut response = if has(&headers, &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let pieces = transcript.pieces().map_ok(String::into_bytes);
            body(pieces, gzip)
        };
        let fixed = [
            (CONTENT_TYPE, "application/json"),
            (CACHE_CONTROL, "no-cache"),
            (VARY, "accept-encoding, authorization"),
        ];
        add(&mut response, &fixed);
        add(&mut response, &[(ETAG, tag.as_str())]);
        let name = format!("inline; filename=\"{id}.json\"");
        add(&mut response, &[(CONTENT_DISPOSITION, name.as_str())]);
        Ok::<_, Error>(response)
    };
    answer.await.unwrap_or_else(|error| refusal(&error, &origin.request_id))
}

/// `/rooms/{id}/winners.csv`.
pub(super) async fn winners(edge: State<Edge>, caller: Authenticated, origin: Origin, id: Path<String>) -> Response {
    list(edge, caller, origin, id, RoomFile::Winners, "winners").await
}

/// `/rooms/{id}/participants.csv`.
pub(super) async fn participants(
    edge: State<Edge>,
    caller: Authenticated,
    origin: Origin,
    id: Path<String>,
) -> Response {
    list(edge, caller, origin, id, RoomFile::Participants, "participants").await
}

async fn list(
    State(edge): State<Edge>,
    Authenticated(caller): Authenticated,
    origin: Origin,
    Path(id): Path<String>,
    file: RoomFile,
    name: &str,
) -> Response {
    let answer = async {
        let id: RoomId = named("roomId", &id)?;
        let pieces = room_file(edge.services.clone(), caller?.caller, id, file).await?;
        let mut response = body(pieces, false);
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
pub(super) async fn key_set(State(edge): State<Edge>) -> Response {
    let mut response = Json(serde_json::json!({ "keys": [edge.services.key.jwk()] })).into_response();
    add(&mut response, &[(CACHE_CONTROL, "public, max-age=300")]);
    response
}

fn named<I: Id>(field: &'static str, text: &str) -> Result<I> {
    text.parse().map_err(|_| Error::not_found(I::PREFIX, field))
}

fn body(pieces: impl Stream<Item = Result<Vec<u8>>> + Send + 'static, gzip: bool) -> Response {
    let logged = pieces.map_err(|error| {
        tracing::error!(%error, "a file was cut off");
        std::io::Error::other("cut off")
    });
    if !gzip {
        return Body::from_stream(logged).into_response();
    }
    let bytes = logged.map_ok(axum::body::Bytes::from);
    let packed = GzipEncoder::new(StreamReader::new(bytes.boxed()));
    let mut response = Body::from_stream(ReaderStream::new(packed)).into_response();
    add(&mut response, &[(CONTENT_ENCODING, "gzip")]);
    response
}

fn add(response: &mut Response, headers: &[(HeaderName, &str)]) {
    let nosniff = (X_CONTENT_TYPE_OPTIONS, "nosniff");
    for (name, value) in headers.iter().chain([&nosniff]) {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
}

/// Whether the client takes gzip (RFC 9110 §12.5.3): named, and not with a weight of nothing.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let refused = parts.any(|weight| {
            weight
                .strip_prefix("q=")
                .and_then(|weight| weight.parse::<f32>().ok())
                .is_some_and(|weight| weight == 0.0)
        });
        named && !refused
    })
}

/// Whether the client has this version (RFC 9110 §13.1.2).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .map(|known| known.trim())
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
