//! The page for people: GraphiQL, bundled into the binary.

use axum::{
    extract::State,
    http::{HeaderName, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::Edge;

/// The built page. A binary that was built without it says how to build it.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Page;

/// No request to any other host, no script that is not ours. The editor sets styles itself, hence `unsafe-inline`
/// for styles, and draws its underlines as data images.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Tombola</title>\
<h1>Tombola is running</h1><p>This binary was built without its web page. Build the page, then the binary again:</p>\
<pre>cd web &amp;&amp; npm ci &amp;&amp; npm run build &amp;&amp; cd .. &amp;&amp; cargo build</pre>\
<p>The API answers at <code>/graphql</code> all the same.</p></html>";

/// `/`.
pub(super) async fn index() -> Response {
    match Page::get("index.html") {
        Some(file) => answer(file, "no-cache"),
        None => (security_headers(), Html(NOT_BUILT)).into_response(),
    }
}

/// `/schema.graphql`: the schema, where clients may ask for it.
pub(super) async fn schema(State(edge): State<Edge>) -> Response {
    if !edge.services.config.introspection() {
        return (
            StatusCode::NOT_FOUND,
            security_headers(),
            "This server does not tell its schema.\n",
        )
            .into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "application/graphql; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (security_headers(), headers, crate::schema::sdl()).into_response()
}

/// Everything that the page loads. Names of built files change with their content.
pub(super) async fn asset(uri: Uri) -> Response {
    match Page::get(uri.path().trim_start_matches('/')) {
        Some(file) => answer(file, "public, max-age=31536000, immutable"),
        None => (
            StatusCode::NOT_FOUND,
            security_headers(),
            "There is nothing here. The API is at /graphql.\n",
        )
            .into_response(),
    }
}

fn answer(file: EmbeddedFile, cache: &'static str) -> Response {
    let kind = file.metadata.mimetype().to_owned();
    let cache = if kind == "image/svg+xml" { "no-cache" } else { cache };
    (
        security_headers(),
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache.to_owned())],
        file.data,
    )
        .into_response()
}

fn security_headers() -> [(HeaderName, &'static str); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ]
}
