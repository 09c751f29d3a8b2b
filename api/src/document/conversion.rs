//! The document as the executor takes it, from what `apollo-compiler` has read.
//!
//! The executor's own parser leaves `\"""` in block strings, refuses characters above U+FFFF in escapes, and wants the
//! directives of a variable before its default.

use std::collections::{HashMap, hash_map::Entry};

use apollo_compiler::{
    Node,
    ast::{self, Definition},
};
use async_graphql::{
    Name, Number, Positioned,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, FragmentSpread, InlineFragment,
        OperationDefinition, OperationType, Selection, SelectionSet, Type, TypeCondition, VariableDefinition,
    },
};
use async_graphql_value::{ConstValue, Value};

use super::places::Places;
use crate::error::{RequestError, RequestResult};

/// Converts a document. What is no operation and no fragment is left to the rules.
///
/// # Errors
/// `VALIDATION` for operations and fragments that cannot be told apart, for a document without operations, and for numbers
/// that are too large to be read.
pub(super) fn convert(document: &ast::Document, text: &str) -> RequestResult<ExecutableDocument> {
    let mut conversion = Conversion {
        places: Places::of(text),
    };
    let mut operations = Operations::default();
    let mut fragments = HashMap::new();
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                let converted = conversion.operation(operation)?;
                operations.add(operation.name.as_ref(), converted)?;
            }
            Definition::FragmentDefinition(fragment) => {
                let converted = conversion.fragment(fragment)?;
                add(&mut fragments, "fragment", name(&fragment.name), converted)?;
            }
            _ => {}
        }
    }
    Ok(ExecutableDocument {
        operations: operations.finish()?,
        fragments,
    })
}

#[derive(Default)]
struct Operations {
    unnamed: Option<Positioned<OperationDefinition>>,
    named: HashMap<Name, Positioned<OperationDefinition>>,
}

impl Operations {
    fn add(
        &mut self,
        named: Option<&apollo_compiler::Name>,
        operation: Positioned<OperationDefinition>,
    ) -> RequestResult<()> {
        if let Some(named) = named {
            add(&mut self.named, "operation", name(named), operation)?;
        } else if self.unnamed.replace(operation).is_some() {
            return Err(not_alone());
        }
        Ok(())
    }

    fn finish(self) -> RequestResult<DocumentOperations> {
        match (self.unnamed, self.named.is_empty()) {
            (Some(operation), true) => Ok(DocumentOperations::Single(operation)),
            (Some(_), false) => Err(not_alone()),
            (None, false) => Ok(DocumentOperations::Multiple(self.named)),
            (None, true) => {
                let message = "The document has no operation. Send a query, a mutation or a subscription.";
                Err(RequestError::inexecutable("query", message))
            }
        }
    }
}

fn not_alone() -> RequestError {
    let message = "An operation without a name must be the only one of its document. Give each operation a name.";
    RequestError::inexecutable("query", message)
}

fn add<T>(known: &mut HashMap<Name, Positioned<T>>, what: &str, name: Name, part: Positioned<T>) -> RequestResult<()> {
    match known.entry(name) {
        Entry::Vacant(entry) => {
            entry.insert(part);
            Ok(())
        }
        Entry::Occupied(entry) => {
            let message = format!(
                "The document has two {what}s named “{}”. Give one another name.",
                entry.key()
            );
            Err(RequestError::inexecutable("query", message))
        }
    }
}

fn name(name: &apollo_compiler::Name) -> Name {
    Name::new(name.as_str())
}

struct Conversion<'a> {
    places: Places<'a>,
}

