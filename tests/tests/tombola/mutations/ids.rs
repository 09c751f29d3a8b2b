//! Ids in every argument that takes one: malformed, of another kind, unknown.

use entity::id::format as id_text;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};
use tests::{Database, World};

use super::{
    arguments::{Argument, Schema},
    place::Place,
};

/// What an argument's good value is.
fn good(place: &Place, argument: &Argument) -> String {
    let value = argument.value_in(&place.input(&argument.mutation));
    let value = match value {
        Json::Null if argument.field == "appId" => json!(place.app),
        value => value,
    };
    value
        .as_str()
        .unwrap_or_else(|| panic!("{argument:?} has no good value"))
        .to_owned()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_id_is_refused_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;

    for argument in Schema::read(world.stranger()).await.arguments("ID") {
        let good = good(&place, &argument);
        let (prefix, rest) = good.rsplit_once('_').unwrap();
        let malformed = [
            json!(""),
            json!("1"),
            json!(7),
            json!(rest),
            json!(format!("{prefix}_")),
            json!(format!("{good}0")),
            json!(format!(" {good}")),
            json!(good.to_uppercase()),
            json!(format!("{prefix}_8{}", &rest[1..])),
            json!("0197a2b0-0000-7000-8000-000000000000"),
        ];
        for id in malformed {
            let input = argument.put(&place.input(&argument.mutation), id.clone());
            let answer = world
                .refuses(
                    &place.admin,
                    &argument.mutation,
                    input,
                    "VALIDATION",
                    Some(&argument.field),
                )
                .await;
            let said = answer.message();
            assert!(said.contains(&format!("{prefix}_")), "{argument:?} = {id}: {said}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_another_kind_is_refused_in_every_argument_and_both_kinds_are_named(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    let kinds = [
        &place.organization,
        &place.app,
        &place.room,
        &place.prizes[0],
        &place.lucky,
        &place.winner,
        &place.draws.open,
        &place.guest.user,
    ];

    for argument in Schema::read(world.stranger()).await.arguments("ID") {
        let good = good(&place, &argument);
        let wanted = good.split('_').next().unwrap();
        for other in kinds.iter().filter(|id| !id.starts_with(wanted)) {
            let input = argument.put(&place.input(&argument.mutation), json!(other));
            let answer = world
                .refuses(
                    &place.admin,
                    &argument.mutation,
                    input,
                    "VALIDATION",
                    Some(&argument.field),
                )
                .await;
            let (said, found) = (answer.message(), other.split('_').next().unwrap());
            assert!(said.contains(wanted) && said.contains(found), "{argument:?}: {said}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_id_is_refused_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;

    for argument in Schema::read(world.stranger()).await.arguments("ID") {
        let good = good(&place, &argument);
        let unknown = id_text(good.split('_').next().unwrap(), uuid::Uuid::now_v7());
        let input = argument.put(&place.input(&argument.mutation), json!(unknown));
        let (code, field) = argument.code_and_field_of_unknown();
        world
            .refuses(&place.admin, &argument.mutation, input, code, Some(field))
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_thing_is_as_unknown_as_one_that_never_was(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    let room = json!({ "roomId": place.room });
    place
        .admin
        .mutate("cancelRoom", room.clone(), "room { id }")
        .await
        .text("/cancelRoom/room/id");
    place
        .admin
        .mutate("deleteRoom", room, "room { id }")
        .await
        .text("/deleteRoom/room/id");
    // A room that has had draws is not deleted by any call.
    let sql = "UPDATE rooms SET deleted_at = created_at WHERE deleted_at IS NULL";
    world.db.execute_unprepared(sql).await.unwrap();

    let of_room: Vec<_> = Schema::read(world.stranger())
        .await
        .arguments("ID")
        .into_iter()
        .filter(|argument| {
            ["roomId", "prizeId", "participantId", "winnerId", "drawId", "supersedes"]
                .contains(&argument.field.as_str())
        })
        .collect();
    assert!(of_room.len() > 22, "{of_room:?}");
    for argument in of_room {
        let input = argument.put(&place.input(&argument.mutation), json!(good(&place, &argument)));
        world
            .refuses(&place.admin, &argument.mutation, input, "NOT_FOUND", None)
            .await;
    }
}
