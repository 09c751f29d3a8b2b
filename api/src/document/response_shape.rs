//! What an operation's answer looks like: each response name once, with its type and parts.

use std::collections::HashMap;

use async_graphql::{
    Name, Pos, Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet, Type},
};

use super::{
    Outline,
    extents::Extent,
    gathering::arguments,
    outline::SIZES,
    typing::{base_name, is_list},
};

/// The fields of an object of the answer, in the order in which they are selected. Where the object may be of several
/// types, the fields of all of them stand beside each other.
#[derive(Debug, Default)]
pub(super) struct ResponseShape {
    pub(super) fields: Vec<ShapeField>,
    /// The types that the selection names, with the places of their fields in the order in which they are selected there.
    pub(super) types: Vec<(String, Vec<usize>)>,
}

/// A field of the answer.
#[derive(Debug)]
pub(super) struct ShapeField {
    /// Its name in the answer.
    pub(super) key: Name,
    /// Its name in the schema.
    pub(super) name: Name,
    pub(super) ty: Type,
    /// Whether it has parts.
    pub(super) is_composite: bool,
    /// What it may take in the answer, in bytes of JSON: its name, and a value that has no parts.
    pub(super) bytes: u64,
    pub(super) items: Items,
    /// Where it stands in the document.
    pub(super) places: Vec<Pos>,
    pub(super) parts: ResponseShape,
}

/// How many objects a field may answer.
#[derive(Debug)]
pub(super) enum Items {
    One,
    /// As many as the rules let be.
    Bounded(u64),
    /// As many as the schema has.
    Told(Extent),
    /// As many as an argument says, or has entries.
    Given(Vec<Amount>),
    /// One connection, whose lists have as many as its arguments say.
    Page(Vec<Amount>),
    /// As many as the connection around it has.
    OfPage,
}

/// A number, as it is written.
#[derive(Debug)]
pub(super) enum Amount {
    Value(Value),
    Variable(Name),
}

impl ResponseShape {
    /// The plan of an operation. Fields that the schema does not know are left to the validator.
    pub(super) fn of(outline: &Outline, document: &ExecutableDocument, operation: &OperationDefinition) -> Self {
        let root = Outline::root(operation.ty).to_owned();
        build(outline, document, &[(root, &operation.selection_set.node)])
    }
}

impl ResponseShape {
    /// The places of an object's fields, when the selection names several types: those of its `__typename`, or of the first
    /// type that has all fields that are there or failed.
    pub(super) fn places<'a>(
        &self,
        found: &'a IndexMap<Name, Value>,
        failed: impl Iterator<Item = &'a str>,
    ) -> Option<&[usize]> {
        if self.types.is_empty() {
            return None;
        }
        let mut told = self.fields.iter().filter(|field| field.name == "__typename");
        let told = told.find_map(|field| found.get(&field.key));
        let names: Vec<_> = found.keys().map(Name::as_str).chain(failed).collect();
        let has_all = |places: &[usize]| {
            let mut keys = places.iter().map(|place| self.fields[*place].key.as_str());
            names.iter().all(|name| keys.clone().any(|key| key == *name)) && keys.next().is_some()
        };
        let mut types = self.types.iter();
        let known = match told {
            Some(Value::String(told)) => types.find(|(name, _)| name == told),
            _ => types.find(|(_, places)| has_all(places)),
        };
        known.map(|(_, places)| places.as_slice())
    }
}

/// A selection set with the type on which it selects.
type Selected<'a> = (String, &'a SelectionSet);

struct Collected<'a> {
    field: &'a Field,
    ty: &'a Type,
    parent: String,
    places: Vec<Pos>,
    parts: Vec<Selected<'a>>,
}

