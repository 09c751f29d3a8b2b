//! How long the lists are that tell of a schema, and its longest text: introspection answers what never changes.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Positioned,
    parser::types::{FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition},
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
    /// Hears one more definition.
    pub(super) fn hear(&mut self, definition: &TypeSystemDefinition) {
        match definition {
            TypeSystemDefinition::Type(definition) => self.hear_type(&definition.node),
            TypeSystemDefinition::Directive(definition) => {
                let directive = &definition.node;
                self.directives += 1;
                self.text(&directive.name.node);
                self.description(directive.description.as_ref());
                self.arguments_of_directives.add(directive.arguments.len());
                self.inputs(&directive.arguments);
            }
            TypeSystemDefinition::Schema(_) => {}
        }
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

    fn hear_type(&mut self, definition: &TypeDefinition) {
        self.types += 1;
        self.text(&definition.name.node);
        self.description(definition.description.as_ref());
        match &definition.kind {
            TypeKind::Object(object) => {
                self.interfaces.add(object.implements.len());
                self.hear_fields(&object.fields);
            }
            TypeKind::Interface(interface) => {
                self.interfaces.add(interface.implements.len());
                self.hear_fields(&interface.fields);
            }
            TypeKind::Enum(values) => {
                self.enum_values.add(values.values.len());
                for value in &values.values {
                    self.text(&value.node.value.node);
                    self.description(value.node.description.as_ref());
                }
            }
            TypeKind::InputObject(input) => {
                self.input_fields.add(input.fields.len());
                self.inputs(&input.fields);
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
        // Why something is deprecated, and where a scalar is specified.
        for directive in &definition.directives {
            for (_, value) in &directive.node.arguments {
                self.text(&value.node.to_string());
            }
        }
    }

    fn hear_fields(&mut self, fields: &[Positioned<FieldDefinition>]) {
        self.fields.add(fields.len());
        for field in fields {
            let field = &field.node;
            self.text(&field.name.node);
            self.description(field.description.as_ref());
            self.arguments_of_fields.add(field.arguments.len());
            self.inputs(&field.arguments);
            for directive in &field.directives {
                for (_, value) in &directive.node.arguments {
                    self.text(&value.node.to_string());
                }
            }
        }
    }

    fn inputs(&mut self, inputs: &[Positioned<InputValueDefinition>]) {
        for input in inputs {
            let input = &input.node;
            self.text(&input.name.node);
            self.description(input.description.as_ref());
            if let Some(value) = &input.default_value {
                self.text(&value.node.to_string());
            }
        }
    }

    fn description(&mut self, description: Option<&Positioned<String>>) {
        if let Some(description) = description {
            self.text(&description.node);
        }
    }

    fn text(&mut self, text: &str) {
        self.longest = self.longest.max(text.len() as u64);
    }
}
