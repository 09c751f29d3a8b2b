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

#[cfg(test)]
mod tests {
    use axum::{
        Extension, Router,
        body::Body,
        http::{
            Request,
            header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY},
        },
        response::IntoResponse,
        routing::get,
    };
    use tower::Service;

    use super::*;

    /// How an answer is packed for a client that takes `accepted`, and whether caches are told.
    async fn packing(answer: impl IntoResponse + Clone + Send + Sync + 'static, accepted: &str) -> (String, bool) {
        let handler = get(move || async move { answer });
        let mut router = Router::new().route("/", handler).layer(layer());
        let request = Request::get("/").header(ACCEPT_ENCODING, accepted);
        let answer = router.call(request.body(Body::empty()).unwrap()).await.unwrap();
        let text = |name| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
        (
            text(CONTENT_ENCODING).to_owned(),
            text(VARY).contains("accept-encoding"),
        )
    }

    #[tokio::test]
    async fn large_answers_are_packed_as_the_client_likes() {
        let large = "x".repeat(5000);
        for (accepted, wanted) in [
            ("gzip", "gzip"),
            ("br", "br"),
            ("gzip, br;q=0.5", "gzip"),
            ("zstd", ""),
            ("", ""),
        ] {
            assert_eq!(
                packing(large.clone(), accepted).await,
                (wanted.to_owned(), true),
                "{accepted}"
            );
        }
        assert_eq!(packing("x".repeat(1000), "gzip").await, (String::new(), false), "small");
    }

    #[tokio::test]
    async fn what_must_stay_as_it_is_does() {
        let large = "x".repeat(5000);
        let with = |name, value: &'static str| ([(name, value)], large.clone());
        let unpacked = (String::new(), false);
        assert_eq!(packing(with(ETAG, "\"1\""), "gzip, br").await, unpacked);
        assert_eq!(packing(with(CACHE_CONTROL, "no-transform"), "gzip").await, unpacked);
        assert_eq!(packing(with(CONTENT_TYPE, "text/event-stream"), "gzip").await, unpacked);
        assert_eq!(packing(with(CONTENT_TYPE, "image/png"), "gzip").await, unpacked);
        assert_eq!(
            packing((Extension(NotCompressed), large.clone()), "gzip").await,
            unpacked
        );
        let packed_already = packing(with(CONTENT_ENCODING, "gzip"), "br").await;
        assert_eq!(packed_already, ("gzip".to_owned(), false));
    }
}
