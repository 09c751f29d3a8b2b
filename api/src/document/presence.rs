//! Objects of which nothing is selected, in the end.
//!
//! The executor answers null for an object whose fields were all skipped, or none of whose fragments is for its type. So
//! what may come out empty gets its type's name under a name that no client can write, and loses it before it is answered.

use async_graphql::{
    Name, Pos, Positioned, Value,
    parser::types::{DocumentOperations, ExecutableDocument, Field, Selection, SelectionSet},
};

use super::response_shape::ResponseShape;

/// Stands for nothing that a document can say.
const MARK: &str = "";

/// Marks every selection of a document that may come out empty. Answers whether there is one.
pub(super) fn mark(document: &mut ExecutableDocument) -> bool {
    let mut is_marked = false;
    match &mut document.operations {
        DocumentOperations::Single(operation) => below(&mut operation.node.selection_set.node, &mut is_marked),
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                below(&mut operation.node.selection_set.node, &mut is_marked);
            }
        }
    }
    for fragment in document.fragments.values_mut() {
        below(&mut fragment.node.selection_set.node, &mut is_marked);
    }
    is_marked
}

fn below(set: &mut SelectionSet, is_marked: &mut bool) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) => {
                let parts = &mut field.node.selection_set.node;
                below(parts, is_marked);
                if may_be_empty(parts) {
                    parts.items.push(marked(item.pos));
                    *is_marked = true;
                }
            }
            Selection::InlineFragment(fragment) => below(&mut fragment.node.selection_set.node, is_marked),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Whether a selection has nothing that is always there.
fn may_be_empty(set: &SelectionSet) -> bool {
    let is_sure = |item: &Selection| matches!(item, Selection::Field(field) if field.node.directives.is_empty());
    !set.items.is_empty() && !set.items.iter().any(|item| is_sure(&item.node))
}

fn marked(place: Pos) -> Positioned<Selection> {
    let field = Field {
        alias: Some(Positioned::new(Name::new(MARK), place)),
        name: Positioned::new(Name::new("__typename"), place),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet::default(), place),
    };
    Positioned::new(Selection::Field(Positioned::new(field, place)), place)
}

/// Takes the marks out of an answer.
pub(super) fn unmark(shape: &ResponseShape, data: &mut Value) {
    let Value::Object(found) = data else { return };
    found.shift_remove(MARK);
    for field in shape.fields.iter().filter(|field| field.is_composite) {
        if let Some(value) = found.get_mut(&field.key) {
            each(&field.parts, value);
        }
    }
}

fn each(shape: &ResponseShape, value: &mut Value) {
    match value {
        Value::List(items) => items.iter_mut().for_each(|item| each(shape, item)),
        other => unmark(shape, other),
    }
}