impl Conversion<'_> {
    fn name(&mut self, written: &apollo_compiler::Name) -> Positioned<Name> {
        self.places.positioned(written.location(), name(written))
    }

    fn operation(
        &mut self,
        operation: &Node<ast::OperationDefinition>,
    ) -> RequestResult<Positioned<OperationDefinition>> {
        let place = self.places.positioned(operation.location(), ()).pos;
        let variables = operation.variables.iter().map(|variable| self.variable(variable));
        let variable_definitions = variables.collect::<RequestResult<_>>()?;
        let converted = OperationDefinition {
            ty: match operation.operation_type {
                ast::OperationType::Query => OperationType::Query,
                ast::OperationType::Mutation => OperationType::Mutation,
                ast::OperationType::Subscription => OperationType::Subscription,
            },
            variable_definitions,
            directives: self.directives(&operation.directives)?,
            selection_set: self.selection_set(&operation.selection_set)?,
        };
        Ok(Positioned::new(converted, place))
    }

    fn fragment(&mut self, fragment: &Node<ast::FragmentDefinition>) -> RequestResult<Positioned<FragmentDefinition>> {
        let place = self.places.positioned(fragment.location(), ()).pos;
        let converted = FragmentDefinition {
            type_condition: self.condition(&fragment.type_condition),
            directives: self.directives(&fragment.directives)?,
            selection_set: self.selection_set(&fragment.selection_set)?,
        };
        Ok(Positioned::new(converted, place))
    }

    fn variable(&mut self, variable: &Node<ast::VariableDefinition>) -> RequestResult<Positioned<VariableDefinition>> {
        let place = self.places.positioned(variable.location(), ()).pos;
        let name = self.name(&variable.name);
        let written = variable.ty.to_string();
        let ty = Type::new(&written).ok_or_else(|| {
            let message = format!("The variable “{}” has no type. Write it as $name: Type.", variable.name);
            RequestError::inexecutable("query", message)
        })?;
        let var_type = self.places.positioned(variable.ty.location(), ty);
        let default = variable.default_value.as_ref().map(|value| self.default(value));
        let converted = VariableDefinition {
            name,
            var_type,
            default_value: default.transpose()?,
            directives: self.directives(&variable.directives)?,
        };
        Ok(Positioned::new(converted, place))
    }

    fn default(&mut self, value: &Node<ast::Value>) -> RequestResult<Positioned<ConstValue>> {
        let Positioned { pos, node } = self.value(value)?;
        let constant = node.into_const().ok_or_else(|| {
            let message = "The default of a variable holds a variable. Write a value.";
            RequestError::inexecutable("query", message)
        })?;
        Ok(Positioned::new(constant, pos))
    }

    fn directives(&mut self, directives: &[Node<ast::Directive>]) -> RequestResult<Vec<Positioned<Directive>>> {
        let converted = directives.iter().map(|directive| {
            let place = self.places.positioned(directive.location(), ()).pos;
            let converted = Directive {
                name: self.name(&directive.name),
                arguments: self.arguments(&directive.arguments)?,
            };
            Ok(Positioned::new(converted, place))
        });
        converted.collect()
    }

    fn arguments(
        &mut self,
        arguments: &[Node<ast::Argument>],
    ) -> RequestResult<Vec<(Positioned<Name>, Positioned<Value>)>> {
        let converted = arguments.iter().map(|argument| {
            let name = self.name(&argument.name);
            Ok((name, self.value(&argument.value)?))
        });
        converted.collect()
    }

    fn value(&mut self, value: &Node<ast::Value>) -> RequestResult<Positioned<Value>> {
        let converted = constant(value)?;
        Ok(self.places.positioned(value.location(), converted))
    }

    /// A set has the place of its first selection.
    fn selection_set(&mut self, selections: &[ast::Selection]) -> RequestResult<Positioned<SelectionSet>> {
        let items = selections.iter().map(|selection| self.selection(selection));
        let items: Vec<_> = items.collect::<RequestResult<_>>()?;
        let place = items
            .first()
            .map(|first: &Positioned<Selection>| first.pos)
            .unwrap_or_default();
        Ok(Positioned::new(SelectionSet { items }, place))
    }

    fn selection(&mut self, selection: &ast::Selection) -> RequestResult<Positioned<Selection>> {
        let place = self.places.positioned(selection.location(), ()).pos;
        let converted = match selection {
            ast::Selection::Field(field) => Selection::Field(Positioned::new(self.field(field)?, place)),
            ast::Selection::FragmentSpread(spread) => {
                let spread = FragmentSpread {
                    fragment_name: self.name(&spread.fragment_name),
                    directives: self.directives(&spread.directives)?,
                };
                Selection::FragmentSpread(Positioned::new(spread, place))
            }
            ast::Selection::InlineFragment(fragment) => {
                let condition = fragment.type_condition.as_ref();
                let fragment = InlineFragment {
                    type_condition: condition.map(|condition| self.condition(condition)),
                    directives: self.directives(&fragment.directives)?,
                    selection_set: self.selection_set(&fragment.selection_set)?,
                };
                Selection::InlineFragment(Positioned::new(fragment, place))
            }
        };
        Ok(Positioned::new(converted, place))
    }

    fn field(&mut self, field: &ast::Field) -> RequestResult<Field> {
        Ok(Field {
            alias: field.alias.as_ref().map(|alias| self.name(alias)),
            name: self.name(&field.name),
            arguments: self.arguments(&field.arguments)?,
            directives: self.directives(&field.directives)?,
            selection_set: self.selection_set(&field.selection_set)?,
        })
    }

    fn condition(&mut self, on: &apollo_compiler::Name) -> Positioned<TypeCondition> {
        let on = self.name(on);
        Positioned::new(TypeCondition { on: on.clone() }, on.pos)
    }
}

fn constant(value: &ast::Value) -> RequestResult<Value> {
    Ok(match value {
        ast::Value::Null => Value::Null,
        ast::Value::Enum(value) => Value::Enum(name(value)),
        ast::Value::Variable(variable) => Value::Variable(name(variable)),
        ast::Value::String(text) => Value::String(text.clone()),
        ast::Value::Int(number) => Value::Number(self::number(number.as_str())?),
        ast::Value::Float(number) => Value::Number(self::number(number.as_str())?),
        ast::Value::Boolean(value) => Value::Boolean(*value),
        ast::Value::List(items) => {
            let items = items.iter().map(|item| constant(item));
            Value::List(items.collect::<RequestResult<_>>()?)
        }
        ast::Value::Object(fields) => {
            let fields = fields.iter().map(|(field, value)| Ok((name(field), constant(value)?)));
            Value::Object(fields.collect::<RequestResult<_>>()?)
        }
    })
}

/// A value without variables; nothing for one with them.
pub(super) fn fixed(value: &ast::Value) -> Option<ConstValue> {
    constant(value).ok()?.into_const()
}

fn number(written: &str) -> RequestResult<Number> {
    written.parse().map_err(|_| {
        let message = "The document has a number that is out of every range. Write a smaller one.";
        RequestError::inexecutable("query", message)
    })
}
