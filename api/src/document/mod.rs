//! Documents: read once, held to the limits before anything walks them, and known well enough to say what an operation
//! may cost and how its answer has to look.

mod absence;
mod bounds;
mod coercion;
mod completion;
mod conversion;
mod cost;
mod extents;
mod gathering;
mod introspection;
mod json;
mod lexer;
mod literals;
mod outline;
mod places;
mod presence;
mod repetition;
mod response_shape;
pub mod scalars;
mod size;
mod suggestion;
mod typing;
mod usages;
mod validator;
mod values;

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Name, Request, Response, Value, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection},
};

use crate::{
    config::Limits,
    error::{Fault, RequestError, RequestResult},
    limit::Limit,
};

use coercion::Definition;
use literals::Strict;
use outline::Outline;
use response_shape::ResponseShape;
use suggestion::Suggestions;
use validator::Validator;

pub use coercion::CoercedVariables;
pub use values::check_values;

/// What a schema says of documents.
pub struct Language {
    outline: Outline,
    validator: Arc<Validator>,
}

impl Language {
    /// The language of a schema.
    ///
    /// # Errors
    /// When the schema's text is none.
    pub fn of(sdl: &str) -> Result<Self, String> {
        Self::with(sdl, Suggestions::Told)
    }

    /// The same, without telling which names of the schema may be meant by wrong ones.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn without_suggestions(sdl: &str) -> Result<Self, String> {
        Self::with(sdl, Suggestions::Kept)
    }

    fn with(sdl: &str, suggestions: Suggestions) -> Result<Self, String> {
        let validator = Validator::of(sdl, suggestions)?;
        Ok(Self {
            outline: Outline::of(&validator.schema),
            validator: Arc::new(validator),
        })
    }

    /// The fields of the schema of which nothing says how much they may answer, so that whatever asks for them is too
    /// costly, and the bounds of fields that it does not have. There should be none.
    pub fn unbounded(&self) -> Vec<String> {
        self.outline.unbounded()
    }
}

/// The fields that tell of the schema.
const INTROSPECTION: [&str; 2] = ["__schema", "__type"];

/// What a byte of a document's text takes once it is read, twice.
const BYTES_OF_TEXT: usize = 16;
/// What a field takes, wherever its fragment is spread: gathered, and planned.
const BYTES_OF_FIELD: usize = 1024;

/// A document that keeps to the limits and to the rules.
pub struct Document {
    source: ExecutableDocument,
    /// By the name of the operation; an operation without a name is alone.
    shapes: HashMap<Option<Name>, ResponseShape>,
    /// The variables of each operation.
    definitions: HashMap<Option<Name>, Vec<Definition>>,
    strict: Strict,
    /// Whether it has selections that are marked, because they may come out empty.
    is_marked: bool,
    validator: Arc<Validator>,
    weight: usize,
}

/// One operation of a document, to be executed.
#[derive(Clone)]
pub struct SelectedOperation {
    document: Arc<Document>,
    name: Option<Name>,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// The code of the limit that it crosses; a parser's error when it is none.
    pub fn read(text: &str, language: &Language, limits: &Limits) -> RequestResult<Self> {
        lexer::measure(text, limits)?;
        let parsed = Validator::parse(text)?;
        let mut source = conversion::convert(&parsed, text)?;
        let fields = size::check(&source, limits)?;
        let validator = language.validator.clone();
        validator.check(&parsed, text).map_err(invalid)?;
        gathering::gather(&mut source, &language.outline)?;
        let operations = || {
            let operations = source.operations.iter();
            operations.map(|(name, operation)| (name.cloned(), &operation.node))
        };
        let shapes =
            operations().map(|(name, operation)| (name, ResponseShape::of(&language.outline, &source, operation)));
        let shapes = shapes.collect();
        let definitions = operations().map(|(name, operation)| (name, literals::definitions(operation)));
        let definitions = definitions.collect();
        let strict = literals::read(&validator.schema, &source).map_err(invalid)?;
        Ok(Self {
            shapes,
            definitions,
            strict,
            is_marked: presence::mark(&mut source),
            source,
            validator,
            weight: text.len() * BYTES_OF_TEXT + usize::try_from(fields).unwrap_or(usize::MAX) * BYTES_OF_FIELD,
        })
    }

