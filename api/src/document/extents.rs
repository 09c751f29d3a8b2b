//! How long the lists are that tell of a schema, and its longest text: introspection answers what never changes.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Node, Schema,
    ast::{DirectiveList, FieldDefinition, InputValueDefinition},
    schema::{Component, ExtendedType},
};

/// Scalars that a schema has without its text saying so (GraphQL §3.5).
const OWN_SCALARS: u64 = 5;
/// Directives likewise (GraphQL §3.13), and the arguments of one.
const OWN_DIRECTIVES: u64 = 5;
const ARGUMENTS: u64 = 2;

/// How long a list is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    /// The longest.
    pub(super) each: u64,
    /// All of them together.
    pub(super) all: u64,
    /// Whether what stands in one of them stands in no other.
    pub(super) is_own: bool,
}

/// What a schema tells of itself.
#[derive(Default)]
pub(super) struct Told {
    types: u64,
    directives: u64,
    fields: Extent,
    enum_values: Extent,
    input_fields: Extent,
    interfaces: Extent,
    possible_types: Extent,
    arguments_of_fields: Extent,
    arguments_of_directives: Extent,
    /// In bytes.
    longest: u64,
}

impl Extent {
    fn add(&mut self, length: usize) {
        let length = length as u64;
        self.each = self.each.max(length);
        self.all += length;
    }

    /// Of lists that share nothing.
    fn own(self) -> Self {
        Self { is_own: true, ..self }
    }
}

impl Told {
    /// What a schema tells, with the types of introspection.
    pub(super) fn of(schema: &Schema) -> Self {
        let mut told = Self::default();
        told.description(schema.schema_definition.description.as_deref());
        for (name, ty) in &schema.types {
            told.types += 1;
            told.text(name);
            told.hear_type(ty);
        }
        for (name, directive) in &schema.directive_definitions {
            told.directives += 1;
            told.text(name);
            told.description(directive.description.as_deref());
            told.arguments_of_directives.add(directive.arguments.len());
            told.inputs(&directive.arguments);
        }
        told
    }

    /// Hears which types stand for others.
    pub(super) fn members(&mut self, members: &HashMap<String, HashSet<String>>) {
        members
            .values()
            .for_each(|members| self.possible_types.add(members.len()));
    }

    /// Its longest text, in bytes, however it is escaped.
    pub(super) fn longest(&self) -> u64 {
        2 * self.longest
    }

    /// The lists of the types of introspection (GraphQL §4.2), by type and field.
    pub(super) fn extents(self) -> HashMap<(&'static str, &'static str), Extent> {
        let one = |all: u64| Extent {
            each: all,
            all,
            is_own: true,
        };
        let mut of_directives = self.arguments_of_directives.own();
        of_directives.each = of_directives.each.max(ARGUMENTS);
        of_directives.all += OWN_DIRECTIVES * ARGUMENTS;
        HashMap::from([
            (("__Schema", "types"), one(self.types + OWN_SCALARS)),
            (("__Schema", "directives"), one(self.directives + OWN_DIRECTIVES)),
            (("__Type", "fields"), self.fields.own()),
            (("__Type", "enumValues"), self.enum_values.own()),
            (("__Type", "inputFields"), self.input_fields.own()),
            (("__Type", "interfaces"), self.interfaces),
            (("__Type", "possibleTypes"), self.possible_types),
            (("__Field", "args"), self.arguments_of_fields.own()),
            (("__Directive", "args"), of_directives),
        ])
    }

    fn hear_type(&mut self, ty: &ExtendedType) {
        self.description(ty.description().map(|description| description.as_str()));
        match ty {
            ExtendedType::Object(object) => {
                self.interfaces.add(object.implements_interfaces.len());
                self.hear_fields(object.fields.values());
            }
            ExtendedType::Interface(interface) => {
                self.interfaces.add(interface.implements_interfaces.len());
                self.hear_fields(interface.fields.values());
            }
            ExtendedType::Enum(values) => {
                self.enum_values.add(values.values.len());
                for value in values.values.values() {
                    self.text(&value.value);
                    self.description(value.description.as_deref());
                    self.directives(&value.directives);
                }
            }
            ExtendedType::InputObject(input) => {
                self.input_fields.add(input.fields.len());
                input.fields.values().for_each(|field| self.input(field));
            }
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => {}
        }
        // Why something is deprecated, and where a scalar is specified.
        for directive in ty.directives().iter() {
            for argument in &directive.arguments {
                self.text(&argument.value.to_string());
            }
        }
    }

    fn hear_fields<'a>(&mut self, fields: impl ExactSizeIterator<Item = &'a Component<FieldDefinition>>) {
        self.fields.add(fields.len());
        for field in fields {
            self.text(&field.name);
            self.description(field.description.as_deref());
            self.arguments_of_fields.add(field.arguments.len());
            self.inputs(&field.arguments);
            self.directives(&field.directives);
        }
    }

    fn inputs(&mut self, inputs: &[Node<InputValueDefinition>]) {
        inputs.iter().for_each(|input| self.input(input));
    }

    fn input(&mut self, input: &InputValueDefinition) {
        self.text(&input.name);
        self.description(input.description.as_deref());
        if let Some(value) = &input.default_value {
            self.text(&value.to_string());
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives.iter() {
            for argument in &directive.arguments {
                self.text(&argument.value.to_string());
            }
        }
    }

    fn description(&mut self, description: Option<&str>) {
        self.text(description.unwrap_or_default());
    }

    fn text(&mut self, text: &str) {
        self.longest = self.longest.max(text.len() as u64);
    }
}
