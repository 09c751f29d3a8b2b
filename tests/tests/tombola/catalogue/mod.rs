//! Every mutation of the schema, once, by area: what the suites that go over all of them have to know of it. A mutation
//! without an entry fails here.

mod draw;
mod identity;
mod mutation;
mod organization;
mod room;

use std::collections::BTreeSet;

use rstest::rstest;
use tests::{Database, World};

pub use mutation::{Mutation, OpenTo};

/// All of them.
pub fn mutations() -> Vec<Mutation> {
    let areas = [
        identity::mutations(),
        organization::mutations(),
        room::mutations(),
        draw::mutations(),
    ];
    areas.into_iter().flatten().collect()
}

/// The entry of one.
pub fn entry(name: &str) -> Mutation {
    let found = mutations().into_iter().find(|entry| entry.name == name);
    found.unwrap_or_else(|| panic!("{name} is not in the catalogue"))
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mutation_is_in_the_catalogue(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    let schema = "{ __schema { mutationType { fields { name } } } }";
    let schema = world.stranger().query(schema).await;
    let fields = schema.list("/__schema/mutationType/fields").iter();
    let all: BTreeSet<_> = fields.map(|field| field["name"].as_str().unwrap().to_owned()).collect();
    let entries: BTreeSet<_> = mutations().iter().map(|entry| entry.name.to_owned()).collect();
    assert_eq!(entries, all, "left: the catalogue; right: the schema");
    assert_eq!(mutations().len(), all.len(), "each once");
}
