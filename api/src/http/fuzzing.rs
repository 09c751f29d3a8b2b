//! The door for fuzz targets: what the server makes of a client's bytes, from the reader to the executor. Behind it is
//! neither a database nor a caller, so fields that need them fail.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use futures::{StreamExt, executor::block_on};
use serde_json::Value as Json;

use super::{
    graphql::{Answer, Asked, body},
    socket::message::{Close, Received},
};
use crate::{
    config::{Config, Limits},
    document::{Document, Language, check_values},
    error::{Error, Result},
    gql,
    idempotency::Fingerprint,
    schema::{self, ApiSchema},
};

/// Reads what clients send, with the limits that a server has by default.
pub struct Reader {
    language: Language,
    limits: Limits,
    schema: ApiSchema,
}

impl Reader {
    /// A reader for the server's schema.
    ///
    /// # Errors
    /// When the schema's own text cannot be read.
    pub fn new() -> Result<Self, String> {
        let config = Config::default();
        Ok(Self {
            language: Language::of(&schema::sdl())?,
            schema: schema::serving(&config),
            limits: config.limits,
        })
    }

    /// The answers to the body of a request, one for each operation of a list.
    ///
    /// # Errors
    /// When an answer is no JSON.
    pub fn body(&self, bytes: &[u8]) -> serde_json::Result<Vec<Json>> {
        let asked = match body::parse(bytes) {
            Ok(Json::Array(list)) => list.into_iter().map(Asked::from_json).collect(),
            Ok(body) => vec![Asked::from_json(body)],
            Err(error) => vec![Err(error)],
        };
        asked.into_iter().map(|asked| self.answer(asked)).collect()
    }

    /// The answer to the query string of a request by GET.
    ///
    /// # Errors
    /// When the answer is no JSON.
    pub fn query(&self, text: &str) -> serde_json::Result<Json> {
        self.answer(Asked::from_query(text))
    }

    /// The answer to a message of a socket, if it asks for an operation.
    ///
    /// # Errors
    /// When the answer is no JSON.
    pub fn message(&self, text: &str) -> serde_json::Result<Option<Json>> {
        match Received::read(text) {
            Ok(Received::Subscribe { asked, .. }) => self.answer(Ok(asked)).map(Some),
            Ok(_) => Ok(None),
            Err(reason) => {
                Close::BadRequest.frame(&reason);
                Ok(None)
            }
        }
    }

    fn answer(&self, asked: Result<Asked>) -> serde_json::Result<Json> {
        let answer = asked.and_then(|asked| self.execute(asked));
        serde_json::to_value(answer.unwrap_or_else(|error| Answer::refused(&error, "")))
    }

    /// What the entrance does with an operation, short of its database.
    fn execute(&self, mut asked: Asked) -> Result<Answer> {
        asked.check_texts()?;
        check_values(&asked.variables, &self.limits)?;
        asked.document_key()?;
        let text = asked.query.take().ok_or(Error::UnknownDocument)?;
        let document = Arc::new(Document::read(&text, &self.language, &self.limits)?);
        let chosen = document.choose(asked.operation_name.as_deref())?;
        let variables = Json::Object(asked.variables.clone());
        Fingerprint::of(&text, asked.operation_name.as_deref(), &variables);
        let values = chosen.coerce(asked.take_variables())?;
        chosen.check(&values, &self.limits)?;
        let request = chosen.request(values);
        let mut response = match chosen.kind() {
            OperationType::Subscription => block_on(self.schema.execute_stream(request).next()).unwrap_or_default(),
            _ => block_on(self.schema.execute(request)),
        };
        gql::finish(&mut response, "");
        chosen.complete(&mut response);
        let answer = Answer::executed(response);
        answer.data().map(|data| chosen.cost_of(data));
        Ok(answer)
    }
}
