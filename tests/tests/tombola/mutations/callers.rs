//! Who may not call which mutation: strangers, people who are nowhere, and the ADMIN of another organization.

use rstest::rstest;
use serde_json::json;
use tests::{Database, World};

use super::{
    arguments::Schema,
    place::{Place, call},
};
use crate::catalogue::{OpenTo, mutations};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_may_call_no_mutation_but_those_that_sign_in(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(true, false)] is_public: bool,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, is_public).await;

    for entry in mutations().iter().filter(|entry| entry.open_to != OpenTo::Strangers) {
        let mutation = entry.name;
        let input = place.optional_input(mutation);
        let before = world.dump().await;
        let answer = call(world.stranger(), mutation, input).await;
        assert_eq!(answer.code(), Some("UNAUTHENTICATED"), "{mutation}: {}", answer.body);
        assert!(answer.message().contains("Sign in"), "{mutation}: {}", answer.body);
        assert_eq!(world.dump().await, before, "{mutation} changed something");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outsider_may_call_no_mutation_on_a_private_room_and_does_not_learn_that_it_exists(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, false).await;
    let rival = Place::set(&world, true).await.admin;

    for entry in mutations() {
        if matches!(entry.open_to, OpenTo::Strangers | OpenTo::Oneself) {
            continue;
        }
        let mutation = entry.name;
        for outsider in [&place.guest, &rival] {
            let answer = world
                .refuses(outsider, mutation, place.input(mutation), "NOT_FOUND", None)
                .await;
            let said = answer.message();
            assert!(said.starts_with("There is no such"), "{mutation}: {said}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outsider_may_call_no_mutation_on_a_public_room_but_join_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    let rival = Place::set(&world, true).await.admin;

    for entry in mutations() {
        let OpenTo::Roles(code) = entry.open_to else {
            continue;
        };
        let mutation = entry.name;
        for outsider in [&place.guest, &rival] {
            world
                .refuses(outsider, mutation, place.input(mutation), code, None)
                .await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_argument_takes_the_id_of_another_organization_s_thing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(true, false)] is_public: bool,
) {
    let world = World::new(database).await;
    let theirs = Place::set(&world, is_public).await;
    let own = Place::set(&world, true).await;

    for argument in Schema::read(world.stranger()).await.arguments("ID") {
        let name = format!("{}.{}", argument.mutation, argument.field);
        match name.as_str() {
            // Everybody with an account can be brought into a room, and everybody can join a public one.
            "addParticipant.userId" => continue,
            "joinRoom.roomId" | "leaveRoom.roomId" if is_public => continue,
            _ => {}
        }
        let mut foreign = argument.value_in(&theirs.input(&argument.mutation));
        if foreign.is_null() {
            foreign = json!(theirs.app);
        }
        let input = argument.put(&own.input(&argument.mutation), foreign);
        let before = world.dump().await;
        let answer = call(&own.admin, &argument.mutation, Some(input)).await;
        let code = answer.code().unwrap_or("nothing");
        let refused = ["NOT_FOUND", "FORBIDDEN", "VALIDATION"].contains(&code);
        assert!(refused, "{name}: {}", answer.body);
        assert_eq!(world.dump().await, before, "{name} changed something");
    }
}
