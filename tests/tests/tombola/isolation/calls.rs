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
        "userId" => json!(tenant.admin.user),
        _ => return None,
    })
}

/// One call of every mutation that takes ids.
pub(super) fn calls(tenant: &Tenant, place: &Place) -> Vec<Call> {
    let bodies = [
        ("addParticipant", json!({ "roomId": 0, "userId": 0 })),
        ("awardPrize", json!({ "prizeId": 0, "participantId": 0 })),
        ("cancelRoom", json!({ "roomId": 0 })),
        ("completeRoom", json!({ "roomId": 0 })),
        ("createPrize", json!({ "roomId": 0, "name": "Cross prize" })),
        (
            "createRoom",
            json!({ "organizationId": 0, "appId": 0, "title": "Cross room" }),
        ),
        ("deactivateApp", json!({ "appId": 0 })),
        ("deletePrize", json!({ "prizeId": 0 })),
        ("deleteRoom", json!({ "roomId": 0 })),
        ("joinRoom", json!({ "roomId": 0 })),
        ("leaveRoom", json!({ "roomId": 0 })),
        ("openRoom", json!({ "roomId": 0 })),
        ("regenerateAppSecret", json!({ "appId": 0 })),
        (
            "registerApp",
            json!({ "organizationId": 0, "name": "Cross app", "manifest": {} }),
        ),
        ("removeParticipant", json!({ "participantId": 0 })),
        ("reorderPrizes", json!({ "roomId": 0, "prizeIds": 0 })),
        ("revokeWinner", json!({ "winnerId": 0, "reason": "cross" })),
        ("updateApp", json!({ "appId": 0, "name": "Cross name" })),
        ("updateParticipant", json!({ "participantId": 0, "tickets": 9 })),
        ("updatePrize", json!({ "prizeId": 0, "name": "Cross name" })),
        ("updateRoom", json!({ "roomId": 0, "appId": 0, "title": "Cross title" })),
    ];
    let filled = bodies.into_iter().map(|(mutation, mut input)| {
        for (argument, value) in input.as_object_mut().unwrap() {
            if let Some(id) = id_of(tenant, place, argument) {
                *value = id;
            }
        }
        Call { mutation, input }
    });
    filled.collect()
}

/// Names of the ids in an input.
pub(super) fn ids_in(call: &Call) -> Vec<String> {
    let names = call.input.as_object().unwrap().keys();
    names
        .filter(|name| name.ends_with("Id") || name.ends_with("Ids"))
        .cloned()
        .collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_id_of_every_mutation_is_in_a_call(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    let tenant = Tenant::new(&world, "one").await;
    let schema = Schema::read(world.stranger()).await;
    let mut wanted = BTreeSet::new();
    for mutation in &schema.get("Mutation").fields {
        for input in mutation.arguments.iter().filter(|argument| argument.name == "input") {
            let ids = schema
                .get(&input.target)
                .fields
                .iter()
                .filter(|field| field.target == "ID");
            wanted.extend(ids.map(|field| (mutation.name.clone(), field.name.clone())));
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
