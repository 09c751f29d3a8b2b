//! Reading the body of a request, as large and as slow as it may be.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header::CONTENT_LENGTH},
};
use futures::StreamExt;
use serde_json::Value as Json;

use crate::{
    config::Limits,
    error::{Error, Result},
    http::{
        connection::{Connection, Unfinished},
        reading,
    },
    limit::Limit,
};

/// The JSON of a body.
///
/// # Errors
/// `BODY_TOO_LARGE`, `TOO_SLOW`, `LIMITED` when its connection has too many under way, or `VALIDATION` for what is no JSON.
pub(in crate::http) async fn read(
    headers: &HeaderMap,
    body: Body,
    connection: &Connection,
    limits: &Limits,
) -> Result<Json> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|announced: usize| announced > limits.body_bytes) {
        return Err(too_large(limits));
    }
    let time = Duration::from_secs(limits.body_seconds);
    let mut unfinished = connection.body();
    let bytes = tokio::time::timeout(time, collect(body, &mut unfinished, limits));
    let bytes = bytes.await.map_err(|_| {
        let message = format!(
            "The body took longer than {} seconds to come. Send it at once.",
            limits.body_seconds
        );
        Error::exceeded(Limit::BodyTime, message)
    })??;
    parse(&bytes)
}

async fn collect(body: Body, unfinished: &mut Unfinished, limits: &Limits) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut pieces = body.into_data_stream();
    loop {
        let piece = tokio::select! {
            biased;
            () = unfinished.is_cut() => return Err(crowded()),
            piece = pieces.next() => piece,
        };
        let Some(piece) = piece else { break };
        let piece: Bytes = piece.map_err(|_| malformed("The body broke off. Send it again."))?;
        if bytes.len() + piece.len() > limits.body_bytes {
            return Err(too_large(limits));
        }
        unfinished.grow(piece.len(), limits)?;
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// The JSON in some bytes. What nests deeper than 128 levels is refused.
///
/// # Errors
/// `VALIDATION` that says where it stops being JSON.
pub(in crate::http) fn parse(bytes: &[u8]) -> Result<Json> {
    if bytes.is_empty() {
        return Err(malformed("The body is empty. Send a JSON object with a query."));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|cause| malformed(format!("The body is no UTF-8 at byte {}.", cause.valid_up_to())))?;
    reading::read("The body", text).map_err(malformed)
}

fn malformed(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::Malformed {
        field: "body",
        message: message.into(),
    }
}

fn crowded() -> Error {
    let message = "Too many bodies are under way, and this one is the slowest. Send it at once.";
    Error::exceeded(Limit::BodyTime, message)
}

fn too_large(limits: &Limits) -> Error {
    let message = format!(
        "The body is larger than {} bytes. Send less at once.",
        limits.body_bytes
    );
    Error::exceeded(Limit::Body, message)
}
