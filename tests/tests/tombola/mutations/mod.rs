//! What holds for every mutation of the schema. A mutation without a case here fails the first test.

mod arguments;
mod callers;
mod draws;
mod ids;
mod json;
mod names;
mod numbers;
mod place;
mod rooms;
mod texts;
mod times;

use std::collections::BTreeSet;

use rstest::rstest;
use tests::{Database, World};

use arguments::Schema;
use place::Place;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mutation_has_a_case_here(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;

    let schema = Schema::read(world.stranger()).await;

    let cases: BTreeSet<_> = place.inputs().into_keys().map(str::to_owned).collect();
    assert_eq!(cases, schema.mutations(), "left: cases in place.rs; right: the schema");
}
