//! Introspection answers what graphql-js, the reference implementation, answers to its own query over schema.graphql.

use serde_json::{Value as Json, json};
use tests::{Database, World};

use super::oracle;

/// Lists of things with names, in the order of their names: which comes first says nothing.
fn sorted(value: &mut Json) {
    match value {
        Json::Array(list) => {
            list.iter_mut().for_each(sorted);
            list.sort_by_key(|one| one["name"].as_str().map(str::to_owned));
        }
        Json::Object(fields) => fields.values_mut().for_each(sorted),
        _ => {}
    }
}

/// The parts of two values that differ, by their paths.
fn differences(path: &str, ours: &Json, theirs: &Json, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Json::Object(mine), Json::Object(others)) if mine.keys().eq(others.keys()) => {
            for (name, value) in mine {
                differences(&format!("{path}/{name}"), value, &others[name], found);
            }
        }
        (Json::Array(mine), Json::Array(others)) if mine.len() == others.len() => {
            for (value, other) in mine.iter().zip(others) {
                let name = value["name"].as_str().unwrap_or("-");
                differences(&format!("{path}/{name}"), value, other, found);
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
    sorted(&mut ours);
    sorted(&mut theirs);
    let mut found = Vec::new();
    differences("", &ours, &theirs, &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
    let schema = &ours["__schema"];
    assert!(schema["description"].is_string(), "{}", schema["description"]);
    let of = |name: &str| {
        let mut types = schema["types"].as_array().unwrap().iter();
        types.find(|one| one["name"] == name).unwrap()
    };
    assert_eq!(of("RoomFilter")["isOneOf"], false);
    assert!(of("DateTime")["specifiedByURL"].is_string());
}
