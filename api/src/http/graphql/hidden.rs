//! What a server that does not tell its schema keeps to itself: the answers to introspection, and every name in an error
//! that its client did not write.

use std::sync::Arc;

use async_graphql::{
    Request, Response, Value, Variables,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use crate::{
    config::Config,
    error::{Error, Result},
    gql,
};

/// The fields that tell of the schema.
const INTROSPECTION: [&str; 2] = ["__schema", "__type"];

/// What a client wrote, kept as long as an error may have to be held against it.
pub(super) struct Written {
    document: Arc<str>,
    variables: Variables,
}

impl Written {
    /// What may stand in an error; nothing on a server that tells its schema, where all may.
    pub(super) fn to_hold_against(config: &Config, document: &Arc<str>, variables: &Variables) -> Option<Self> {
        let is_open = config.introspection() || config.is_development();
        (!is_open).then(|| Self {
            document: document.clone(),
            variables: variables.clone(),
        })
    }

    /// Masks every other name in the errors of the GraphQL layer.
    pub(super) fn hide_others(&self, response: &mut Response) {
        gql::mask(response, |name| self.has(name));
    }

    fn has(&self, name: &str) -> bool {
        names(&self.document).any(|word| word == name) || self.variables.values().any(|value| holds(value, name))
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

/// Refuses a document that asks for the schema where that is not told. The executor would answer null for what may not
/// be null.
///
/// # Errors
/// `VALIDATION`.
pub(super) fn keep_schema(config: &Config, request: &mut Request) -> Result<()> {
    if config.introspection() || !request.parsed_query().is_ok_and(asks_for_schema) {
        return Ok(());
    }
    Err(Error::Validation {
        message: "This server does not tell its schema. Ask for its data alone.".into(),
        field: "query",
    })
}

fn asks_for_schema(document: &ExecutableDocument) -> bool {
    let operations = document.operations.iter();
    let mut operations = operations.map(|(_, operation)| &operation.node.selection_set.node);
    let mut fragments = document.fragments.values();
    operations.any(introspects) || fragments.any(|fragment| introspects(&fragment.node.selection_set.node))
}

/// At whichever level: the fields stand at the root alone, and a fragment does not say where it is spread.
fn introspects(set: &SelectionSet) -> bool {
    set.items.iter().any(|item| match &item.node {
        Selection::Field(field) => {
            INTROSPECTION.contains(&field.node.name.node.as_str()) || introspects(&field.node.selection_set.node)
        }
        Selection::InlineFragment(fragment) => introspects(&fragment.node.selection_set.node),
        Selection::FragmentSpread(_) => false,
    })
}
