//! What is packed once and sent often: the schema, the page, the transcripts of draws.

use std::io::Cursor;

use async_compression::tokio::bufread::{GzipDecoder, GzipEncoder};
use axum::{
    body::{Body, Bytes},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, ETAG, IF_NONE_MATCH, VARY},
    },
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt, TryStreamExt};
use tokio::io::AsyncReadExt;
use tokio_util::io::{ReaderStream, StreamReader};

use crate::error::{Error, Result};

/// A version of some content, for one request: in the encoding that its client takes (RFC 9110 §12.5.3).
pub(super) struct Wanted {
    gzip: bool,
    /// The same content in another encoding is another representation (RFC 9110 §8.8.3.3).
    tag: String,
    is_known: bool,
}

impl Wanted {
    /// What a client wants of a version.
    pub(super) fn by(headers: &HeaderMap, version: &str) -> Self {
        let gzip = takes_gzip(headers);
        let tag = format!("\"{version}{}\"", if gzip { "-gzip" } else { "" });
        let is_known = has(headers, &tag);
        Self { gzip, tag, is_known }
    }

    /// That the client has this version, if it has.
    pub(super) fn not_modified(&self) -> Option<Response> {
        self.is_known
            .then(|| self.tagged(StatusCode::NOT_MODIFIED.into_response()))
    }

    /// Content that was packed before.
    pub(super) fn of_packed(&self, packed: Bytes) -> Response {
        if !self.gzip {
            let plain = ReaderStream::new(GzipDecoder::new(Cursor::new(packed)));
            return self.tagged(Body::from_stream(plain).into_response());
        }
        let length = HeaderValue::from(packed.len());
        let mut response = Body::from(packed).into_response();
        response.headers_mut().insert(CONTENT_LENGTH, length);
        self.tagged(response)
    }

    /// Content that is too large to be kept, packed on its way.
    pub(super) fn of_pieces(&self, pieces: impl Stream<Item = Result<Vec<u8>>> + Send + 'static) -> Response {
        let body = match self.gzip {
            true => Body::from_stream(ReaderStream::new(packing(pieces))),
            false => Body::from_stream(pieces.map_err(cut_off)),
        };
        self.tagged(body.into_response())
    }

    fn tagged(&self, mut response: Response) -> Response {
        let is_content = response.status() != StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        if let Ok(tag) = HeaderValue::from_str(&self.tag) {
            headers.insert(ETAG, tag);
        }
        headers.insert(VARY, HeaderValue::from_static("accept-encoding, authorization"));
        if self.gzip && is_content {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// Packs content with gzip (RFC 1952).
///
/// # Errors
/// Those of its pieces.
pub(super) async fn packed(pieces: impl Stream<Item = Result<Vec<u8>>> + Send + 'static) -> Result<Bytes> {
    let mut packed = Vec::new();
    let mut packing = std::pin::pin!(packing(pieces));
    packing.read_to_end(&mut packed).await.map_err(Error::internal)?;
    Ok(packed.into())
}

fn packing(pieces: impl Stream<Item = Result<Vec<u8>>> + Send + 'static) -> impl tokio::io::AsyncRead + Send {
    let bytes = pieces.map_ok(Bytes::from).map_err(cut_off);
    GzipEncoder::new(StreamReader::new(bytes.boxed()))
}

/// A client notices that its file is not whole; why is for the log.
pub(super) fn cut_off(error: Error) -> std::io::Error {
    tracing::error!(%error, "a file was cut off");
    std::io::Error::other("cut off")
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
