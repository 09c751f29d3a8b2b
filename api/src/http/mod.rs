//! The edge: routes, who asks, GraphQL over HTTP, sockets and streams, and the page for people.

mod authentication;
mod documents;
mod files;
mod following;
mod graphql;
mod occupancy;
mod pages;
mod request;
mod socket;

use std::sync::Arc;

use axum::{Router, middleware, routing::get};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    operation::Services,
    schema::{self, ApiSchema},
};
use documents::Documents;
use occupancy::Occupancy;

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
    documents: Documents,
    occupancy: Occupancy,
    shutdown: CancellationToken,
    work: TaskTracker,
}

/// Marks an answer that must not be compressed: secrets and what a request says might stand in it together, and its size
/// would then tell of the secrets (BREACH).
#[derive(Clone, Copy)]
struct NotCompressed;

/// All routes. `work` tracks what must finish before the process ends; `shutdown` tells sockets to close.
///
/// # Errors
/// When the schema's own text cannot be read.
pub fn router(
    services: Arc<Services>,
    shutdown: CancellationToken,
    work: TaskTracker,
) -> Result<Router, async_graphql::parser::Error> {
    let edge = Edge {
        schema: schema::serving(&services.config),
        streaming: schema::streaming(services.clone()),
        explaining: schema::explaining(&services.config, graphql::Explaining),
        documents: Documents::new(&schema::sdl(), services.config.limits.clone())?,
        occupancy: Occupancy::default(),
        services,
        shutdown,
        work,
    };
    let router = Router::new()
        .route(
            "/graphql",
            get(graphql::get).post(graphql::post).fallback(graphql::other),
        )
        .route("/schema.graphql", get(pages::schema))
        .route("/draws/{id}/transcript.json", get(files::draw_transcript))
        .route("/rooms/{id}/winners.csv", get(files::winners))
        .route("/rooms/{id}/participants.csv", get(files::participants))
        .route("/.well-known/jwks.json", get(files::key_set))
        .route("/", get(pages::index))
        .fallback(pages::asset)
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(request::identify))
        .with_state(edge);
    Ok(router)
}
