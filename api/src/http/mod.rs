//! The edge: routes, who asks, GraphQL over HTTP and sockets, and the page for people.

mod address;
mod authentication;
mod browser;
pub mod compression;
mod files;
mod graphql;
mod health;
pub mod listen;
mod metrics;
mod pages;
mod request;
mod socket;
mod trace;

use std::sync::Arc;

use axum::{Router, middleware, routing::get};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    config::BrowserConfig,
    operation::Services,
    schema::{ApiSchema, schema, socket_schema},
};

/// What every handler has.
#[derive(Clone)]
struct Edge {
    services: Arc<Services>,
    schema: ApiSchema,
    socket_schema: ApiSchema,
    readiness: health::Readiness,
    shutdown: CancellationToken,
    work: TaskTracker,
}

/// All routes. `work` tracks what must finish before the process ends; `shutdown` tells sockets to close.
pub fn router(services: Arc<Services>, shutdown: CancellationToken, work: TaskTracker) -> Router {
    let edge = Edge {
        schema: schema(),
        socket_schema: socket_schema(services.clone()),
        services,
        readiness: health::Readiness::default(),
        shutdown,
        work,
    };
    let routes = Router::new()
        .route("/graphql", get(socket::upgrade).post(graphql::execute))
        .route("/draws/{id}/transcript.json", get(files::draw_transcript))
        .route("/rooms/{id}/winners.csv", get(files::winners))
        .route("/rooms/{id}/participants.csv", get(files::participants))
        .route("/.well-known/jwks.json", get(files::key_set))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(metrics::read))
        .route("/", get(pages::index))
        .fallback(pages::asset)
        .layer(CatchPanicLayer::new())
        .layer(compression::layer());
    // Outermost last.
    may_be_asked_by_other_sites(routes, &edge.services.config.browser)
        .layer(middleware::from_fn_with_state(edge.clone(), browser::protect))
        .layer(middleware::from_fn_with_state(edge.clone(), request::identify))
        .with_state(edge)
}

/// Without a configured site, browsers hear nothing about others, which means no.
fn may_be_asked_by_other_sites(routes: Router<Edge>, config: &BrowserConfig) -> Router<Edge> {
    if config.origins.is_empty() {
        return routes;
    }
    routes.layer(browser::other_sites(config))
}
