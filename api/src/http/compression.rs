//! Answers are packed on their way, except where that would give something away or come too late.

use axum::http::{
    Extensions, HeaderMap, StatusCode, Version,
    header::{CACHE_CONTROL, ETAG},
};
use tower_http::compression::{
    CompressionLayer,
    predicate::{NotForContentType, Predicate, SizeAbove},
};

/// Smallest answer that is packed, in bytes.
const SMALLEST: u16 = 1024;

/// An extension of answers that show a secret beside what a stranger may have chosen: how well the two pack together
/// would tell the secret bit by bit (BREACH).
#[derive(Clone, Copy, Debug)]
pub struct NotCompressed;

/// Packs answers with gzip or Brotli.
pub(super) fn layer() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(
        SizeAbove::new(SMALLEST)
            .and(NotForContentType::IMAGES)
            // Each event is wanted at once.
            .and(NotForContentType::SSE)
            .and(may_be_packed),
    )
}

/// A strong ETag names these very bytes, and `no-transform` asks for them.
fn may_be_packed(_: StatusCode, _: Version, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let is_fixed = headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("no-transform"));
    extensions.get::<NotCompressed>().is_none() && !headers.contains_key(ETAG) && !is_fixed
}
