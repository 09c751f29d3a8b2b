//! What a walk along a document has to know of the schema: the type of each field, and which types have fields.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name,
    parser::{
        parse_schema,
        types::{BaseType, OperationType, Type, TypeKind, TypeSystemDefinition},
    },
};

use super::{
    bounds::Bounds,
    extents::{Extent, Told},
};

/// Arguments that say how long a list is at most.
pub(super) const SIZES: [&str; 3] = ["first", "last", "ids"];

/// The types that every schema has (GraphQL specification §4.2), which the schema's own text leaves out.
const INTROSPECTION: &str = include_str!("introspection.graphql");

/// The types of a schema that have fields, and the type of each field.
pub struct Outline {
    types: HashMap<String, HashMap<String, Type>>,
    /// The objects that an interface or a union stands for.
    members: HashMap<String, HashSet<String>>,
    /// Of `__typename`.
    typename: Type,
    /// Lists, by type and field, of which an argument says how long they are.
    paged: HashSet<(String, String)>,
    /// How long the lists are that tell of the schema.
    extents: HashMap<(&'static str, &'static str), Extent>,
    /// How much everything else may hold.
    bounds: Bounds,
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
            paged: HashSet::new(),
            extents: HashMap::new(),
            bounds: Bounds::new(0),
        };
        let mut told = Told::default();
        for text in [sdl, INTROSPECTION] {
            for definition in parse_schema(text)?.definitions {
                told.hear(&definition);
                if let TypeSystemDefinition::Type(definition) = definition {
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
                    for field in fields {
                        let field = field.node;
                        if field
                            .arguments
                            .iter()
                            .any(|argument| SIZES.contains(&argument.node.name.node.as_str()))
                        {
                            outline.paged.insert((name.clone(), field.name.node.to_string()));
                        }
                        let fields = outline.types.entry(name.clone()).or_default();
                        fields.insert(field.name.node.to_string(), field.ty.node);
                    }
                }
            }
        }
        told.members(&outline.members);
        outline.bounds = Bounds::new(told.longest());
        outline.extents = told.extents();
        Ok(outline)
    }

    /// How much its lists and texts may hold.
    pub(super) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// How long a list is that tells of the schema.
    pub(super) fn extent(&self, parent: &str, name: &str) -> Option<Extent> {
        self.extents.get(&(parent, name)).copied()
    }

    /// The lists without a page and the texts that nothing bounds, and the bounds of fields that the schema does not have.
    pub(super) fn unbounded(&self) -> Vec<String> {
        let own = self.types.iter().filter(|(name, _)| !name.starts_with("__"));
        let fields = own.flat_map(|(parent, fields)| {
            fields
                .iter()
                .map(move |(name, ty)| (parent.as_str(), name.as_str(), ty))
        });
        let unknown = fields.filter(|(parent, name, ty)| {
            let is_composite = self.is_composite(base_name(ty));
            !self.is_paged(parent, name) && !self.bounds.has(parent, name, ty, is_composite)
        });
        let unknown = unknown.map(|(parent, name, _)| format!("{parent}.{name}"));
        let gone = self
            .bounds
            .named()
            .filter(|(parent, name)| self.field(parent, name).is_none());
        let mut found: Vec<_> = unknown
            .chain(gone.map(|(parent, name)| format!("{parent}.{name}")))
            .collect();
        found.sort();
        found
    }

    /// Whether an argument says how long a list is, or that of the connection around it.
    pub(super) fn is_paged(&self, parent: &str, name: &str) -> bool {
        parent.ends_with("Connection") || self.paged.contains(&(parent.to_owned(), name.to_owned()))
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
