//! Variables without a value: an argument or input field that has one counts as left out, in a list it is null (GraphQL
//! §3.10, §3.11, §6.4.1). The executor would take each for null.

use std::collections::HashSet;

use async_graphql::{
    Name, Positioned,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};
use async_graphql_value::Value;

/// Takes variables without a value out of a document that is about to be executed.
pub(super) fn leave_out(document: &mut ExecutableDocument, absent: &HashSet<Name>) {
    use async_graphql::parser::types::DocumentOperations;
    match &mut document.operations {
        DocumentOperations::Single(operation) => in_set(&mut operation.node.selection_set.node, absent),
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                in_set(&mut operation.node.selection_set.node, absent);
            }
        }
    }
    for fragment in document.fragments.values_mut() {
        in_set(&mut fragment.node.selection_set.node, absent);
    }
}

fn in_set(set: &mut SelectionSet, absent: &HashSet<Name>) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) => {
                in_arguments(&mut field.node.arguments, absent);
                in_set(&mut field.node.selection_set.node, absent);
            }
            Selection::InlineFragment(fragment) => in_set(&mut fragment.node.selection_set.node, absent),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn in_arguments(arguments: &mut Vec<(Positioned<Name>, Positioned<Value>)>, absent: &HashSet<Name>) {
    arguments.retain(|(_, value)| !is_absent(&value.node, absent));
    for (_, value) in arguments {
        in_value(&mut value.node, absent);
    }
}

fn in_value(value: &mut Value, absent: &HashSet<Name>) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !is_absent(value, absent));
            fields.values_mut().for_each(|value| in_value(value, absent));
        }
        Value::List(items) => {
            for item in items {
                match is_absent(item, absent) {
                    true => *item = Value::Null,
                    false => in_value(item, absent),
                }
            }
        }
        _ => {}
    }
}

fn is_absent(value: &Value, absent: &HashSet<Name>) -> bool {
    matches!(value, Value::Variable(name) if absent.contains(name))
}
