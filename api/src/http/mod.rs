//! The edge: routes, who asks, GraphQL over HTTP, sockets and streams, and the page for people.

mod address;
mod admission;
mod authentication;
mod backlog;
mod browser;
mod compression;
mod connection;
mod files;
mod following;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod graphql;
mod health;
pub mod listen;
mod metrics;
mod occupancy;
mod packed;
mod pages;
mod parsed;
mod reading;
mod request;
mod socket;
mod trace;
mod transcripts;

use std::sync::Arc;

use axum::{Router, middleware, routing::get};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    config::BrowserConfig,
    document::Language,
    operation::Services,
    schema::{self, ApiSchema},
};
use compression::NotCompressed;
use occupancy::Occupancy;
use pages::PackedPages;
use parsed::ParsedDocuments;
use transcripts::PackedTranscripts;

/// What every handler has.
#[derive(Clone)]
struct Edge {
    services: Arc<Services>,
    /// Serves queries and mutations. It has no extension: any costs a fifth of the CPU of an answer.
    schema: ApiSchema,
    /// Serves subscriptions: every event is an execution of its own.
    streaming: ApiSchema,
    /// Serves requests that ask for an explanation.
    explaining: ApiSchema,
    documents: ParsedDocuments,
    dear: graphql::Dear,
    occupancy: Occupancy,
    pages: Arc<PackedPages>,
    transcripts: PackedTranscripts,
    readiness: health::Readiness,
    shutdown: CancellationToken,
    work: TaskTracker,
}

/// All routes. `work` tracks what must finish before the process ends; `shutdown` tells sockets to close.
///
/// # Errors
/// When the schema's own text cannot be read.
pub async fn router(services: Arc<Services>, shutdown: CancellationToken, work: TaskTracker) -> Result<Router, String> {
    let sdl = schema::sdl();
    let language = match services.config.is_development() {
        true => Language::of(&sdl),
        false => Language::without_suggestions(&sdl),
    };
    let edge = Edge {
        schema: schema::serving(&services.config),
        streaming: schema::streaming(services.clone()),
        explaining: schema::explaining(&services.config, graphql::Explaining),
        documents: ParsedDocuments::new(language?, services.config.limits.clone()),
        dear: graphql::Dear::new(services.config.limits.cost),
        occupancy: Occupancy::default(),
        pages: PackedPages::new(&sdl).await.map_err(|error| error.to_string())?,
        transcripts: PackedTranscripts::default(),
        services,
        readiness: health::Readiness::default(),
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
        .layer(middleware::from_fn_with_state(edge.clone(), admission::admit))
        // Probes are not refused.
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(metrics::read))
        .layer(CatchPanicLayer::new())
        .layer(compression::layer());
    // Outermost last.
    Ok(may_be_asked_by_other_sites(routes, &edge.services.config.browser)
        .layer(middleware::from_fn_with_state(edge.clone(), browser::protect))
        .layer(middleware::from_fn_with_state(edge.clone(), request::identify))
        .with_state(edge))
}

/// Without a configured site, browsers hear nothing about others, which means no.
fn may_be_asked_by_other_sites(routes: Router<Edge>, config: &BrowserConfig) -> Router<Edge> {
    if config.origins.is_empty() {
        return routes;
    }
    routes.layer(browser::other_sites(config))
}
