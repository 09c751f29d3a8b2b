//! GraphQL over HTTP: POST, one operation.

use std::sync::Arc;

use async_graphql::{Response as Answer, ServerError};
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use tracing::Instrument;

use super::{
    Edge,
    authentication::{Authenticated, only_signs_in, refusal},
};
use crate::{
    caller::{Caller, Origin},
    error::Error,
    gql,
    loaders::whole_batches,
    operation::Operation,
    telemetry::operation_span,
};

/// Executes an operation on a task of its own: a client that hangs up cannot cut it off half-way.
pub(super) async fn execute(
    State(edge): State<Edge>,
    Authenticated(caller): Authenticated,
    origin: Origin,
    request: GraphQLRequest,
) -> Response {
    let request = request.into_inner();
    let request_id = origin.request_id.clone();
    if let Err(error) = gql::check_nesting(&request.query) {
        return refusal(error, &request_id);
    }
    let caller = match caller {
        Ok(caller) => caller,
        // Whoever has an old token must still be able to get a new one.
        Err(_) if only_signs_in(&request) => Caller::Anonymous,
        Err(error) => return refusal(error, &request_id),
    };
    let limit = edge.services.config.operation_limit();
    let operation = Arc::new(Operation::new(edge.services, caller, origin));
    let span = operation_span(request.operation_name.as_deref());
    let request = request.data(operation);
    let schema = edge.schema;
    let execution = async move { tokio::time::timeout(limit, whole_batches(schema.execute(request))).await };
    let outcome = edge.work.spawn(execution.instrument(span).in_current_span()).await;
    let mut response = match outcome {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => failed(Error::too_long(limit)),
        Err(crash) => failed(Error::internal(crash)),
    };
    gql::finish(&mut response, &request_id);
    GraphQLResponse::from(response).into_response()
}

fn failed(error: Error) -> Answer {
    let error: ServerError = async_graphql::Error::from(error).into_server_error(Default::default());
    Answer::from_errors(vec![ServerError {
        locations: Vec::new(),
        ..error
    }])
}
