//! The door for fuzz targets: what the server makes of a client's bytes, from the reader to the executor. Behind it is
//! neither a database nor a caller, so fields that need them fail.

use serde_json::Value as Json;

use super::socket::message::{Close, Received};
use crate::{
    error::RequestResult,
    front::{Answer, GraphqlRequest, OfflineExecutor, json},
};

/// Reads what clients send, with the limits that a server has by default.
pub struct Reader(OfflineExecutor);

impl Reader {
    /// A reader for the server's schema.
    ///
    /// # Errors
    /// When the schema's own text cannot be read.
    pub fn new() -> Result<Self, String> {
        OfflineExecutor::new().map(Self)
    }

    /// The answers to the body of a request, one for each operation of a list.
    ///
    /// # Errors
    /// When an answer is no JSON.
    pub fn body(&self, bytes: &[u8]) -> serde_json::Result<Vec<Json>> {
        let requests = match json::parse(bytes) {
            Ok(Json::Array(list)) => list.into_iter().map(GraphqlRequest::from_json).collect(),
            Ok(body) => vec![GraphqlRequest::from_json(body)],
            Err(error) => vec![Err(error)],
        };
        requests.into_iter().map(|request| self.answer(request)).collect()
    }

    /// The answer to the query string of a request by GET.
    ///
    /// # Errors
    /// When the answer is no JSON.
    pub fn query(&self, text: &str) -> serde_json::Result<Json> {
        self.answer(GraphqlRequest::from_query(text))
    }

    /// The answer to a message of a socket, if it asks for an operation.
    ///
    /// # Errors
    /// When the answer is no JSON.
    pub fn message(&self, text: &str) -> serde_json::Result<Option<Json>> {
        match Received::read(text) {
            Ok(Received::Subscribe { request, .. }) => self.answer(Ok(request)).map(Some),
            Ok(_) => Ok(None),
            Err(reason) => {
                Close::BadRequest.frame(&reason);
                Ok(None)
            }
        }
    }

    fn answer(&self, request: RequestResult<GraphqlRequest>) -> serde_json::Result<Json> {
        let answer = request.and_then(|request| self.0.execute(request));
        serde_json::to_value(answer.unwrap_or_else(|error| Answer::refused(&error.into(), "")))
    }
}
