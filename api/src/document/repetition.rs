//! Fields that stand twice in one input object (GraphQL §5.6.3). `apollo-compiler` keeps both, and the executor takes the
//! second.

use apollo_compiler::{
    ExecutableDocument, Node,
    ast::Value,
    executable::{Argument, DirectiveList, Selection, SelectionSet},
};

/// The first input field of a document that stands twice.
pub(super) fn find(document: &ExecutableDocument) -> Option<String> {
    let operations = document.operations.iter().map(|operation| &operation.selection_set);
    let fragments = document.fragments.values().map(|fragment| &fragment.selection_set);
    let values = document.operations.iter().flat_map(|operation| &operation.variables);
    let mut values = values.filter_map(|variable| variable.default_value.as_deref());
    values
        .find_map(in_value)
        .or_else(|| operations.chain(fragments).find_map(in_set))
}

fn in_set(set: &SelectionSet) -> Option<String> {
    set.selections.iter().find_map(|selection| match selection {
        Selection::Field(field) => in_arguments(&field.arguments)
            .or_else(|| in_directives(&field.directives))
            .or_else(|| in_set(&field.selection_set)),
        Selection::FragmentSpread(spread) => in_directives(&spread.directives),
        Selection::InlineFragment(fragment) => {
            in_directives(&fragment.directives).or_else(|| in_set(&fragment.selection_set))
        }
    })
}

fn in_directives(directives: &DirectiveList) -> Option<String> {
    directives
        .iter()
        .find_map(|directive| in_arguments(&directive.arguments))
}

fn in_arguments(arguments: &[Node<Argument>]) -> Option<String> {
    arguments.iter().find_map(|argument| in_value(&argument.value))
}

fn in_value(value: &Value) -> Option<String> {
    match value {
        Value::List(items) => items.iter().find_map(|item| in_value(item)),
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.iter().map(|(name, _)| name).collect();
            names.sort();
            let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
            twice
                .map(|pair| pair[0].to_string())
                .or_else(|| fields.iter().find_map(|(_, value)| in_value(value)))
        }
        _ => None,
    }
}
