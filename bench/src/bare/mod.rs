//! The measure: a server of the same stack (axum, async-graphql, sqlx, dataloader) that does nothing but answer the
//! six shapes of [`crate::part`] on PostgreSQL, one hand-written statement for each relation. No sign-in, no limits, no log, no
//! snapshot, no policy, no layers; serial objects, cached loaders and lists that load ahead, as in the real server.
//! What the real server needs above this is the price of everything else that it does.

mod rows;
mod schema;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::{Router, extract::State, routing::post};
use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio::net::TcpListener;

use rows::Loaders;
use schema::Schema;

/// The variable that names the database.
pub const URL: &str = "TOMBOLA_BENCH_BARE";

#[derive(Clone)]
struct Bare {
    schema: Schema,
    pool: PgPool,
}

/// Serves until the process is ended.
///
/// # Errors
/// When the database or the address cannot be used.
pub async fn serve(address: SocketAddr) -> Result<()> {
    let url = std::env::var(URL).with_context(|| format!("{URL} names no database"))?;
    let pool = PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .connect(&url)
        .await?;
    let bare = Bare {
        schema: schema::schema(),
        pool,
    };
    let router = Router::new().route("/graphql", post(execute)).with_state(bare);
    axum::serve(TcpListener::bind(address).await?, router).await?;
    Ok(())
}

async fn execute(State(bare): State<Bare>, request: GraphQLRequest) -> GraphQLResponse {
    let loaders = Arc::new(Loaders::new(&bare.pool));
    let request = request.into_inner().data(bare.pool.clone()).data(loaders);
    bare.schema.execute(request).await.into()
}
