//! GraphQL over HTTP: POST, one operation.

use std::sync::Arc;

use async_graphql::{Response, ServerError};
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::extract::State;
use tracing::Instrument;

use super::{Edge, authentication::Authenticated};
use crate::{caller::Origin, error::Error, gql, operation::Operation};

/// Executes an operation on a task of its own: a client that hangs up cannot cut it off half-way.
pub(super) async fn execute(
    State(edge): State<Edge>,
    Authenticated(caller): Authenticated,
    origin: Origin,
    request: GraphQLRequest,
) -> GraphQLResponse {
    let request_id = origin.request_id.clone();
    let limit = edge.services.config.operation_limit();
    let operation = Arc::new(Operation::new(edge.services, caller, origin));
    let request = request.into_inner().data(operation);
    let schema = edge.schema;
    let execution = async move { tokio::time::timeout(limit, schema.execute(request)).await };
    let outcome = edge.work.spawn(execution.in_current_span()).await;
    let mut response = match outcome {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => failed(Error::Limited(
            format!(
                "The operation took longer than {} seconds. Ask for less at once.",
                limit.as_secs()
            )
            .into(),
        )),
        Err(crash) => failed(Error::internal(crash)),
    };
    gql::finish(&mut response, &request_id);
    response.into()
}

fn failed(error: Error) -> Response {
    let error: ServerError = async_graphql::Error::from(error).into_server_error(Default::default());
    Response::from_errors(vec![ServerError {
        locations: Vec::new(),
        ..error
    }])
}
