//! Times in every argument that takes one: no times, out of range, in the wrong order.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, World};

use super::{arguments::Schema, place::Place};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_time_or_far_away_is_refused_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for argument in Schema::read(world.stranger()).await.arguments("DateTime") {
        for (value, is_time) in [
            (json!("tomorrow"), false),
            (json!(""), false),
            (json!("2026-13-01T00:00:00Z"), false),
            (json!("2026-02-30T00:00:00Z"), false),
            (json!("2026-06-01"), false),
            (json!(1_780_000_000), false),
            (json!("1999-12-31T23:59:59Z"), true),
            (json!("3000-01-01T00:00:00Z"), true),
            (json!("0000-01-01T00:00:00Z"), true),
            (json!("+12026-06-01T00:00:00Z"), false),
            (json!("2026-06-30T23:59:61Z"), false),
        ] {
            let input = argument.put(&place.input(&argument.mutation), value.clone());
            let answer = world
                .refuses(
                    &place.admin,
                    &argument.mutation,
                    input,
                    "VALIDATION",
                    Some(&argument.field),
                )
                .await;
            let advice = if is_time {
                "2000 to 2999"
            } else {
                "2026-12-31T20:00:00Z"
            };
            assert!(answer.message().contains(advice), "{value}: {}", answer.body);
        }
        let leap = argument.put(&place.input(&argument.mutation), json!("2026-06-30T23:59:60Z"));
        let answer = world
            .refuses(
                &place.admin,
                &argument.mutation,
                leap,
                "VALIDATION",
                Some(&argument.field),
            )
            .await;
        assert!(answer.message().contains("leap second"), "{}", answer.body);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_cannot_end_before_it_starts(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    let (start, end) = ("2026-07-01T12:00:00.001Z", "2026-07-01T12:00:00Z");
    for mutation in ["createRoom", "updateRoom"] {
        let mut input = place.input(mutation);
        (input["startsAt"], input["endsAt"]) = (json!(start), json!(end));
        let answer = world
            .refuses(&place.admin, mutation, input, "VALIDATION", Some("endsAt"))
            .await;
        assert!(answer.message().contains("startsAt"), "{}", answer.message());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_end_is_compared_with_the_start_that_is_there(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    let change = async |more: Json| {
        let mut input = json!({ "roomId": place.room });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = place
            .admin
            .mutate("updateRoom", input, "room { startsAt endsAt }")
            .await;
        answer.at("/updateRoom/room").clone()
    };
    change(json!({ "startsAt": "2026-07-01T12:00:00Z" })).await;
    let early = json!({ "roomId": place.room, "endsAt": "2026-07-01T11:59:59Z" });
    world
        .refuses(&place.admin, "updateRoom", early.clone(), "VALIDATION", Some("endsAt"))
        .await;

    // At the same moment is not before; and what is written in another zone is the same moment.
    let room = change(json!({ "endsAt": "2026-07-01T14:00:00.0009+02:00" })).await;
    assert_eq!(room["endsAt"], room["startsAt"]);
    let late = json!({ "roomId": place.room, "startsAt": "2026-07-01T12:00:01Z" });
    world
        .refuses(&place.admin, "updateRoom", late, "VALIDATION", Some("endsAt"))
        .await;

    // Without a start there is nothing to be before.
    let room = change(json!({ "startsAt": null })).await;
    assert_eq!(room["startsAt"], Json::Null);
    change(json!({ "endsAt": "2026-07-01T11:59:59Z" })).await;
    let room = change(json!({ "endsAt": null })).await;
    assert_eq!(room["endsAt"], Json::Null);
}
