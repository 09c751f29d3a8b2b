//! The edge: routes, who asks, GraphQL over HTTP and sockets, and the page for people.

mod authentication;
mod files;
mod graphql;
mod pages;
mod request;
mod socket;

use std::sync::Arc;

use axum::{Router, middleware, routing::get};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    operation::Services,
    schema::{ApiSchema, schema, socket_schema},
};

/// What every handler has.
#[derive(Clone)]
struct Edge {
    services: Arc<Services>,
    schema: ApiSchema,
    socket_schema: ApiSchema,
    shutdown: CancellationToken,
    work: TaskTracker,
}

/// All routes. `work` tracks what must finish before the process ends; `shutdown` tells sockets to close.
pub fn router(services: Arc<Services>, shutdown: CancellationToken, work: TaskTracker) -> Router {
    let edge = Edge {
        schema: schema(),
        socket_schema: socket_schema(services.clone()),
        services,
        shutdown,
        work,
    };
    Router::new()
        .route("/graphql", get(socket::upgrade).post(graphql::execute))
        .route("/draws/{id}/transcript.json", get(files::draw_transcript))
        .route("/rooms/{id}/winners.csv", get(files::winners))
        .route("/rooms/{id}/participants.csv", get(files::participants))
        .route("/.well-known/jwks.json", get(files::key_set))
        .route("/", get(pages::index))
        .fallback(pages::asset)
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(request::identify))
        .with_state(edge)
}
