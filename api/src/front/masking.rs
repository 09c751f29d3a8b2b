//! What a server that does not tell its schema keeps to itself: the answers to introspection, and every name in an error
//! that its client did not write.

use std::sync::Arc;

use async_graphql::{Response, Value, Variables};

use crate::{
    config::Config,
    document::SelectedOperation,
    error::{Error, Fault, RequestError, Result},
    gql,
};

/// What a client wrote, kept as long as an error may have to be held against it.
pub(crate) struct ClientNames {
    document: Arc<str>,
    variables: Variables,
}

impl ClientNames {
    /// What may stand in an error; nothing on a server that tells its schema, where all may.
    pub(crate) fn of(config: &Config, document: &Arc<str>, variables: &Variables) -> Option<Self> {
        let is_open = config.introspection() || config.is_development();
        (!is_open).then(|| Self {
            document: document.clone(),
            variables: variables.clone(),
        })
    }

    /// Masks every other name in the errors of the GraphQL layer.
    pub(crate) fn mask_others(&self, response: &mut Response) {
        gql::mask(response, |name| self.has(name));
    }

    fn has(&self, name: &str) -> bool {
        names(&self.document).any(|word| word == name)
            || self
                .variables
                .iter()
                .any(|(variable, value)| variable == name || holds(value, name))
    }
}

/// The same error, in which what is wrong with a document names nothing else than what was written.
pub(crate) fn masked_error(error: RequestError, written: Option<&ClientNames>) -> RequestError {
    match (error, written) {
        (RequestError::Invalid(faults), Some(written)) => {
            let faults = faults.iter().map(|fault| Fault {
                message: gql::masked(&fault.message, |name| written.has(name)),
                place: fault.place,
                field: fault.field.clone().filter(|field| written.has(field)),
            });
            RequestError::Invalid(faults.collect())
        }
        (error, _) => error,
    }
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !gql::is_of_name(letter))
}

fn holds(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(entries) => entries.iter().any(|(key, value)| key == name || holds(value, name)),
        Value::List(items) => items.iter().any(|item| holds(item, name)),
        Value::String(text) => names(text).any(|word| word == name),
        Value::Enum(text) => text == name,
        _ => false,
    }
}

/// Refuses an operation that asks for the schema where that is not told. The executor would answer null for what may
/// not be null.
///
/// # Errors
/// `VALIDATION`.
pub(crate) fn keep_schema(config: &Config, chosen: &SelectedOperation) -> Result<()> {
    if config.introspection() || !chosen.introspects() {
        return Ok(());
    }
    let message = "This server does not tell its schema. Ask for its data alone.";
    Err(Error::validation("query", message))
}
