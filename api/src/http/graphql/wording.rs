//! The words for what is wrong with a document.

use std::sync::Arc;

use async_graphql::{Request, Response, ServerError, Value, Variables};

use super::hidden::Written;
use crate::{
    document::is_refused,
    error::{Error, Fault},
    gql,
    http::Edge,
};

/// What the executor says of documents that are deeper than it likes to parse.
const OWN_LIMIT: &str = "recursion depth";

/// The words of the executor's own validator for what is wrong with a document or its variables, where it notices: they
/// name the argument at fault. The request may ask for the schema alone, so that nothing else is executed.
pub(super) async fn reworded(
    edge: &Edge,
    error: Error,
    text: &Arc<str>,
    name: Option<String>,
    variables: Variables,
) -> Error {
    if !matches!(error, Error::Invalid(_)) {
        return error;
    }
    let written = Written::to_hold_against(&edge.services.config, text, &variables);
    let mut request = Request::new(&**text).variables(variables).only_introspection();
    request.operation_name = name;
    let mut response = edge.schema.execute(request).await;
    // The validator says where. What has no place is about this way of asking, and so is its own limit of fragments within
    // fragments.
    let is_about_the_document = |error: &ServerError| !error.locations.is_empty() && !error.message.contains(OWN_LIMIT);
    if !is_refused(&response) || !response.errors.iter().all(is_about_the_document) {
        response = Response::from_errors(gql::refusals(&error));
    }
    if let Some(written) = written {
        written.hide_others(&mut response);
    }
    let faults = response.errors.into_iter().map(|error| Fault {
        place: error.locations.first().map(|place| (place.line, place.column)),
        field: error
            .extensions
            .as_ref()
            .and_then(|extensions| match extensions.get("field") {
                Some(Value::String(field)) => Some(field.clone()),
                _ => None,
            }),
        message: error.message,
    });
    Error::Invalid(faults.collect())
}
