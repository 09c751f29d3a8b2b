//! Brings the fields of each object together, as the specification collects them (GraphQL §6.3.2).
//!
//! The executor runs a field once for each time that it is written. A change that is written twice under one name,
//! perhaps by way of a fragment, must be made once; what is read must not be read twice; and a stream inside of a
//! fragment must be found. Fragments on the object's own type move to where they are spread; what stands under a
//! condition or on one type of several stays as it is.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned,
    parser::types::{
        DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType,
        Selection, SelectionSet,
    },
};

use super::{Outline, typing::base_name};
use crate::error::{RequestError, RequestResult};

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Puts fragments where they are spread, and merges what is written twice.
///
/// # Errors
/// `VALIDATION` for a mutation that has two fields of one name which cannot be merged, and for a subscription with
/// other than one field.
pub(super) fn gather(document: &mut ExecutableDocument, outline: &Outline) -> RequestResult<()> {
    let before = spread(document);
    let fragments = std::mem::take(&mut document.fragments);
    let outcome = match &mut document.operations {
        DocumentOperations::Single(operation) => gather_one(&mut operation.node, &fragments, outline),
        DocumentOperations::Multiple(operations) => operations
            .values_mut()
            .try_for_each(|operation| gather_one(&mut operation.node, &fragments, outline)),
    };
    document.fragments = fragments;
    outcome?;
    // A fragment that has moved into a root would be told to be unused.
    let after = spread(document);
    document
        .fragments
        .retain(|name, _| after.contains(name) || !before.contains(name));
    Ok(())
}

fn gather_one(operation: &mut OperationDefinition, fragments: &Fragments, outline: &Outline) -> RequestResult<()> {
    gather_set(
        &mut operation.selection_set.node,
        Outline::root(operation.ty),
        fragments,
        outline,
    );
    match operation.ty {
        OperationType::Query => Ok(()),
        OperationType::Mutation => each_name_once(&operation.selection_set.node, fragments),
        OperationType::Subscription => one_stream(&operation.selection_set.node),
    }
}

fn gather_set(set: &mut SelectionSet, parent: &str, fragments: &Fragments, outline: &Outline) {
    let mut gathered = Vec::new();
    flatten(std::mem::take(&mut set.items), parent, fragments, &mut gathered);
    for item in &mut gathered {
        match &mut item.node {
            Selection::Field(field) => {
                let field = &mut field.node;
                if let Some(ty) = outline.field(parent, &field.name.node) {
                    gather_set(&mut field.selection_set.node, base_name(ty), fragments, outline);
                }
            }
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref();
                let parent =
                    condition.map_or_else(|| parent.to_owned(), |condition| condition.node.on.node.to_string());
                gather_set(&mut fragment.node.selection_set.node, &parent, fragments, outline);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
    set.items = gathered;
}

fn flatten(
    items: Vec<Positioned<Selection>>,
    parent: &str,
    fragments: &Fragments,
    gathered: &mut Vec<Positioned<Selection>>,
) {
    for item in items {
        match &item.node {
            Selection::Field(field) => add(&field.node, &item, gathered),
            Selection::InlineFragment(fragment)
                if fragment.node.directives.is_empty()
                    && fragment
                        .node
                        .type_condition
                        .as_ref()
                        .is_none_or(|condition| condition.node.on.node == parent) =>
            {
                flatten(
                    fragment.node.selection_set.node.items.clone(),
                    parent,
                    fragments,
                    gathered,
                );
            }
            Selection::FragmentSpread(spread) => match fragments.get(&spread.node.fragment_name.node) {
                Some(fragment)
                    if spread.node.directives.is_empty()
                        && fragment.node.directives.is_empty()
                        && fragment.node.type_condition.node.on.node == parent =>
                {
                    flatten(
                        fragment.node.selection_set.node.items.clone(),
                        parent,
                        fragments,
                        gathered,
                    );
                }
                _ => gathered.push(item),
            },
            Selection::InlineFragment(_) => gathered.push(item),
        }
    }
}

/// Adds a field, or its selection to the same field that is there already.
fn add(field: &Field, item: &Positioned<Selection>, gathered: &mut Vec<Positioned<Selection>>) {
    let same = gathered.iter_mut().find_map(|known| match &mut known.node {
        Selection::Field(known) if is_same(&known.node, field) => Some(known),
        _ => None,
    });
    match same {
        Some(known) => {
            let more = field.selection_set.node.items.iter().cloned();
            known.node.selection_set.node.items.extend(more);
        }
        None => gathered.push(item.clone()),
    }
}

fn is_same(one: &Field, other: &Field) -> bool {
    one.response_key().node == other.response_key().node
        && one.name.node == other.name.node
        && one.directives.is_empty()
        && other.directives.is_empty()
        && arguments(one) == arguments(other)
}

/// The arguments by name. Their values are compared as they are: texts of kilobytes would be written out for every pair.
pub(super) fn arguments(field: &Field) -> Vec<(&Name, &impl PartialEq)> {
    let arguments = field.arguments.iter();
    let mut arguments: Vec<_> = arguments.map(|(name, value)| (&name.node, &value.node)).collect();
    arguments.sort_by_key(|(name, _)| *name);
    arguments
}

fn each_name_once(set: &SelectionSet, fragments: &Fragments) -> RequestResult<()> {
    let mut names = Vec::new();
    root_names(set, fragments, &mut names);
    let mut seen = HashSet::new();
    match names.into_iter().find(|name| !seen.insert(name.clone())) {
        None => Ok(()),
        Some(name) => {
            let message = format!(
                "The mutation has two fields named “{name}” in its answer. Give one another name: `other: {name}(…)`."
            );
            Err(RequestError::inexecutable("query", message))
        }
    }
}

fn root_names(set: &SelectionSet, fragments: &Fragments, names: &mut Vec<Name>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => names.push(field.node.response_key().node.clone()),
            Selection::InlineFragment(fragment) => root_names(&fragment.node.selection_set.node, fragments, names),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    root_names(&fragment.node.selection_set.node, fragments, names);
                }
            }
        }
    }
}

/// GraphQL §5.2.3.1: one root field, whatever the variables say.
fn one_stream(set: &SelectionSet) -> RequestResult<()> {
    match set.items.as_slice() {
        [item] if matches!(&item.node, Selection::Field(field) if field.node.directives.is_empty()) => Ok(()),
        _ => Err(RequestError::inexecutable(
            "query",
            "A subscription has exactly one field at its root, without conditions. Send one operation for each stream.",
        )),
    }
}

/// The fragments that operations spread, directly or by way of others.
fn spread(document: &ExecutableDocument) -> HashSet<Name> {
    let mut found = HashSet::new();
    for (_, operation) in document.operations.iter() {
        spread_in(&operation.node.selection_set.node, &document.fragments, &mut found);
    }
    found
}

fn spread_in(set: &SelectionSet, fragments: &Fragments, found: &mut HashSet<Name>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => spread_in(&field.node.selection_set.node, fragments, found),
            Selection::InlineFragment(fragment) => spread_in(&fragment.node.selection_set.node, fragments, found),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if found.insert(name.clone())
                    && let Some(fragment) = fragments.get(name)
                {
                    spread_in(&fragment.node.selection_set.node, fragments, found);
                }
            }
        }
    }
}
