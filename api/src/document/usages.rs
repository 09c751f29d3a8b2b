//! Variables inside of lists and input objects: each has a type that its place takes (GraphQL §5.8.5 All Variable Usages
//! Are Allowed), and each is defined (§5.8.3). `apollo-compiler` holds arguments to the first rule, and compares no more
//! than the innermost type of what stands inside of them; it does not look into values of scalars of our own.

use std::collections::HashMap;

use apollo_compiler::{
    ExecutableDocument, Node, Schema,
    ast::{InputValueDefinition, Type, Value, VariableDefinition},
    executable::Operation,
    parser::SourceSpan,
    schema::ExtendedType,
};

/// A variable that stands where it may not.
pub(super) struct Misuse {
    pub(super) message: String,
    pub(super) place: Option<SourceSpan>,
    /// The argument or input field whose value it is.
    pub(super) field: String,
}

/// The first variable of a document that stands where it may not.
pub(super) fn find(schema: &Schema, document: &ExecutableDocument) -> Option<Misuse> {
    let mut operations = document.operations.iter();
    operations.find_map(|operation| Usages::of(schema, operation).in_operation(document, operation))
}

struct Usages<'a> {
    schema: &'a Schema,
    definitions: HashMap<&'a str, &'a VariableDefinition>,
}

/// What a place takes.
#[derive(Clone, Copy)]
struct Usage<'a> {
    ty: &'a Type,
    has_default: bool,
    name: &'a str,
}

impl<'a> Usage<'a> {
    fn of(definition: &'a InputValueDefinition) -> Self {
        Self {
            ty: &definition.ty,
            has_default: definition.default_value.is_some(),
            name: &definition.name,
        }
    }

    /// Whether a variable may stand here (GraphQL §5.8.5 IsVariableUsageAllowed).
    fn takes(&self, variable: &VariableDefinition) -> bool {
        let default = variable.default_value.as_ref();
        let is_sure = self.has_default || default.is_some_and(|value| !value.is_null());
        match self.ty.is_non_null() && !variable.ty.is_non_null() {
            true => is_sure && variable.ty.is_assignable_to(&self.ty.clone().nullable()),
            false => variable.ty.is_assignable_to(self.ty),
        }
    }
}

impl<'a> Usages<'a> {
    fn of(schema: &'a Schema, operation: &'a Operation) -> Self {
        let definitions = operation.variables.iter();
        let definitions = definitions.map(|definition| (definition.name.as_str(), &**definition));
        Self {
            schema,
            definitions: definitions.collect(),
        }
    }

    fn in_operation(&self, document: &ExecutableDocument, operation: &Operation) -> Option<Misuse> {
        operation.all_fields(document).find_map(|field| {
            let mut arguments = field.arguments.iter();
            arguments.find_map(|argument| {
                let mut definitions = field.definition.arguments.iter();
                let definition = definitions.find(|definition| definition.name == argument.name)?;
                self.in_value(Usage::of(definition), &argument.value)
            })
        })
    }

    fn in_value(&self, place: Usage<'_>, value: &Node<Value>) -> Option<Misuse> {
        match (place.ty, &**value) {
            (_, Value::Variable(variable)) => match self.definitions.get(variable.as_str()) {
                Some(definition) if place.takes(definition) => None,
                Some(definition) => Some(misplaced(place, definition, value)),
                None => Some(undefined(place, variable, value)),
            },
            (Type::List(ty) | Type::NonNullList(ty), Value::List(items)) => {
                let has_default = false;
                let place = Usage {
                    ty,
                    has_default,
                    ..place
                };
                items.iter().find_map(|item| self.in_value(place, item))
            }
            // One value stands for a list of one (GraphQL §3.11).
            (Type::List(ty) | Type::NonNullList(ty), _) => self.in_value(Usage { ty, ..place }, value),
            (Type::Named(of) | Type::NonNullNamed(of), _) => match self.schema.types.get(of) {
                Some(ExtendedType::InputObject(ty)) => {
                    let mut fields = value.as_object().into_iter().flatten();
                    fields.find_map(|(name, value)| self.in_value(Usage::of(ty.fields.get(name)?), value))
                }
                Some(ExtendedType::Scalar(scalar)) if !scalar.is_built_in() => self.inside(place, value),
                _ => None,
            },
        }
    }

    /// A value of a scalar of our own holds variables of any type.
    fn inside(&self, place: Usage<'_>, value: &Node<Value>) -> Option<Misuse> {
        match &**value {
            Value::Variable(variable) if !self.definitions.contains_key(variable.as_str()) => {
                Some(undefined(place, variable, value))
            }
            Value::List(items) => items.iter().find_map(|item| self.inside(place, item)),
            Value::Object(fields) => fields.iter().find_map(|(_, value)| self.inside(place, value)),
            _ => None,
        }
    }
}

fn misplaced(place: Usage<'_>, variable: &VariableDefinition, value: &Node<Value>) -> Misuse {
    let Usage { ty, name, .. } = place;
    let (variable, of) = (&variable.name, &variable.ty);
    Misuse {
        message: format!("Variable \"${variable}\" of type \"{of}\" stands in \"{name}\", where \"{ty}\" is expected."),
        place: value.location(),
        field: name.to_owned(),
    }
}

fn undefined(place: Usage<'_>, variable: &str, value: &Node<Value>) -> Misuse {
    Misuse {
        message: format!("Variable \"${variable}\" is not defined. Define it at the operation."),
        place: value.location(),
        field: place.name.to_owned(),
    }
}
