//! The page for people: GraphiQL, bundled into the binary. And the schema. Each is packed once.

use aws_lc_rs::digest;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use rust_embed::EmbeddedFile;

use super::{packed::Wanted, page_files::PageFiles, state::AppState};

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
pub(super) async fn index(State(state): State<AppState>, headers: HeaderMap) -> Response {
    match PageFiles::get("index.html") {
        Some(file) => answer(&state, &headers, "index.html", &file, "no-cache").await,
        None => (security_headers(), Html(NOT_BUILT)).into_response(),
    }
}

/// `/schema.graphql`: the schema, where clients may ask for it.
pub(super) async fn schema(State(state): State<AppState>, headers: HeaderMap) -> Response {
    if !state.services.config.introspection() {
        return (
            StatusCode::NOT_FOUND,
            security_headers(),
            "This server does not tell its schema.\n",
        )
            .into_response();
    }
    let schema = &state.pages.schema;
    let wanted = Wanted::by(&headers, &version(schema));
    let response = wanted.not_modified();
    let response = response.unwrap_or_else(|| wanted.of_packed(schema.clone()));
    let headers = [
        (header::CONTENT_TYPE, "application/graphql; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (security_headers(), headers, response).into_response()
}

/// Everything that the page loads. Names of built files change with their content.
pub(super) async fn asset(State(state): State<AppState>, headers: HeaderMap, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    match PageFiles::get(path) {
        Some(file) => answer(&state, &headers, path, &file, "public, max-age=31536000, immutable").await,
        None => missing(),
    }
}

/// What is not there.
pub(super) fn missing() -> Response {
    (
        StatusCode::NOT_FOUND,
        security_headers(),
        "There is nothing here. The API is at /graphql.\n",
    )
        .into_response()
}

async fn answer(
    state: &AppState,
    headers: &HeaderMap,
    path: &str,
    file: &EmbeddedFile,
    cache: &'static str,
) -> Response {
    let wanted = Wanted::by(headers, &hexadecimal(&file.metadata.sha256_hash()));
    let response = match wanted.not_modified() {
        Some(response) => response,
        None => match state.pages.file(path, file).await {
            Ok(packed) => wanted.of_packed(packed),
            Err(error) => {
                tracing::error!(%error, path, "a file of the page could not be packed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        },
    };
    let kind = file.metadata.mimetype();
    let cache = if kind == "image/svg+xml" { "no-cache" } else { cache };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)];
    (security_headers(), headers, response).into_response()
}

/// The version of some bytes: their SHA-256.
fn version(bytes: &[u8]) -> String {
    hexadecimal(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Half of a digest tells versions apart.
fn hexadecimal(digest: &[u8]) -> String {
    base16ct::lower::encode_string(&digest[..digest.len() / 2])
}

fn security_headers() -> [(HeaderName, &'static str); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ]
}
