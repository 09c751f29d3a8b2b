//! Every mutation argument that takes an id, with a call in which all of them are one's own.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, World};

use super::tenant::{Place, Tenant};
use crate::{catalogue::mutations, relations::schema::Schema};

/// A call and its input; the ids in it are those of a tenant and one of its rooms.
pub(super) struct Call {
    pub(super) mutation: &'static str,
    pub(super) input: Json,
}

/// The value of an id argument for a tenant and one of its rooms.
pub(super) fn id_of(tenant: &Tenant, place: &Place, argument: &str) -> Option<Json> {
    Some(match argument {
        "organizationId" => json!(tenant.organization),
        "appId" => json!(tenant.app),
        "roomId" => json!(place.room),
        "prizeId" => json!(place.prizes[0]),
        "prizeIds" => json!(place.prizes),
        "participantId" => json!(place.participant),
        "winnerId" => json!(place.winner),
        "drawId" | "supersedes" => json!(place.draw),
        "userId" => json!(tenant.admin.user),
        _ => return None,
    })
}

/// One call of every mutation that takes ids.
pub(super) fn calls(tenant: &Tenant, place: &Place) -> Vec<Call> {
    let mut calls = Vec::new();
    for entry in mutations() {
        let Some(mut input) = entry.input else {
            continue;
        };
        let mut takes_ids = false;
        each_id(&mut input, &mut |argument, value| {
            takes_ids = true;
            *value = id_of(tenant, place, argument).unwrap();
        });
        if takes_ids {
            calls.push(Call {
                mutation: entry.name,
                input,
            });
        }
    }
    calls
}

/// Visits every id in an input, those of objects in it too.
pub(super) fn each_id(input: &mut Json, visit: &mut impl FnMut(&str, &mut Json)) {
    match input {
        Json::Object(fields) => {
            for (name, value) in fields {
                if name.ends_with("Id") || name.ends_with("Ids") || name == "supersedes" {
                    visit(name, value);
                } else {
                    each_id(value, visit);
                }
            }
        }
        Json::Array(list) => list.iter_mut().for_each(|value| each_id(value, visit)),
        _ => {}
    }
}

/// Names of the ids in an input.
pub(super) fn ids_in(call: &Call) -> Vec<String> {
    let mut names = Vec::new();
    each_id(&mut call.input.clone(), &mut |name, _| names.push(name.to_owned()));
    names
}

/// Names of the ids that an input object takes, those of objects in it too.
fn ids_of(schema: &Schema, object: &str) -> Vec<String> {
    let mut names = Vec::new();
    for field in &schema.get(object).fields {
        if field.target == "ID" {
            names.push(field.name.clone());
        } else if schema.get(&field.target).kind == "INPUT_OBJECT" {
            names.extend(ids_of(schema, &field.target));
        }
    }
    names
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_id_of_every_mutation_is_in_a_call(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    let tenant = Tenant::with_draws(&world, "one").await;
    let schema = Schema::read(world.stranger()).await;
    let mut wanted = BTreeSet::new();
    for mutation in &schema.get("Mutation").fields {
        for input in mutation.arguments.iter().filter(|argument| argument.name == "input") {
            let ids = ids_of(&schema, &input.target).into_iter();
            wanted.extend(ids.map(|id| (mutation.name.clone(), id)));
        }
        assert!(
            mutation.arguments.iter().all(|argument| argument.name == "input"),
            "{}",
            mutation.name
        );
    }
    let mut found = BTreeSet::new();
    for call in calls(&tenant, &tenant.public) {
        found.extend(ids_in(&call).into_iter().map(|id| (call.mutation.to_owned(), id)));
    }
    assert_eq!(found, wanted);
    assert!(
        schema
            .get("Query")
            .fields
            .iter()
            .all(|field| !field.list || field.name == "nodes")
    );
}