fn build(outline: &Outline, document: &ExecutableDocument, sets: &[Selected<'_>]) -> ResponseShape {
    let mut collected = Vec::new();
    for (parent, set) in sets {
        collect(outline, document, parent, set, &mut collected);
    }
    let planned = collected.into_iter().map(|field| ShapeField {
        key: field.field.response_key().node.clone(),
        name: field.field.name.node.clone(),
        ty: field.ty.clone(),
        is_composite: outline.is_composite(base_name(field.ty)),
        bytes: bytes_of(outline, &field),
        items: items(outline, &field.parent, field.field, field.ty),
        places: field.places,
        parts: build(outline, document, &field.parts),
    });
    let fields: Vec<_> = planned.collect();
    let index = fields.iter().enumerate();
    let index = index.flat_map(|(index, field)| field.places.iter().map(move |place| (at(*place), index)));
    let index: HashMap<_, _> = index.collect();
    let types = named_types(outline, document, sets);
    let types = types.into_iter().map(|name| {
        let mut keys = IndexMap::new();
        for (_, set) in sets {
            keys_of(outline, document, &name, set, &mut keys);
        }
        let places = keys.values().filter_map(|place| index.get(&at(*place)).copied());
        let places = places.collect();
        (name, places)
    });
    let types = types.collect();
    ResponseShape { fields, types }
}

/// A name with its quotes, its colon and the comma behind its value.
pub(super) const AROUND_A_VALUE: u64 = 4;
/// `null`, or the brackets of a list. Objects count for themselves.
pub(super) const AROUND_PARTS: u64 = 4;

fn bytes_of(outline: &Outline, field: &Collected<'_>) -> u64 {
    let value = match outline.is_composite(base_name(field.ty)) {
        true => AROUND_PARTS,
        false => outline.bounds().bytes(&field.parent, &field.field.name.node, field.ty),
    };
    let name = field.field.response_key().node.len() as u64;
    value.saturating_add(name + AROUND_A_VALUE)
}

fn at(place: Pos) -> (usize, usize) {
    (place.line, place.column)
}

/// The objects that the conditions of a selection on an abstract type name.
fn named_types(outline: &Outline, document: &ExecutableDocument, sets: &[Selected<'_>]) -> Vec<String> {
    let mut names = Vec::new();
    for (parent, set) in sets {
        if outline.is_abstract(parent) {
            conditions(outline, document, set, &mut names);
        }
    }
    names
}

fn conditions(outline: &Outline, document: &ExecutableDocument, set: &SelectionSet, names: &mut Vec<String>) {
    for (condition, set) in fragments(document, set) {
        if let Some(condition) = condition
            && !outline.is_abstract(condition)
            && !names.iter().any(|name| name == condition)
        {
            names.push(condition.to_owned());
        }
        conditions(outline, document, set, names);
    }
}

/// The names of an object's fields in the answer and their places in the document, in the order in which they are
/// collected (GraphQL §6.3.2).
fn keys_of<'a>(
    outline: &Outline,
    document: &'a ExecutableDocument,
    object: &str,
    set: &'a SelectionSet,
    keys: &mut IndexMap<&'a Name, Pos>,
) {
    for item in &set.items {
        if let Selection::Field(field) = &item.node {
            let key = &field.node.response_key().node;
            keys.entry(key).or_insert(field.pos);
        } else if let Some((condition, set)) = fragment(document, &item.node)
            && condition.is_none_or(|condition| outline.is_of(object, condition))
        {
            keys_of(outline, document, object, set, keys);
        }
    }
}

/// A fragment of a selection set: its type condition and its own set.
type Fragment<'a> = (Option<&'a str>, &'a SelectionSet);

fn fragments<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet) -> impl Iterator<Item = Fragment<'a>> {
    set.items.iter().filter_map(|item| fragment(document, &item.node))
}

fn fragment<'a>(document: &'a ExecutableDocument, item: &'a Selection) -> Option<Fragment<'a>> {
    match item {
        Selection::Field(_) => None,
        Selection::InlineFragment(fragment) => {
            let condition = fragment.node.type_condition.as_ref();
            let condition = condition.map(|condition| condition.node.on.node.as_str());
            Some((condition, &fragment.node.selection_set.node))
        }
        Selection::FragmentSpread(spread) => {
            let fragment = document.fragments.get(&spread.node.fragment_name.node)?;
            let condition = fragment.node.type_condition.node.on.node.as_str();
            Some((Some(condition), &fragment.node.selection_set.node))
        }
    }
}

fn collect<'a>(
    outline: &'a Outline,
    document: &'a ExecutableDocument,
    parent: &str,
    set: &'a SelectionSet,
    collected: &mut Vec<Collected<'a>>,
) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => {
                let (place, field) = (field.pos, &field.node);
                let Some(ty) = type_of(outline, parent, field) else {
                    continue;
                };
                let part = (base_name(ty).to_owned(), &field.selection_set.node);
                let key = &field.response_key().node;
                // One name may stand for other fields on other types: each is planned, and only one comes.
                let is_same = |known: &&mut Collected<'_>| {
                    known.field.response_key().node == *key
                        && known.field.name.node == field.name.node
                        && known.ty == ty
                        && arguments(known.field) == arguments(field)
                };
                match collected.iter_mut().find(is_same) {
                    Some(known) => {
                        known.places.push(place);
                        known.parts.push(part);
                    }
                    None => collected.push(Collected {
                        field,
                        ty,
                        parent: parent.to_owned(),
                        places: vec![place],
                        parts: vec![part],
                    }),
                }
            }
            other => {
                if let Some((condition, set)) = fragment(document, other) {
                    collect(outline, document, condition.unwrap_or(parent), set, collected);
                }
            }
        }
    }
}

fn type_of<'a>(outline: &'a Outline, parent: &str, field: &Field) -> Option<&'a Type> {
    match field.name.node.as_str() {
        "__typename" => Some(outline.typename()),
        name => outline.field(parent, name),
    }
}

fn items(outline: &Outline, parent: &str, field: &Field, ty: &Type) -> Items {
    let given = || SIZES.iter().filter_map(|name| amount(field, name)).collect();
    let name = field.name.node.as_str();
    if base_name(ty).ends_with("Connection") {
        return Items::Page(given());
    }
    if !is_list(ty) {
        return Items::One;
    }
    if parent.ends_with("Connection") {
        return Items::OfPage;
    }
    match outline.extent(parent, name) {
        Some(extent) => Items::Told(extent),
        None if outline.is_paged(parent, name) => Items::Given(given()),
        None => Items::Bounded(outline.bounds().entries(parent, name)),
    }
}

fn amount(field: &Field, name: &str) -> Option<Amount> {
    let value = &field.get_argument(name)?.node;
    let mut variable = None;
    let known = value.clone().into_const_with(|name| {
        variable = Some(name);
        Ok::<_, std::convert::Infallible>(Value::Null)
    });
    match (known, variable) {
        // A list has as many entries as are written, whatever they are.
        (Ok(Value::Null), Some(name)) => Some(Amount::Variable(name)),
        (Ok(value), _) => Some(Amount::Value(value)),
    }
}
