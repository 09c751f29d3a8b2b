//! What the values in a document's arguments stand for: those of scalars of our own are held to what these take, and of
//! variables it is noted where they may not be null.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Schema,
    ast::{InputValueDefinition, Type},
    schema::ExtendedType,
};
use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value;

use super::{
    Outline,
    coercion::{CoercedVariables, Definition},
    scalars,
    validator::MOST_FAULTS,
};
use crate::error::Fault;

/// Places at which a variable may not be null, though its type says so: it has a default, or its place has (GraphQL
/// §5.8.5).
#[derive(Debug, Default)]
pub(super) struct Strict(HashMap<Name, Vec<(Pos, String)>>);

/// Reads the arguments of a document that keeps to the rules.
///
/// # Errors
/// Values that scalars of our own do not take, as far as they are told.
pub(super) fn read(schema: &Schema, document: &ExecutableDocument) -> Result<Strict, Vec<Fault>> {
    let mut reading = Reading {
        schema,
        strict: Strict::default(),
        faults: Vec::new(),
    };
    for (_, operation) in document.operations.iter() {
        reading.operation(&operation.node);
    }
    for fragment in document.fragments.values() {
        let parent = fragment.node.type_condition.node.on.node.as_str();
        reading.set(parent, &fragment.node.selection_set.node);
    }
    match reading.faults.is_empty() {
        true => Ok(reading.strict),
        false => Err(reading.faults),
    }
}

/// The variables of an operation, with the types that the schema knows.
pub(super) fn definitions(operation: &OperationDefinition) -> Vec<Definition> {
    let definitions = operation.variable_definitions.iter().map(|definition| Definition {
        name: definition.node.name.node.clone(),
        ty: type_of(&definition.node.var_type.node),
        default: definition.node.default_value.as_ref().map(|value| value.node.clone()),
        place: definition.pos,
    });
    definitions.collect()
}

fn type_of(ty: &async_graphql::parser::types::Type) -> Type {
    use async_graphql::parser::types::BaseType;
    let nullable = match &ty.base {
        BaseType::Named(name) => Type::Named(apollo_compiler::Name::new_unchecked(name)),
        BaseType::List(inner) => type_of(inner).list(),
    };
    match ty.nullable {
        true => nullable,
        false => nullable.non_null(),
    }
}

struct Reading<'a> {
    schema: &'a Schema,
    strict: Strict,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn operation(&mut self, operation: &OperationDefinition) {
        for definition in &operation.variable_definitions {
            if let Some(default) = &definition.node.default_value {
                let ty = type_of(&definition.node.var_type.node);
                let value = default.node.clone().into_value();
                self.value(&ty, &value, default.pos, &definition.node.name.node);
            }
        }
        self.directives(&operation.directives);
        self.set(Outline::root(operation.ty), &operation.selection_set.node);
    }

    fn set(&mut self, parent: &str, set: &SelectionSet) {
        for item in &set.items {
            self.directives(item.node.directives());
            match &item.node {
                Selection::Field(field) => self.field(parent, &field.node),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let parent = condition.map_or(parent, |condition| condition.node.on.node.as_str());
                    self.set(parent, &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn field(&mut self, parent: &str, field: &Field) {
        let schema = self.schema;
        let Ok(definition) = schema.type_field(parent, &field.name.node) else {
            return;
        };
        self.arguments(&definition.arguments, &field.arguments);
        self.set(definition.ty.inner_named_type(), &field.selection_set.node);
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        let schema = self.schema;
        for directive in directives {
            if let Some(definition) = schema.directive_definitions.get(directive.node.name.node.as_str()) {
                self.arguments(&definition.arguments, &directive.node.arguments);
            }
        }
    }

    fn arguments(
        &mut self,
        definitions: &[apollo_compiler::Node<InputValueDefinition>],
        arguments: &[(Positioned<Name>, Positioned<Value>)],
    ) {
        for (name, value) in arguments {
            let mut definitions = definitions.iter();
            if let Some(definition) = definitions.find(|definition| definition.name == name.node.as_str()) {
                self.value(&definition.ty, &value.node, value.pos, &name.node);
            }
        }
    }

    /// `place` is that of the argument, `name` that of the argument or input field whose value this is.
    fn value(&mut self, ty: &Type, value: &Value, place: Pos, name: &str) {
        match (ty, value) {
            (_, Value::Variable(variable)) => {
                if ty.is_non_null() {
                    let places = self.strict.0.entry(variable.clone()).or_default();
                    places.push((place, name.to_owned()));
                }
            }
            (_, Value::Null) => {}
            (Type::List(inner) | Type::NonNullList(inner), Value::List(items)) => {
                items.iter().for_each(|item| self.value(inner, item, place, name));
            }
            (Type::List(inner) | Type::NonNullList(inner), item) => self.value(inner, item, place, name),
            (Type::Named(of) | Type::NonNullNamed(of), value) => self.named(of, value, place, name),
        }
    }

    fn named(&mut self, of: &str, value: &Value, place: Pos, name: &str) {
        let schema = self.schema;
        match (schema.types.get(of), value) {
            (Some(ExtendedType::InputObject(ty)), Value::Object(fields)) => {
                for (field, value) in fields {
                    if let Some(definition) = ty.fields.get(field.as_str()) {
                        self.value(&definition.ty, value, place, field);
                    }
                }
            }
            // One with variables in it is looked at when these have values.
            (Some(ExtendedType::Scalar(scalar)), value) => {
                let Some(constant) = value.clone().into_const() else {
                    return;
                };
                if scalars::holds_nul(&constant) {
                    let what = format!("The value of \"{name}\" holds the character U+0000. Take it out.");
                    self.fault(what, place, name);
                } else if !scalar.is_built_in() && scalars::coerced(of, constant).is_none() {
                    let wanted = scalars::described(of);
                    let what = format!("The value of \"{name}\" does not fit; it must be {wanted} (\"{of}\").");
                    self.fault(what, place, name);
                }
            }
            _ => {}
        }
    }

    fn fault(&mut self, message: String, place: Pos, name: &str) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault {
                message,
                place: Some((place.line, place.column)),
                field: Some(name.to_owned()),
            });
        }
    }
}

