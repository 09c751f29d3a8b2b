//! The syntax of documents and the specification's rules for them (GraphQL §2 and §5), by `apollo-compiler`.
//!
//! The executor's own validator lets some documents pass that break a rule, and would refuse half-way, after other fields
//! of a mutation were made. It is switched off.

use apollo_compiler::{
    Schema,
    ast::{self, FieldDefinition, Type},
    diagnostic::{Diagnostic, ToCliReport},
    name,
    parser::{Parser, SourceSpan},
    schema::ExtendedType,
    validation::{DiagnosticData, DiagnosticList, Valid},
};

use super::{
    places::Places,
    repetition,
    suggestion::{self, Suggestions},
    usages,
};
use crate::error::{Fault, RequestError, RequestResult};

/// Deepest nesting that is parsed: what is deeper was refused before.
const RECURSION: usize = 500;
/// Most faults of a document or of its variables that are told.
pub(super) const MOST_FAULTS: usize = 20;
/// Most characters of what is told of one: it may repeat a value of the document.
const MOST_WORDS: usize = 300;

/// A schema, to whose rules documents are held.
pub(super) struct Validator {
    pub(super) schema: Valid<Schema>,
    pub(super) suggestions: Suggestions,
}

impl Validator {
    /// The rules of a schema.
    ///
    /// # Errors
    /// When its text is none.
    pub(super) fn of(sdl: &str, suggestions: Suggestions) -> Result<Self, String> {
        let mut schema = Schema::parse(sdl, "schema.graphql").map_err(|faulty| faulty.errors.to_string())?;
        tell_of_one_of(&mut schema);
        let schema = schema.validate().map_err(|faulty| faulty.errors.to_string())?;
        Ok(Self { schema, suggestions })
    }

    /// What the schema says of itself.
    pub(super) fn description(&self) -> Option<&str> {
        self.schema.schema_definition.description.as_deref()
    }

    /// Reads a document.
    ///
    /// # Errors
    /// `VALIDATION` with the place at which it stops being one.
    pub(super) fn parse(text: &str) -> RequestResult<ast::Document> {
        let parsed = Parser::new().recursion_limit(RECURSION).parse_ast(text, "query");
        parsed.map_err(|faulty| match faulty.errors.iter().next() {
            Some(first) => unreadable(text, &first),
            None => RequestError::inexecutable("query", "The document cannot be read."),
        })
    }

    /// Holds a document to the rules.
    ///
    /// # Errors
    /// What is wrong with it, as far as it is told.
    pub(super) fn check(&self, document: &ast::Document, text: &str) -> Result<(), Vec<Fault>> {
        // What has unknown fields is not validated: without them a selection would seem to be missing.
        let built = document
            .to_executable(&self.schema)
            .map_err(|faulty| self.faults(text, &faulty.errors))?;
        let document = built
            .validate(&self.schema)
            .map_err(|faulty| self.faults(text, &faulty.errors))?;
        if let Some(name) = repetition::find(&document) {
            return Err(vec![Fault {
                message: format!("There can be only one input field named \"{name}\"."),
                place: None,
                field: Some(name),
            }]);
        }
        match usages::find(&self.schema, &document) {
            None => Ok(()),
            Some(misuse) => Err(vec![Fault {
                message: shortened(&misuse.message),
                place: misuse.place.map(|span| position(text, span)),
                field: Some(misuse.field),
            }]),
        }
    }

    fn faults(&self, text: &str, errors: &DiagnosticList) -> Vec<Fault> {
        let faults = errors.iter().enumerate().map(|(index, error)| {
            // Beyond those that are told, a fault is counted alone.
            if index >= MOST_FAULTS {
                return Fault::default();
            }
            let message = error.unstable_to_json_compat().message;
            let place = place_of(text, &error);
            let field = named_in(&message).or_else(|| named_before(text, place?));
            let meant = match self.suggestions {
                Suggestions::Told => suggestion::meant(&self.schema, &message),
                Suggestions::Kept => None,
            };
            let worded = worded(message, field.as_deref());
            let message = match meant {
                Some(meant) => format!("{worded} {meant}"),
                None => worded,
            };
            Fault { message, place, field }
        });
        faults.collect()
    }
}

/// The field that tells which input objects take exactly one field (GraphQL, September 2025, §4.2): the crate's own types of
/// introspection are those of October 2021.
fn tell_of_one_of(schema: &mut Schema) {
    if let Some(ExtendedType::Object(ty)) = schema.types.get_mut("__Type") {
        let field = FieldDefinition {
            description: None,
            name: name!("isOneOf"),
            arguments: Vec::new(),
            ty: Type::Named(name!("Boolean")),
            directives: Default::default(),
        };
        ty.make_mut().fields.insert(field.name.clone(), field.into());
    }
}

fn unreadable(text: &str, error: &Diagnostic<'_, DiagnosticData>) -> RequestError {
    let place = place_of(text, error);
    let message = error.error.to_string();
    let reason = shortened(message.trim_start_matches("syntax error: "));
    let message = match place {
        Some((line, column)) => format!("The document cannot be read at line {line}, column {column}: {reason}."),
        None => format!("The document cannot be read: {reason}."),
    };
    RequestError::Unreadable {
        message: message.into(),
        place,
    }
}

fn place_of(text: &str, error: &Diagnostic<'_, DiagnosticData>) -> Option<(usize, usize)> {
    Some(position(text, error.error.location()?))
}

fn position(text: &str, span: SourceSpan) -> (usize, usize) {
    let place = Places::of(text).find(span);
    (place.line, place.column)
}

/// A value that does not fit is told with the name of what it is for, and one that is missing without that of the object
/// in which it belongs. Names stand in quotes.
fn worded(message: String, field: Option<&str>) -> String {
    let misfit = message.split_once(" cannot represent ");
    let missing = message.split_once(" of required type ");
    let message = match (misfit, missing, field) {
        (Some((ty, rest)), _, Some(field)) => {
            format!("The value of \"{field}\" does not fit: \"{ty}\" cannot represent {rest}")
        }
        (Some((ty, rest)), _, None) => format!("\"{ty}\" cannot represent {rest}"),
        (None, Some((_, rest)), Some(field)) => format!("Field \"{field}\" of required type {rest}"),
        _ => message,
    };
    shortened(&message)
}

fn shortened(message: &str) -> String {
    match message.char_indices().nth(MOST_WORDS) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

/// The argument or input field that is missing or unknown: the words name it.
fn named_in(message: &str) -> Option<String> {
    let quoted: Vec<_> = message.split('"').skip(1).step_by(2).collect();
    let named = match message.split('"').next()? {
        "Field " if message.contains(" of required type ") => quoted.first()?.rsplit('.').next(),
        "Field " if message.contains(" is not defined by type ") => quoted.first().copied(),
        "Field " | "Directive " if message.contains(" argument ") => quoted.get(1).copied(),
        "Unknown argument " => quoted.first().copied(),
        _ => None,
    };
    named.map(ToOwned::to_owned)
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
