//! What a client is answered: completed, with its errors described, in the shape of the specification (GraphQL §7.1).

use std::collections::BTreeMap;

use async_graphql::{Response, ServerError, Value};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::cost_limiter::CostPermit;
use crate::{
    document::is_refused,
    error::{Error, RequestError},
    gql,
    limit::RateState,
};

/// An answer to one operation, or to one event of a stream.
pub(crate) struct Answer {
    /// Nothing for a request that was not executed.
    data: Option<Value>,
    errors: Vec<ServerError>,
    extensions: BTreeMap<String, Value>,
    refusal: Option<Refusal>,
    /// Of an answer that took much to make. It ends with the answer.
    _permit: Option<CostPermit>,
}

/// Why a request was not executed.
pub(crate) enum Refusal {
    /// The executor did not take it.
    ByExecutor,
    /// It was refused before.
    By(Error),
}

impl Answer {
    /// Why a request is not executed.
    pub(crate) fn refused(error: &Error, request_id: &str) -> Self {
        let mut response = Response::from_errors(gql::refusals(error));
        gql::finish(&mut response, request_id);
        gql::fewer(&mut response.errors);
        Self {
            data: None,
            errors: response.errors,
            extensions: BTreeMap::new(),
            refusal: Some(Refusal::By(error.clone())),
            _permit: None,
        }
    }

    /// What the executor answered, completed and described.
    pub(crate) fn executed(mut response: Response) -> Self {
        gql::fewer(&mut response.errors);
        let refusal = is_refused(&response).then_some(Refusal::ByExecutor);
        Self {
            data: refusal.is_none().then_some(response.data),
            errors: response.errors,
            extensions: response.extensions,
            refusal,
            _permit: None,
        }
    }

    /// Keeps the turn in which it was made for as long as it is in memory.
    pub(crate) fn holding(self, permit: Option<CostPermit>) -> Self {
        Self {
            _permit: permit,
            ..self
        }
    }

    /// Adds what is told beside the data.
    pub(crate) fn tell(&mut self, name: &str, value: Value) {
        self.extensions.insert(name.to_owned(), value);
    }

    /// Its text: JSON on one line.
    pub(crate) fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|cause| {
            tracing::error!(%cause, "an answer could not be written");
            String::new()
        })
    }

    /// Why the request was not executed, if it was not.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// Seconds after which to try again: what a refusal says, or the longest wait of the fields that failed.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match &self.refusal {
            Some(Refusal::By(error)) => Some(error.retry_after()?.as_secs().max(1)),
            Some(Refusal::ByExecutor) => None,
            None => self.errors.iter().filter_map(wait_of).max(),
        }
    }

    /// Where a caller stands who asks too often.
    pub(crate) fn rate_state(&self) -> Option<RateState> {
        match &self.refusal {
            Some(Refusal::By(Error::Request(RequestError::TooOften { state, .. }))) => Some(*state),
            _ => None,
        }
    }

    /// Whether the request was not executed.
    pub(crate) fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }

    /// The errors.
    pub(crate) fn errors(&self) -> &[ServerError] {
        &self.errors
    }

    /// The data, if the operation was executed.
    pub(crate) fn data(&self) -> Option<&Value> {
        self.data.as_ref()
    }

    /// Whether it is data alone. Of what a request says, only the names that it gives to fields stand in it: who chooses those
    /// sends the token, too, and reads the answer anyway. An error may repeat what somebody else chose.
    pub(crate) fn is_plain(&self) -> bool {
        self.errors.is_empty() && !matches!(self.data, None | Some(Value::Null))
    }

    /// The codes of its errors.
    pub(crate) fn codes(&self) -> impl Iterator<Item = String> {
        let code = |error: &'_ ServerError| match error.extensions.as_ref()?.get("code")? {
            Value::String(code) => Some(code.clone()),
            _ => None,
        };
        self.errors.iter().filter_map(code)
    }

    /// Whether a stream ends with this: its source failed, not a field of an event.
    pub(crate) fn ends_stream(&self) -> bool {
        self.refusal.is_some()
            || (self.data == Some(Value::Null) && self.errors.iter().all(|error| error.path.len() <= 1))
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // First, so that whoever reads the answer cannot miss them.
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors)?;
        }
        if let Some(data) = &self.data {
            map.serialize_entry("data", data)?;
        }
        if !self.extensions.is_empty() {
            map.serialize_entry("extensions", &self.extensions)?;
        }
        map.end()
    }
}

/// When a field that failed may pass.
fn wait_of(error: &ServerError) -> Option<u64> {
    match error.extensions.as_ref()?.get("retryAfter")? {
        Value::Number(seconds) => seconds.as_u64(),
        _ => None,
    }
}
