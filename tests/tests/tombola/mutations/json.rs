//! JSON in every argument that takes it: no object, too large, with U+0000.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, World};

use super::{
    arguments::{Argument, Schema},
    place::Place,
};

/// Bytes of the compact text at most.
const LIMIT: usize = 16 * 1024;

/// An object whose compact text has this many bytes.
fn of_size(bytes: usize) -> Json {
    let object = json!({ "text": "x".repeat(bytes - json!({ "text": "" }).to_string().len()) });
    assert_eq!(object.to_string().len(), bytes);
    object
}

async fn refused(world: &World, place: &Place, argument: &Argument, value: Json) -> String {
    let input = argument.put(&place.input(&argument.mutation), value);
    let answer = world
        .refuses(
            &place.admin,
            &argument.mutation,
            input,
            "VALIDATION",
            Some(&argument.field),
        )
        .await;
    answer.message().to_owned()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_that_is_no_object_is_refused_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for argument in Schema::read(world.stranger()).await.arguments("JSON") {
        for value in [json!([]), json!([{}]), json!("{}"), json!(1), json!(true), json!("")] {
            let said = refused(&world, &place, &argument, value).await;
            assert!(said.contains("object"), "{argument:?}: {said}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_over_its_size_limit_is_refused_in_every_argument_and_json_at_it_is_not(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for argument in Schema::read(world.stranger()).await.arguments("JSON") {
        let said = refused(&world, &place, &argument, of_size(LIMIT + 1)).await;
        assert!(said.contains(&LIMIT.to_string()), "{argument:?}: {said}");
        // Bytes, not characters.
        let wide = json!({ "text": "é".repeat(LIMIT / 2) });
        refused(&world, &place, &argument, wide).await;

        let input = argument.put(&place.input(&argument.mutation), of_size(LIMIT));
        let answer = place.admin.mutate(&argument.mutation, input, "__typename").await;
        assert!(answer.is_ok(), "{argument:?}: {}", answer.body);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_with_the_character_nul_is_refused_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for argument in Schema::read(world.stranger()).await.arguments("JSON") {
        for value in [
            json!({ "text": "\0" }),
            json!({ "a\0b": 1 }),
            json!({ "list": [1, { "deep": ["x\0"] }] }),
        ] {
            let said = refused(&world, &place, &argument, value).await;
            assert!(said.contains("U+0000"), "{argument:?}: {said}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_that_nests_too_deep_is_refused_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({ "in": inner }));
    for argument in Schema::read(world.stranger()).await.arguments("JSON") {
        let said = refused(&world, &place, &argument, nested(33)).await;
        assert!(said.contains("32"), "{argument:?}: {said}");
        let input = argument.put(&place.input(&argument.mutation), nested(32));
        let answer = place.admin.mutate(&argument.mutation, input, "__typename").await;
        assert!(answer.is_ok(), "{argument:?}: {}", answer.body);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_comes_back_as_it_went_in(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    let kept = json!({
        "text": "Ünï \\ \"quoted\" 🎉 \u{1}", "": null, "number": -1.5, "large": 9_007_199_254_740_993_i64,
        "list": [1, [], {}], "nested": { "yes": true },
    });
    let input = json!({ "prizeId": place.prizes[0], "metadata": kept });
    let answer = place.admin.mutate("updatePrize", input, "prize { metadata }").await;
    assert_eq!(answer.at("/updatePrize/prize/metadata"), &kept);
    let document = "query($id: ID!) { node(id: $id) { ... on Prize { metadata } } }";
    let answer = place.admin.run(document, json!({ "id": place.prizes[0] })).await;
    assert_eq!(answer.at("/node/metadata"), &kept);
}
