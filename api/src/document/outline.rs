//! What a walk along a document has to know of the schema: the type of each field, and which types have fields.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Schema,
    ast::FieldDefinition,
    schema::{Component, ExtendedType},
};
use async_graphql::{
    Name,
    parser::types::{BaseType, OperationType, Type},
};

use super::{
    bounds::Bounds,
    extents::{Extent, Told},
    typing::base_name,
};

/// Arguments that say how long a list is at most.
pub(super) const SIZES: [&str; 3] = ["first", "last", "ids"];

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

fn named(name: &str, nullable: bool) -> Type {
    Type {
        base: BaseType::Named(Name::new(name)),
        nullable,
    }
}

fn typed(field: &Component<FieldDefinition>) -> Option<(&str, Type)> {
    Some((&field.name, Type::new(&field.ty.to_string())?))
}

impl Outline {
    /// The outline of a schema, with the types of introspection (GraphQL §4.2).
    pub(super) fn of(schema: &Schema) -> Self {
        let mut outline = Self {
            types: HashMap::new(),
            members: HashMap::new(),
            typename: named("String", false),
            paged: HashSet::new(),
            extents: HashMap::new(),
            bounds: Bounds::new(0),
        };
        outline.fields(
            "__Root",
            [
                ("__schema", named("__Schema", false)),
                ("__type", named("__Type", true)),
            ],
        );
        for (name, ty) in &schema.types {
            match ty {
                ExtendedType::Object(object) => {
                    for interface in &object.implements_interfaces {
                        outline.member(interface.to_string(), name);
                    }
                    outline.pages(name, object.fields.values());
                    outline.fields(name, object.fields.values().filter_map(typed));
                }
                ExtendedType::Interface(interface) => {
                    outline.members.entry(name.to_string()).or_default();
                    outline.pages(name, interface.fields.values());
                    outline.fields(name, interface.fields.values().filter_map(typed));
                }
                ExtendedType::Union(union) => {
                    for member in &union.members {
                        outline.member(name.to_string(), member);
                    }
                }
                _ => {}
            }
        }
        let mut told = Told::of(schema);
        told.members(&outline.members);
        outline.bounds = Bounds::new(told.longest());
        outline.extents = told.extents();
        outline
    }

    fn fields<'a>(&mut self, of: &str, fields: impl IntoIterator<Item = (&'a str, Type)>) {
        let fields = fields.into_iter().map(|(name, ty)| (name.to_owned(), ty));
        self.types.entry(of.to_owned()).or_default().extend(fields);
    }

    fn pages<'a>(&mut self, of: &str, fields: impl IntoIterator<Item = &'a Component<FieldDefinition>>) {
        let is_size = |argument: &str| SIZES.contains(&argument);
        let paged = fields
            .into_iter()
            .filter(|field| field.arguments.iter().any(|argument| is_size(&argument.name)));
        self.paged
            .extend(paged.map(|field| (of.to_owned(), field.name.to_string())));
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
