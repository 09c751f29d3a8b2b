//! GraphQL over HTTP: POST, one operation.

use std::sync::Arc;

use async_graphql::{Request, Response as Answer, ServerError};
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use tracing::Instrument;

use super::{
    Edge,
    authentication::{Authenticated, only_signs_in, refusal},
};
use crate::{
    caller::{Caller, Origin},
    error::{Error, Result},
    gql,
    idempotency::{self, Fingerprint, IdempotencyKey},
    loaders::whole_batches,
    operation::Operation,
};

/// Executes an operation on a task of its own: a client that hangs up cannot cut it off half-way.
pub(super) async fn execute(
    State(edge): State<Edge>,
    Authenticated(caller): Authenticated,
    origin: Origin,
    headers: HeaderMap,
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
    let mut operation = Operation::new(edge.services, caller, origin);
    match key(&headers) {
        Ok(None) => {}
        Ok(Some(key)) => operation = operation.keyed(key, fingerprint(&request)),
        Err(error) => return refusal(error, &request_id),
    }
    let operation = Arc::new(operation);
    let request = request.data(operation);
    let schema = edge.schema;
    let execution = async move { tokio::time::timeout(limit, whole_batches(schema.execute(request))).await };
    let outcome = edge.work.spawn(execution.in_current_span()).await;
    let mut response = match outcome {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => failed(Error::too_long(limit)),
        Err(crash) => failed(Error::internal(crash)),
    };
    gql::finish(&mut response, &request_id);
    GraphQLResponse::from(response).into_response()
}

fn key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>> {
    let key = headers.get(idempotency::HEADER);
    key.map(|key| IdempotencyKey::parse(key.to_str().unwrap_or_default()))
        .transpose()
}

fn fingerprint(request: &Request) -> Fingerprint {
    let variables = serde_json::to_value(&request.variables).unwrap_or_default();
    Fingerprint::of(&request.query, request.operation_name.as_deref(), &variables)
}

fn failed(error: Error) -> Answer {
    let error: ServerError = async_graphql::Error::from(error).into_server_error(Default::default());
    Answer::from_errors(vec![ServerError {
        locations: Vec::new(),
        ..error
    }])
}
