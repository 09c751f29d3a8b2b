//! Introspection answers what graphql-js, the reference implementation, answers to its own query over schema.graphql.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};
use tests::{Database, World};

use super::oracle;

/// Lists of things with names as objects: which comes first says nothing.
fn by_name(value: &mut Json) {
    match value {
        Json::Array(list) => {
            list.iter_mut().for_each(by_name);
            let named = |one: &Json| one["name"].as_str().map(|name| (name.to_owned(), one.clone()));
            if let Some(named) = list.iter().map(named).collect::<Option<Map<_, _>>>() {
                *value = Json::Object(named);
            }
        }
        Json::Object(fields) => fields.values_mut().for_each(by_name),
        _ => {}
    }
}

/// The schema's own part, and of what belongs to GraphQL itself what its edition of September 2025 says: the reference has
/// words of its own, and parts of the next edition.
fn own(schema: &mut Json) {
    for directive in ["deprecated", "include", "oneOf", "skip", "specifiedBy"] {
        let directive = &mut schema["directives"][directive];
        directive["description"].take();
        if let Some(arguments) = directive["args"].as_object_mut() {
            arguments
                .values_mut()
                .for_each(|argument| drop(argument["description"].take()));
        }
        if let Some(locations) = directive["locations"].as_array_mut() {
            locations.retain(|location| location != "DIRECTIVE_DEFINITION");
        }
    }
    let types = schema["types"].as_object_mut().unwrap();
    types.retain(|name, _| !name.starts_with("__"));
    for scalar in ["Boolean", "ID", "Int", "String"] {
        types[scalar]["description"].take();
    }
    // async-graphql lists it in every schema, whether a field has it or not.
    types.remove("Float");
}

/// The parts of two values that differ, by their paths.
fn differences(path: &str, ours: &Json, theirs: &Json, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Json::Object(mine), Json::Object(others)) => {
            let names: BTreeSet<_> = mine.keys().chain(others.keys()).collect();
            for name in names {
                differences(&format!("{path}/{name}"), &ours[name], &theirs[name], found);
            }
        }
        _ if ours == theirs => {}
        _ => found.push(format!("{path}: {ours} is {theirs} there")),
    }
}

/// `clients` in its name: it needs what `make clients` installs.
#[tokio::test]
async fn introspection_is_that_of_the_clients_reference() {
    let world = World::new(Database::Sqlite).await;
    let client = world.stranger();
    let sdl = client.http().get(format!("{}/schema.graphql", client.base()));
    let sdl = sdl.send().await.unwrap().text().await.unwrap();
    let answers =
        tokio::task::spawn_blocking(move || oracle::answers("introspection.mjs", &[json!({ "schema": sdl })]));
    let mut expected: Json = serde_json::from_str(&answers.await.unwrap()[0]).unwrap();
    let answer = client.query(expected["query"].as_str().unwrap()).await;
    let mut ours = answer.at("").clone();
    let mut theirs = expected["data"].take();
    for answer in [&mut ours, &mut theirs] {
        by_name(answer);
        own(&mut answer["__schema"]);
    }
    let mut found = Vec::new();
    differences("", &ours, &theirs, &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
    let schema = &ours["__schema"];
    assert!(schema["description"].is_string(), "{}", schema["description"]);
    assert_eq!(schema["types"]["RoomFilter"]["isOneOf"], false);
    assert!(schema["types"]["DateTime"]["specifiedByURL"].is_string());
}
