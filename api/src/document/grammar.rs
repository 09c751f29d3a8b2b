//! The specification's rules for documents and variables (GraphQL §5 and §6.1.2), by `apollo-compiler`.
//!
//! The executor's own validator lets some of them pass: a value of another type at an input object, a nullable variable
//! where null is not taken, unknown directives, an argument given twice. It would then refuse half-way, after other fields
//! of a mutation were made.

use std::sync::Arc;

use apollo_compiler::{
    ExecutableDocument, Schema,
    parser::Parser,
    request::coerce_variable_values,
    response::{GraphQLError, JsonMap, JsonValue},
    validation::{DiagnosticList, Valid},
};
use async_graphql::Variables;

use super::repetition;
use crate::error::Fault;

/// Deepest nesting that is parsed: what is deeper was refused before.
const RECURSION: usize = 500;

/// A schema, to whose rules documents are held.
pub(super) struct Grammar(Valid<Schema>);

/// A document that keeps to the rules.
pub(super) struct Ruled {
    grammar: Arc<Grammar>,
    document: Valid<ExecutableDocument>,
}

impl Grammar {
    /// The rules of a schema.
    ///
    /// # Errors
    /// When its text is none.
    pub(super) fn of(sdl: &str) -> Result<Self, String> {
        let schema = Schema::parse_and_validate(sdl, "schema.graphql");
        Ok(Self(schema.map_err(|faulty| faulty.errors.to_string())?))
    }

    /// Holds a document to the rules.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(super) fn check(self: &Arc<Self>, text: &str) -> Result<Ruled, Vec<Fault>> {
        let parsed = Parser::new()
            .recursion_limit(RECURSION)
            .parse_executable(&self.0, text, "query");
        let document = match parsed {
            Ok(document) => document.validate(&self.0),
            Err(faulty) => Err(faulty),
        };
        let document = document.map_err(|faulty| faults(text, &faulty.errors))?;
        if let Some(name) = repetition::find(&document) {
            let message = format!("There can be only one input field named \"{name}\".");
            return Err(vec![Fault {
                message,
                place: None,
                field: Some(name),
            }]);
        }
        Ok(Ruled {
            grammar: self.clone(),
            document,
        })
    }
}

impl Ruled {
    /// Holds variables to the definitions of an operation.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn check_variables(&self, operation: Option<&str>, variables: &Variables) -> Result<(), Vec<Fault>> {
        let Ok(operation) = self.document.operations.get(operation) else {
            return Ok(());
        };
        if operation.variables.is_empty() {
            return Ok(());
        }
        let values = serde_json::to_value(variables).unwrap_or_default();
        let values = match JsonValue::from(values) {
            JsonValue::Object(values) => values,
            _ => JsonMap::new(),
        };
        match coerce_variable_values(&self.grammar.0, operation, &values) {
            Ok(_) => Ok(()),
            Err(error) => {
                let fault = fault(error.to_graphql_error(&self.document.sources));
                let field = variable_at_fault(&fault.message).map(ToOwned::to_owned);
                Err(vec![Fault { field, ..fault }])
            }
        }
    }
}

fn faults(text: &str, errors: &DiagnosticList) -> Vec<Fault> {
    let faults = errors.iter().map(|error| {
        let fault = fault(error.unstable_to_json_compat());
        let field = fault.place.and_then(|place| named_before(text, place));
        Fault { field, ..fault }
    });
    faults.collect()
}

/// The name of the argument or input field whose value stands at a place: `name: value`.
fn named_before(text: &str, (line, column): (usize, usize)) -> Option<String> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    let before: String = line.chars().take(column.checked_sub(1)?).collect();
    let before = before.trim_end().strip_suffix(':')?.trim_end();
    let name = before
        .rsplit(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// `input field Type.name: …`, `variable name: …` or `input object has key name not …`.
fn variable_at_fault(message: &str) -> Option<&str> {
    let rest = match message.split_once("input field ") {
        Some((_, rest)) => rest.split_once('.')?.1,
        None => {
            let known = message
                .split_once("has key ")
                .or_else(|| message.split_once("variable "));
            known?.1
        }
    };
    let rest = rest.trim_start_matches('\'');
    rest.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .next()
}

fn fault(error: GraphQLError) -> Fault {
    let place = error.locations.first();
    Fault {
        place: place.map(|place| (place.line, place.column)),
        message: error.message,
        field: None,
    }
}
