//! Every mutation argument that takes an id, with a call in which all of them are one's own.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, World};

use super::tenant::{Place, Tenant};
use crate::relations::schema::Schema;

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
    let bodies = [
        ("addParticipant", json!({ "roomId": 0, "userId": 0 })),
        ("approveDraw", json!({ "drawId": 0 })),
        ("awardPrize", json!({ "prizeId": 0, "participantId": 0 })),
        ("cancelRoom", json!({ "roomId": 0 })),
        ("claimPrize", json!({ "winnerId": 0 })),
        ("completeRoom", json!({ "roomId": 0 })),
        (
            "createDraw",
            json!({ "roomId": 0, "supersedes": 0, "policy": { "level": "L0", "prizes": [{ "prizeId": 0 }] } }),
        ),
        ("createPrize", json!({ "roomId": 0, "name": "Cross prize" })),
        (
            "createRoom",
            json!({ "organizationId": 0, "appId": 0, "title": "Cross room" }),
        ),
        ("deactivateApp", json!({ "appId": 0 })),
        ("declinePrize", json!({ "winnerId": 0 })),
        ("deletePrize", json!({ "prizeId": 0 })),
        ("deleteRoom", json!({ "roomId": 0 })),
        ("disqualifyWinner", json!({ "winnerId": 0, "reason": "cross" })),
        (
            "excludeFromDraw",
            json!({ "drawId": 0, "participantId": 0, "reason": "cross" }),
        ),
        ("freezeDraw", json!({ "drawId": 0 })),
        ("joinRoom", json!({ "roomId": 0 })),
        ("leaveRoom", json!({ "roomId": 0 })),
        ("openRoom", json!({ "roomId": 0 })),
        (
            "provideDrawEntropy",
            json!({ "drawId": 0, "dice": "3141526535246132651423561" }),
        ),
        ("regenerateAppSecret", json!({ "appId": 0 })),
        (
            "registerApp",
            json!({ "organizationId": 0, "name": "Cross app", "manifest": {} }),
        ),
        ("removeParticipant", json!({ "participantId": 0 })),
        ("reorderPrizes", json!({ "roomId": 0, "prizeIds": 0 })),
        ("revokeWinner", json!({ "winnerId": 0, "reason": "cross" })),
        ("runDraw", json!({ "drawId": 0 })),
        ("updateApp", json!({ "appId": 0, "name": "Cross name" })),
        ("updateParticipant", json!({ "participantId": 0, "tickets": 9 })),
        ("updatePrize", json!({ "prizeId": 0, "name": "Cross name" })),
        ("updateRoom", json!({ "roomId": 0, "appId": 0, "title": "Cross title" })),
        ("voidDraw", json!({ "drawId": 0, "reason": "cross" })),
    ];
    let filled = bodies.into_iter().map(|(mutation, mut input)| {
        each_id(&mut input, &mut |argument, value| {
            *value = id_of(tenant, place, argument).unwrap();
        });
        Call { mutation, input }
    });
    filled.collect()
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
