//! What a walk along a document has to know of the schema: the type of each field, and which types have fields.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name,
    parser::{
        parse_schema,
        types::{BaseType, OperationType, Type, TypeKind, TypeSystemDefinition},
    },
};

/// The types that every schema has (GraphQL specification §4.2), which the schema's own text leaves out.
const INTROSPECTION: &str = include_str!("introspection.graphql");

/// The types of a schema that have fields, and the type of each field.
pub struct Outline {
    types: HashMap<String, HashMap<String, Type>>,
    /// The objects that an interface or a union stands for.
    members: HashMap<String, HashSet<String>>,
    /// Of `__typename`.
    typename: Type,
    /// How many types there are, whatever their kind.
    size: u64,
}

/// The name of a type without lists and exclamation marks.
pub fn base_name(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => base_name(item),
    }
}

/// Whether a type is a list of something.
pub fn is_list(of: &Type) -> bool {
    matches!(of.base, BaseType::List(_))
}

impl Outline {
    /// Reads a schema's text.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let mut outline = Self {
            types: HashMap::new(),
            members: HashMap::new(),
            typename: Type {
                base: BaseType::Named(Name::new("String")),
                nullable: false,
            },
            size: 0,
        };
        for text in [sdl, INTROSPECTION] {
            for definition in parse_schema(text)?.definitions {
                if let TypeSystemDefinition::Type(definition) = definition {
                    outline.size += 1;
                    let definition = definition.node;
                    let name = definition.name.node.to_string();
                    let fields = match definition.kind {
                        TypeKind::Object(object) => {
                            for interface in object.implements {
                                outline.member(interface.node.to_string(), &name);
                            }
                            object.fields
                        }
                        TypeKind::Interface(interface) => {
                            outline.members.entry(name.clone()).or_default();
                            interface.fields
                        }
                        TypeKind::Union(union) => {
                            for member in union.members {
                                outline.member(name.clone(), &member.node);
                            }
                            continue;
                        }
                        _ => continue,
                    };
                    let fields = fields
                        .into_iter()
                        .map(|field| (field.node.name.node.to_string(), field.node.ty.node));
                    outline.types.entry(name).or_default().extend(fields);
                }
            }
        }
        Ok(outline)
    }

    /// How many types the schema has.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The type of `__typename`.
    pub(super) fn typename(&self) -> &Type {
        &self.typename
    }

    /// The name of the type at the root of an operation.
    pub fn root(kind: OperationType) -> &'static str {
        match kind {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        }
    }

    /// The type of a field; nothing when there is no such field, or for `__typename`, which has no parts.
    pub fn field(&self, parent: &str, name: &str) -> Option<&Type> {
        match name {
            "__schema" | "__type" => self.types.get("__Root")?.get(name),
            _ => self.types.get(parent)?.get(name),
        }
    }

    /// Whether a type has fields, or is one of several that have.
    pub fn is_composite(&self, name: &str) -> bool {
        self.types.contains_key(name) || self.is_abstract(name)
    }

    /// Whether a type stands for several.
    pub(super) fn is_abstract(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Whether an object is of a type: its own, or one that stands for it.
    pub(super) fn is_of(&self, object: &str, name: &str) -> bool {
        object == name || self.members.get(name).is_some_and(|members| members.contains(object))
    }

    fn member(&mut self, of: String, name: &str) {
        self.members.entry(of).or_default().insert(name.to_owned());
    }
}
