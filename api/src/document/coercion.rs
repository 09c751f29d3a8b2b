//! The values of an operation's variables (GraphQL §6.1.2 CoerceVariableValues): held to their types, with their defaults.
//! A variable that was not sent and has no default has no value at all, which is something else than null.

use std::collections::HashSet;

use apollo_compiler::{
    ast::Type,
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::{Name, Pos, Value, Variables, indexmap::IndexMap};

use super::{
    conversion, scalars,
    suggestion::{self, Suggestions},
    validator::{MOST_FAULTS, Validator},
};
use crate::error::Fault;

/// A variable of an operation.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) name: Name,
    pub(super) ty: Type,
    pub(super) default: Option<Value>,
    pub(super) place: Pos,
}

/// The variables of an operation, coerced.
#[derive(Clone, Debug, Default)]
pub struct CoercedVariables {
    /// Those that have a value.
    pub(super) known: Variables,
    /// Those that have none.
    pub(super) absent: HashSet<Name>,
}

/// Coerces what was sent.
///
/// # Errors
/// What does not fit, as far as it is told.
pub(super) fn coerce(
    validator: &Validator,
    definitions: &[Definition],
    mut sent: Variables,
) -> Result<CoercedVariables, Vec<Fault>> {
    let mut values = CoercedVariables::default();
    let mut faults = Vec::new();
    for definition in definitions {
        let mut coercion = Coercion {
            validator,
            definition,
            faults: &mut faults,
        };
        let name = &definition.name;
        match (sent.remove(name), &definition.default) {
            (Some(value), _) => {
                if let Some(value) = coercion.value(&definition.ty, value, &Path::Root) {
                    values.known.insert(name.clone(), value);
                }
            }
            (None, Some(default)) => {
                // It lacks the defaults of its input fields.
                if let Some(value) = coercion.value(&definition.ty, default.clone(), &Path::Root) {
                    values.known.insert(name.clone(), value);
                }
            }
            (None, None) if definition.ty.is_non_null() => {
                let ty = &definition.ty;
                let what = format!("of required type \"{ty}\" was not sent. Send it in variables.");
                coercion.fault(&Path::Root, what);
            }
            (None, None) => drop(values.absent.insert(name.clone())),
        }
    }
    // What no variable of the operation takes.
    let holds = |(name, value): &(&Name, &Value)| name.contains('\0') || scalars::holds_nul(value);
    for (name, _) in sent.iter().filter(holds) {
        faults.push(Fault {
            message: "A variable that the operation does not have holds the character U+0000. Take it out.".into(),
            place: None,
            field: Some(name.to_string()),
        });
    }
    faults.truncate(MOST_FAULTS);
    match faults.is_empty() {
        true => Ok(values),
        false => Err(faults),
    }
}

/// Where in a variable a value stands.
enum Path<'a> {
    Root,
    Field(&'a Path<'a>, &'a apollo_compiler::Name),
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn written(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Field(Self::Root, name) => name.to_string(),
            Self::Field(parent, name) => format!("{}.{name}", parent.written()),
            Self::Item(Self::Root, index) => index.to_string(),
            Self::Item(parent, index) => format!("{}.{index}", parent.written()),
        }
    }

    /// The input field to which the value belongs.
    fn field(&self) -> Option<&str> {
        match self {
            Self::Root => None,
            Self::Field(_, name) => Some(name.as_str()),
            Self::Item(parent, _) => parent.field(),
        }
    }
}

struct Coercion<'a> {
    validator: &'a Validator,
    definition: &'a Definition,
    faults: &'a mut Vec<Fault>,
}