    /// About how much memory it takes, in bytes.
    pub fn weight(&self) -> usize {
        self.weight
    }

    /// The names of its operations.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.shapes.keys().flatten().map(Name::as_str)
    }

    /// Picks the operation to execute (GraphQL §6.1 GetOperation).
    ///
    /// # Errors
    /// `VALIDATION` when the name names none, or is missing where there are several.
    pub fn choose(self: &Arc<Self>, name: Option<&str>) -> RequestResult<SelectedOperation> {
        let mut operations = self.source.operations.iter().map(|(name, _)| name);
        let found = match name {
            Some(wanted) => operations
                .find(|name| name.is_some_and(|name| name == wanted))
                .ok_or_else(|| {
                    let message = format!("The document has no operation named “{wanted}”. Check operationName.");
                    RequestError::inexecutable("operationName", message)
                })?,
            None if operations.len() > 1 => {
                let message = "The document has several operations. Name the one to execute in operationName.";
                return Err(RequestError::inexecutable("operationName", message));
            }
            None => operations.next().flatten(),
        };
        Ok(SelectedOperation {
            name: found.cloned(),
            document: self.clone(),
        })
    }
}

impl SelectedOperation {
    fn operation(&self) -> Option<&OperationDefinition> {
        let mut operations = self.document.source.operations.iter();
        let found = operations.find(|(name, _)| name.cloned() == self.name);
        found.map(|(_, operation)| &operation.node)
    }

    fn shape(&self) -> Option<&ResponseShape> {
        self.document.shapes.get(&self.name)
    }

    /// Query, mutation or subscription.
    pub fn kind(&self) -> OperationType {
        self.operation().map_or(OperationType::Query, |operation| operation.ty)
    }

    /// Its name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The schema's names of the fields at its root, where no condition stands before them.
    pub fn root_fields(&self) -> impl Iterator<Item = &str> {
        let items = self
            .operation()
            .into_iter()
            .flat_map(|operation| &operation.selection_set.node.items);
        items.filter_map(|item| match &item.node {
            Selection::Field(field) => Some(field.node.name.node.as_str()),
            _ => None,
        })
    }

    /// Whether it asks for the schema. The fields that tell of it stand at the root alone (GraphQL §4.1).
    pub fn introspects(&self) -> bool {
        self.planned_fields().any(|field| INTROSPECTION.contains(&field))
    }

    /// The schema's names of all fields at its root, conditions or not.
    pub fn planned_fields(&self) -> impl Iterator<Item = &str> {
        let planned = self.shape().into_iter().flat_map(|shape| &shape.fields);
        planned.map(|field| field.name.as_str())
    }

    /// Whether the schema marks a field at its root with a directive.
    pub fn is_marked(&self, field: &str, directive: &str) -> bool {
        let schema = &self.document.validator.schema;
        let field = schema.type_field(Outline::root(self.kind()), field);
        field.is_ok_and(|field| field.directives.has(directive))
    }

    /// Coerces the variables that were sent (GraphQL §6.1.2 CoerceVariableValues).
    ///
    /// # Errors
    /// `VALIDATION` for each variable that does not fit, and for null where it may not stand.
    pub fn coerce(&self, sent: Variables) -> RequestResult<CoercedVariables> {
        let document = &self.document;
        let definitions = document.definitions.get(&self.name);
        let definitions = definitions.map(Vec::as_slice).unwrap_or_default();
        let values = coercion::coerce(&document.validator, definitions, sent).map_err(invalid)?;
        let operation = self.operation();
        let breach = operation.and_then(|operation| document.strict.breach(&document.source, operation, &values));
        match breach {
            None => Ok(values),
            Some(fault) => Err(invalid(vec![fault])),
        }
    }

