//! What the executor answers about the schema, completed as the specification has it (GraphQL, September 2025, §4).

use async_graphql::Value;

use super::response_shape::ResponseShape;

/// The description of the schema's own type, which the executor answers for that of the schema, is replaced by the latter;
/// an interface that implements none has an empty list of them (§4.2.2).
pub(super) fn complete(shape: &ResponseShape, data: &mut Value, description: Option<&str>) {
    let Value::Object(found) = data else { return };
    for field in &shape.fields {
        let Some(value) = found.get_mut(&field.key) else {
            continue;
        };
        match field.name.as_str() {
            "__schema" => {
                describe(&field.parts, value, description);
                types(&field.parts, value);
            }
            "__type" => types(&field.parts, value),
            _ => {}
        }
    }
}

fn describe(shape: &ResponseShape, schema: &mut Value, description: Option<&str>) {
    let Value::Object(found) = schema else { return };
    for field in shape.fields.iter().filter(|field| field.name == "description") {
        if let Some(value) = found.get_mut(&field.key) {
            *value = description.map_or(Value::Null, Value::from);
        }
    }
}

fn types(shape: &ResponseShape, value: &mut Value) {
    let found = match value {
        Value::List(items) => return items.iter_mut().for_each(|item| types(shape, item)),
        Value::Object(found) => found,
        _ => return,
    };
    let mut kinds = shape.fields.iter().filter(|field| field.name == "kind");
    let is_interface =
        kinds.any(|kind| matches!(found.get(&kind.key), Some(Value::Enum(kind)) if *kind == "INTERFACE"));
    for field in &shape.fields {
        match found.get_mut(&field.key) {
            Some(value @ Value::Null) if is_interface && field.name == "interfaces" => *value = Value::List(Vec::new()),
            Some(value) if field.is_composite => types(&field.parts, value),
            _ => {}
        }
    }
}
