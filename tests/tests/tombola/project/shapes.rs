//! What is told together can be selected together.

use std::collections::BTreeMap;

use api::schema;
use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};

/// A type of the schema.
struct Object {
    name: String,
    interfaces: Vec<String>,
    /// Names and types.
    fields: Vec<(String, String)>,
}

fn objects() -> Vec<Object> {
    let document = parse_schema(schema::schema().sdl()).unwrap();
    let mut objects = Vec::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let name = definition.node.name.node.to_string();
        if let TypeKind::Object(object) = definition.node.kind {
            let interfaces = object.implements.iter().map(|name| name.node.to_string());
            let fields = object.fields.iter().map(|field| &field.node);
            let fields = fields.map(|field| (field.name.node.to_string(), field.ty.node.to_string()));
            objects.push(Object {
                name,
                interfaces: interfaces.collect(),
                fields: fields.collect(),
            });
        }
    }
    objects
}

/// A client that selects the same name on several kinds of events would have to give it aliases otherwise (GraphQL §5.3.2
/// SameResponseShape).
#[test]
fn one_field_name_has_one_type_in_all_events() {
    let mut types: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    let mut events = 0;
    for Object {
        name,
        interfaces,
        fields,
    } in objects()
    {
        if !interfaces.iter().any(|interface| interface == "RoomEvent") {
            continue;
        }
        events += 1;
        for (field, ty) in fields {
            types
                .entry(field)
                .or_default()
                .entry(ty)
                .or_default()
                .push(name.clone());
        }
    }
    assert!(events > 5, "the events are found");
    types.retain(|_, types| types.len() > 1);
    assert!(types.is_empty(), "fields of one name and several types: {types:#?}");
}
