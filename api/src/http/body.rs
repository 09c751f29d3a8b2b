//! Reading the body of a request, as large and as slow as it may be.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header::CONTENT_LENGTH},
};
use futures::StreamExt;
use serde_json::Value as Json;

use super::connection::{Connection, IncomingBody};
use crate::{
    config::Limits,
    error::{RequestError, Result},
    front::json::parse,
    limit::Limit,
};

/// The JSON of a body.
///
/// # Errors
/// `BODY_TOO_LARGE`, `TOO_SLOW`, `LIMITED` when its connection has too many under way, or `VALIDATION` for what is no JSON.
pub(crate) async fn read(headers: &HeaderMap, body: Body, connection: &Connection, limits: &Limits) -> Result<Json> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|announced: usize| announced > limits.body_bytes) {
        return Err(too_large(limits).into());
    }
    let time = Duration::from_secs(limits.body_seconds);
    let mut unfinished = connection.body();
    let bytes = tokio::time::timeout(time, collect(body, &mut unfinished, limits));
    let bytes = bytes.await.map_err(|_| {
        let message = format!(
            "The body took longer than {} seconds to come. Send it at once.",
            limits.body_seconds
        );
        RequestError::exceeded(Limit::BodyTime, message)
    })??;
    Ok(parse(&bytes)?)
}

async fn collect(body: Body, unfinished: &mut IncomingBody, limits: &Limits) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut pieces = body.into_data_stream();
    loop {
        let piece = tokio::select! {
            biased;
            () = unfinished.is_cut() => return Err(crowded().into()),
            piece = pieces.next() => piece,
        };
        let Some(piece) = piece else { break };
        let piece: Bytes = piece.map_err(|_| RequestError::malformed("body", "The body broke off. Send it again."))?;
        if bytes.len() + piece.len() > limits.body_bytes {
            return Err(too_large(limits).into());
        }
        unfinished.grow(piece.len(), limits)?;
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn crowded() -> RequestError {
    let message = "Too many bodies are under way, and this one is the slowest. Send it at once.";
    RequestError::exceeded(Limit::BodyTime, message)
}

fn too_large(limits: &Limits) -> RequestError {
    let message = format!(
        "The body is larger than {} bytes. Send less at once.",
        limits.body_bytes
    );
    RequestError::exceeded(Limit::Body, message)
}
