//! A room's capacity: exact, whatever comes at once.

use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use tests::{Answer, Database, Scene};

use super::soundness::assert_sound;

fn joined(answers: &[Answer]) -> usize {
    for refused in answers.iter().filter(|answer| !answer.is_ok()) {
        refused.assert_refused("CONFLICT");
    }
    answers.iter().filter(|answer| answer.is_ok()).count()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_joins_at_once_fill_a_room_exactly(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let input = json!({ "isPublic": true, "maxParticipants": 8 });
    let room = scene.creator.active_room(&scene.organization, input).await;
    let mut guests = Vec::new();
    for number in 0..50 {
        guests.push(scene.world.user(&format!("Guest {number}")).await);
    }
    let input = json!({ "roomId": room });
    let joins = guests
        .iter()
        .map(|guest| guest.mutate("joinRoom", input.clone(), "participant { id }"));
    let answers = join_all(joins).await;

    // The organizer has the eighth place.
    assert_eq!(joined(&answers), 7);
    for refused in answers.iter().filter(|answer| !answer.is_ok()) {
        assert!(refused.message().contains("full"), "{}", refused.message());
    }
    let document = "query($id: ID!) { room(id: $id) { participants(first: 100) { totalCount nodes { id } } } }";
    let answer = scene.outsider.run(document, json!({ "id": room })).await;
    assert_eq!(answer.number("/room/participants/totalCount"), 8);
    assert_eq!(answer.list("/room/participants/nodes").len(), 8);
    assert_sound(&scene.world, &room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_room_takes_nobody_until_somebody_leaves(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let input = json!({ "isPublic": true, "maxParticipants": 2 });
    let room = scene.creator.active_room(&scene.organization, input).await;
    let guest = scene.world.user("Gustav Guest").await;
    guest.join(&room).await;

    let input = json!({ "roomId": room });
    let answer = scene
        .world
        .refuses(&scene.outsider, "joinRoom", input.clone(), "CONFLICT", None)
        .await;
    assert!(answer.message().contains("full"), "{}", answer.message());
    let add = json!({ "roomId": room, "userId": scene.outsider.user });
    scene
        .world
        .refuses(&scene.creator, "addParticipant", add, "CONFLICT", None)
        .await;

    guest
        .mutate("leaveRoom", input.clone(), "participant { id }")
        .await
        .text("/leaveRoom/participant/id");
    scene.outsider.join(&room).await;
    // Coming back takes a place like any other.
    scene.world.refuses(&guest, "joinRoom", input, "CONFLICT", None).await;
    assert_sound(&scene.world, &room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capacity_below_those_who_are_there_is_refused(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    scene.participant("Gustav Guest").await;
    scene.participant("Greta Guest").await;
    let input = json!({ "roomId": scene.room, "maxParticipants": 2 });
    let answer = scene
        .world
        .refuses(&scene.creator, "updateRoom", input, "CONFLICT", Some("maxParticipants"))
        .await;
    assert!(answer.message().contains('3'), "{}", answer.message());

    let input = json!({ "roomId": scene.room, "maxParticipants": 3 });
    let answer = scene
        .creator
        .mutate("updateRoom", input, "room { maxParticipants }")
        .await;
    assert_eq!(answer.number("/updateRoom/room/maxParticipants"), 3);
    let input = json!({ "roomId": scene.room });
    scene
        .world
        .refuses(&scene.outsider, "joinRoom", input, "CONFLICT", None)
        .await;
    // Those who left do not count.
    let input = json!({ "roomId": scene.room, "maxParticipants": null });
    scene
        .creator
        .mutate("updateRoom", input, "room { id }")
        .await
        .text("/updateRoom/room/id");
    scene.outsider.join(&scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capacity_that_shrinks_while_people_join_is_never_exceeded(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    for _ in 0..4 {
        let room = scene
            .creator
            .active_room(&scene.organization, json!({ "isPublic": true }))
            .await;
        let mut guests = Vec::new();
        for number in 0..8 {
            guests.push(scene.world.user(&format!("Guest {number}")).await);
        }
        let input = json!({ "roomId": room });
        let joins = guests
            .iter()
            .map(|guest| guest.mutate("joinRoom", input.clone(), "participant { id }"));
        let shrink = json!({ "roomId": room, "maxParticipants": 4 });
        let shrink = scene.creator.mutate("updateRoom", shrink, "room { id }");
        let (answers, shrunk) = tokio::join!(join_all(joins), shrink);

        let present = joined(&answers) + 1;
        if shrunk.is_ok() {
            assert!(present <= 4, "{present} are in a room for 4");
        } else {
            shrunk.assert_refused_for("CONFLICT", "maxParticipants");
            assert_eq!(present, 9);
        }
        assert_sound(&scene.world, &room).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_who_joins_many_times_at_once_gets_one_place(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let input = json!({ "roomId": scene.room });
    let at_once = || (0..20).map(|_| scene.outsider.mutate("joinRoom", input.clone(), "participant { id }"));
    assert_eq!(joined(&join_all(at_once()).await), 1);
    assert_sound(&scene.world, &scene.room).await;

    scene
        .outsider
        .mutate("leaveRoom", input.clone(), "participant { id }")
        .await
        .text("/leaveRoom/participant/id");
    assert_eq!(joined(&join_all(at_once()).await), 1, "coming back is once too");
    assert_sound(&scene.world, &scene.room).await;
}