impl Coercion<'_> {
    /// The value as a type takes it; nothing, and a fault, for one that does not fit.
    fn value(&mut self, ty: &Type, value: Value, path: &Path<'_>) -> Option<Value> {
        match (ty, value) {
            (Type::NonNullNamed(_) | Type::NonNullList(_), Value::Null) => {
                self.fault(path, format!("is null, but its type is \"{ty}\". Send a value."));
                None
            }
            (_, Value::Null) => Some(Value::Null),
            (Type::List(inner) | Type::NonNullList(inner), Value::List(items)) => {
                let items = items.into_iter().enumerate();
                let items = items.map(|(index, item)| self.value(inner, item, &Path::Item(path, index)));
                // All of them are looked at, so that each fault is told.
                let items: Vec<_> = items.collect();
                items.into_iter().collect::<Option<_>>().map(Value::List)
            }
            // One value stands for a list of one (GraphQL §3.11).
            (Type::List(inner) | Type::NonNullList(inner), item) => {
                self.value(inner, item, path).map(|item| Value::List(vec![item]))
            }
            (Type::Named(name) | Type::NonNullNamed(name), value) => self.named(name, value, path),
        }
    }

    fn named(&mut self, name: &apollo_compiler::Name, value: Value, path: &Path<'_>) -> Option<Value> {
        let kind = kind(&value);
        let wanted = match (self.validator.schema.types.get(name), value) {
            (Some(ExtendedType::Scalar(_)), value) if scalars::holds_nul(&value) => {
                self.fault(path, "holds the character U+0000. Take it out.".into());
                return None;
            }
            (Some(ExtendedType::Scalar(_)), value) => match scalars::coerced(name, value) {
                Some(value) => return Some(value),
                None => scalars::described(name),
            },
            (Some(ExtendedType::Enum(ty)), Value::String(text)) => {
                if ty.values.contains_key(text.as_str()) {
                    return Some(Value::Enum(Name::new(text)));
                }
                "one of its values"
            }
            // A default; what is sent has no such values.
            (Some(ExtendedType::Enum(_)), value @ Value::Enum(_)) => return Some(value),
            (Some(ExtendedType::Enum(_)), _) => "the name of a value",
            (Some(ExtendedType::InputObject(ty)), Value::Object(fields)) => return self.object(ty, fields, path),
            _ => "an object",
        };
        self.fault(path, format!("is {kind}; it must be {wanted} (\"{name}\")."));
        None
    }

    fn object(&mut self, ty: &InputObjectType, mut sent: IndexMap<Name, Value>, path: &Path<'_>) -> Option<Value> {
        let before = self.faults.len();
        let mut coerced = IndexMap::with_capacity(sent.len());
        for (name, field) in &ty.fields {
            let path = Path::Field(path, name);
            match sent.swap_remove(name.as_str()) {
                Some(value) => {
                    if let Some(value) = self.value(&field.ty, value, &path) {
                        coerced.insert(Name::new(name), value);
                    }
                }
                None if field.is_required() => {
                    let what = format!("of required type \"{}\" was not sent. Send it.", field.ty);
                    self.fault(&path, what);
                }
                None => {
                    let default = field.default_value.as_deref().and_then(conversion::fixed);
                    if let Some(value) = default.and_then(|default| self.value(&field.ty, default, &path)) {
                        coerced.insert(Name::new(name), value);
                    }
                }
            }
        }
        for unknown in sent.keys() {
            self.unknown(ty, unknown, path);
        }
        (self.faults.len() == before).then_some(Value::Object(coerced))
    }

    fn unknown(&mut self, ty: &InputObjectType, unknown: &Name, path: &Path<'_>) {
        let known = ty.fields.keys().map(|name| name.as_str());
        let meant = match self.validator.suggestions {
            Suggestions::Told => suggestion::among(unknown, known),
            Suggestions::Kept => None,
        };
        let meant = meant.map(|meant| format!(" {meant}")).unwrap_or_default();
        let what = format!("has the field \"{unknown}\", which \"{}\" has not.{meant}", ty.name);
        self.fault_of(unknown, path, what);
    }

    fn fault(&mut self, path: &Path<'_>, what: String) {
        let field = path.field().unwrap_or(&self.definition.name);
        self.fault_of(field, path, what);
    }

    fn fault_of(&mut self, field: &str, path: &Path<'_>, what: String) {
        if self.faults.len() >= MOST_FAULTS {
            return;
        }
        let name = &self.definition.name;
        let place = self.definition.place;
        let whose = match path {
            Path::Root => format!("The variable \"${name}\""),
            _ => format!("The value of \"{}\" in the variable \"${name}\"", path.written()),
        };
        self.faults.push(Fault {
            message: format!("{whose} {what}"),
            place: Some((place.line, place.column)),
            field: Some(field.to_owned()),
        });
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Number(_) => "a number",
        Value::String(_) | Value::Enum(_) | Value::Binary(_) => "a text",
        Value::Boolean(_) => "true or false",
        Value::List(_) => "a list",
        Value::Object(_) => "an object",
    }
}