    /// Holds what the operation may cost to the limit.
    ///
    /// # Errors
    /// `TOO_COSTLY`.
    pub fn check(&self, values: &CoercedVariables, limits: &Limits) -> RequestResult<u64> {
        let (Some(operation), Some(shape)) = (self.operation(), self.shape()) else {
            return Ok(0);
        };
        let variables = &values.known;
        let cost = cost::requested(shape, operation, variables);
        let (limit, most, what) = match operation.ty {
            OperationType::Subscription => (Limit::EventCost, limits.event_cost, "Each event"),
            _ => (Limit::Cost, limits.cost, "The operation"),
        };
        if cost > most as u64 {
            let message = format!(
                "{what} may cost {cost}; {most} is allowed. Ask for smaller pages, for fewer levels or for fewer long texts \
                 at once."
            );
            return Err(RequestError::exceeded(limit, message));
        }
        Ok(cost)
    }

    /// The request for the executor: the operation as it was read, with the variables that have a value.
    pub fn request(&self, values: CoercedVariables) -> Request {
        let mut source = self.source();
        if !values.absent.is_empty() {
            absence::leave_out(&mut source, &values.absent);
        }
        let mut request = Request::new("").variables(values.known);
        request.operation_name = self.name.as_ref().map(ToString::to_string);
        request.set_parsed_query(source);
        request
    }

    /// The document with this operation alone.
    fn source(&self) -> ExecutableDocument {
        let source = &self.document.source;
        let operations = match (&source.operations, &self.name) {
            (DocumentOperations::Multiple(operations), Some(name)) => {
                let operation = operations.get(name).map(|operation| (name.clone(), operation.clone()));
                DocumentOperations::Multiple(operation.into_iter().collect())
            }
            (operations, _) => operations.clone(),
        };
        ExecutableDocument {
            operations,
            fragments: source.fragments.clone(),
        }
    }

    /// What an answer cost.
    pub fn cost_of(&self, data: &Value) -> u64 {
        match (self.operation(), self.shape()) {
            (Some(operation), Some(shape)) => cost::actual(shape, operation, data),
            _ => 0,
        }
    }

    /// Completes an answer as the specification says, if it has errors. An answer to a request that could not be
    /// executed has errors without a path, and stays as it is.
    pub fn complete(&self, response: &mut Response) {
        if let Some(shape) = self.shape() {
            if self.document.is_marked {
                presence::unmark(shape, &mut response.data);
            }
            if self.introspects() {
                introspection::complete(shape, &mut response.data, self.document.validator.description());
            }
        }
        if response.errors.is_empty() {
            response.data = self.in_order(std::mem::take(&mut response.data));
            return;
        }
        if is_refused(response) {
            return;
        }
        if let Some(shape) = self.shape() {
            let data = std::mem::take(&mut response.data);
            let errors = std::mem::take(&mut response.errors);
            (response.data, response.errors) = completion::complete(shape, data, errors);
        }
    }
}

impl SelectedOperation {
    /// The executor runs the fields at the root of a query side by side, and lists them as they are done.
    fn in_order(&self, data: Value) -> Value {
        match (data, self.shape()) {
            (Value::Object(mut found), Some(shape)) if found.len() > 1 => {
                let entries = shape.fields.iter();
                let entries = entries.filter_map(|field| found.swap_remove_entry(&field.key));
                Value::Object(entries.collect())
            }
            // An operation of which everything is skipped answers an object without fields.
            (Value::Null, _) => Value::Object(Default::default()),
            (data, _) => data,
        }
    }
}

fn invalid(faults: Vec<Fault>) -> RequestError {
    RequestError::Invalid(faults.into())
}

/// Whether an answer says that the request was not executed: such an answer has no data at all (GraphQL §7.1).
pub fn is_refused(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}
