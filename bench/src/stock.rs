//! Our own schema behind async-graphql's stock integration with axum: the same callers, operations, loaders and store,
//! but none of the layers of `api::http`. What the real server needs above this is the price of those layers.

use std::sync::Arc;

use anyhow::Result;
use api::{
    app,
    caller::{Caller, Origin},
    clock::Clock,
    config::Config,
    identity::authenticate,
    loaders::whole_batches,
    operation::{Operation, Services},
    schema::{self, ApiSchema},
};
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    routing::post,
};
use tokio::net::TcpListener;

#[derive(Clone)]
struct Stock {
    services: Arc<Services>,
    schema: ApiSchema,
}

/// Serves with the settings of the environment until the process is ended.
///
/// # Errors
/// When a setting, the database or the address cannot be used.
pub async fn serve() -> Result<()> {
    let services = app::prepare(Config::load(None)?, Clock::system()).await?;
    let listener = TcpListener::bind(services.config.listen).await?;
    let schema = schema::serving(&services.config);
    let router = Router::new()
        .route("/graphql", post(execute))
        .with_state(Stock { services, schema });
    axum::serve(listener, router).await?;
    Ok(())
}

async fn execute(
    State(stock): State<Stock>,
    headers: HeaderMap,
    request: GraphQLRequest,
) -> Result<GraphQLResponse, StatusCode> {
    let caller = caller(&stock.services, &headers)
        .await
        .map_err(|_| StatusCode::UNAUTHORIZED)?;
    let origin = Origin {
        request_id: String::new(),
        address: None,
        user_agent: None,
    };
    let operation = Operation::new(stock.services.clone(), caller, origin);
    let request = request.into_inner().data(Arc::new(operation));
    Ok(whole_batches(stock.schema.execute(request)).await.into())
}

/// Who asks is found out in the same way and at the same cost.
async fn caller(services: &Services, headers: &HeaderMap) -> api::error::Result<Caller> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match value.and_then(|text| text.strip_prefix("Bearer ")) {
        Some(token) => Ok(authenticate(services, token).await?.0),
        None => Ok(Caller::Anonymous),
    }
}
