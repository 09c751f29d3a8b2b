//! HTTP: routes, GraphQL over HTTP, sockets and streams, files, and the page for people.

mod address;
mod admission;
mod authentication;
mod body;
mod browser;
mod buffer_limit;
mod compression;
mod connection;
mod event_stream;
mod files;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod graphql;
mod health;
pub mod listen;
mod metrics;
mod negotiation;
mod packed;
mod page_files;
mod pages;
mod rate_headers;
mod readiness;
mod request;
mod respond;
mod socket;
mod state;
mod status;
mod stream_limits;
mod trace;
mod transcript_cache;
mod transcripts;

use std::sync::Arc;

use axum::{Router, middleware, routing::get};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{config::BrowserConfig, front::Executor, operation::Services, schema};
use page_files::PackedPages;
use readiness::Readiness;
use state::AppState;
use stream_limits::StreamLimits;
use transcript_cache::PackedTranscripts;

/// All routes. `work` tracks what must finish before the process ends; `shutdown` tells sockets to close.
///
/// # Errors
/// When the schema's own text cannot be read.
pub async fn router(services: Arc<Services>, shutdown: CancellationToken, work: TaskTracker) -> Result<Router, String> {
    let sdl = schema::sdl();
    let state = AppState {
        executor: Executor::new(&sdl, services.clone(), work.clone())?,
        streams: StreamLimits::default(),
        pages: PackedPages::new(&sdl).await.map_err(|error| error.to_string())?,
        transcripts: PackedTranscripts::default(),
        services,
        readiness: Readiness::default(),
        shutdown,
        work,
    };
    let routes = Router::new()
        .route(
            "/graphql",
            get(graphql::get)
                .post(graphql::post)
                // A socket over HTTP/2 (RFC 8441).
                .connect(graphql::get)
                .fallback(graphql::other),
        )
        .route("/schema.graphql", get(pages::schema))
        .route("/draws/{id}/transcript.json", get(transcripts::get))
        .route("/rooms/{id}/winners.csv", get(files::winners))
        .route("/rooms/{id}/participants.csv", get(files::participants))
        .route("/.well-known/jwks.json", get(files::key_set))
        .route("/", get(pages::index))
        .fallback(pages::asset)
        .layer(middleware::from_fn_with_state(state.clone(), admission::admit))
        // Probes are not refused.
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(metrics::read))
        .layer(CatchPanicLayer::new())
        .layer(compression::layer());
    // Outermost last.
    Ok(may_be_asked_by_other_sites(routes, &state.services.config.browser)
        .layer(middleware::from_fn_with_state(state.clone(), browser::protect))
        .layer(middleware::from_fn_with_state(state.clone(), request::identify))
        .with_state(state))
}

/// Without a configured site, browsers hear nothing about others, which means no.
fn may_be_asked_by_other_sites(routes: Router<AppState>, config: &BrowserConfig) -> Router<AppState> {
    if config.origins.is_empty() {
        return routes;
    }
    routes.layer(browser::other_sites(config))
}