impl Strict {
    /// Where an operation has null that may not have it: by a variable that was sent as null. What is skipped is not looked
    /// at.
    pub(super) fn breach(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        values: &CoercedVariables,
    ) -> Option<Fault> {
        let known = values.known.iter();
        let nulls = known.filter(|(name, value)| **value == async_graphql::Value::Null && self.0.contains_key(*name));
        let nulls: Vec<_> = nulls.map(|(name, _)| name).collect();
        if nulls.is_empty() {
            return None;
        }
        let mut search = Search {
            document,
            values,
            places: nulls.iter().flat_map(|name| &self.0[*name]).collect(),
            seen: HashSet::new(),
        };
        let (place, name) = search.set(&operation.selection_set.node)?;
        Some(Fault {
            message: format!(
                "The value of \"{name}\" is null, which it may not be. Leave the variable out, or send a value."
            ),
            place: Some((place.line, place.column)),
            field: Some(name.clone()),
        })
    }
}

struct Search<'a> {
    document: &'a ExecutableDocument,
    values: &'a CoercedVariables,
    places: Vec<&'a (Pos, String)>,
    /// Fragments that were looked through.
    seen: HashSet<&'a Name>,
}

impl<'a> Search<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Option<&'a (Pos, String)> {
        set.items.iter().find_map(|item| {
            let directives = item.node.directives();
            let conditions = directives.iter().flat_map(|directive| &directive.node.arguments);
            if let Some(found) = self.among(conditions) {
                return Some(found);
            }
            if directives.iter().any(|directive| self.skips(&directive.node)) {
                return None;
            }
            match &item.node {
                Selection::Field(field) => {
                    let found = self.among(&field.node.arguments);
                    found.or_else(|| self.set(&field.node.selection_set.node))
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let fragment = self.document.fragments.get(name)?;
                    match self.seen.insert(name) {
                        true => self.set(&fragment.node.selection_set.node),
                        false => None,
                    }
                }
            }
        })
    }

    fn among(
        &self,
        arguments: impl IntoIterator<Item = &'a (Positioned<Name>, Positioned<Value>)>,
    ) -> Option<&'a (Pos, String)> {
        let mut arguments = arguments.into_iter();
        arguments.find_map(|(_, value)| self.places.iter().find(|(place, _)| *place == value.pos).copied())
    }

    fn skips(&self, directive: &Directive) -> bool {
        let skips_when = match directive.name.node.as_str() {
            "skip" => true,
            "include" => false,
            _ => return false,
        };
        let condition = directive.get_argument("if").map(|value| &value.node);
        match condition {
            Some(Value::Boolean(condition)) => *condition == skips_when,
            Some(Value::Variable(name)) => {
                self.values.known.get(name) == Some(&async_graphql::Value::Boolean(skips_when))
            }
            _ => false,
        }
    }
}
