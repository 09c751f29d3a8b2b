//! Executing without a database and without a caller, for fuzz targets: fields that need them fail.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use futures::{StreamExt, executor::block_on};
use serde_json::Value as Json;

use super::{answer::Answer, request::GraphqlRequest};
use crate::{
    config::{Config, Limits},
    document::{Document, Language, check_values},
    error::{RequestError, RequestResult},
    gql,
    idempotency::Fingerprint,
    schema::{self, ApiSchema},
};

/// What an executor does short of its database, with the limits that a server has by default.
pub(crate) struct OfflineExecutor {
    language: Language,
    limits: Limits,
    schema: ApiSchema,
}

impl OfflineExecutor {
    /// An executor for the server's schema.
    ///
    /// # Errors
    /// When the schema's own text cannot be read.
    pub(crate) fn new() -> Result<Self, String> {
        let config = Config::default();
        Ok(Self {
            language: Language::of(&schema::sdl())?,
            schema: schema::serving(&config),
            limits: config.limits,
        })
    }

    /// The answer to an operation.
    ///
    /// # Errors
    /// Why it is not executed.
    pub(crate) fn execute(&self, mut request: GraphqlRequest) -> RequestResult<Answer> {
        request.check_texts()?;
        check_values(&request.variables, &self.limits)?;
        request.document_key()?;
        let text = request.query.take().ok_or(RequestError::UnknownDocument)?;
        let document = Arc::new(Document::read(&text, &self.language, &self.limits)?);
        let chosen = document.choose(request.operation_name.as_deref())?;
        let variables = Json::Object(request.variables.clone());
        Fingerprint::of(&text, request.operation_name.as_deref(), &variables);
        let values = chosen.coerce(request.take_variables())?;
        chosen.check(&values, &self.limits)?;
        let execution = chosen.request(values);
        let mut response = match chosen.kind() {
            OperationType::Subscription => block_on(self.schema.execute_stream(execution).next()).unwrap_or_default(),
            _ => block_on(self.schema.execute(execution)),
        };
        gql::finish(&mut response, "");
        chosen.complete(&mut response);
        let answer = Answer::executed(response);
        answer.data().map(|data| chosen.cost_of(data));
        Ok(answer)
    }
}
