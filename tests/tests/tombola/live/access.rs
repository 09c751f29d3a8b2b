//! Who may see a room may follow it, for as long as they may see it.

use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, Scene};

use super::follower::{Follower, change, newest};

/// A private room of the scene's creator, with a participant who came by the join code.
struct Private {
    scene: Scene,
    room: String,
    guest: Client,
    place: String,
}

impl Private {
    async fn new(database: Database) -> Self {
        let scene = Scene::new(database).await;
        let room = scene
            .creator
            .active_room(&scene.organization, json!({ "title": "Private" }))
            .await;
        let document = "query($id: ID!) { room(id: $id) { joinCode } }";
        let code = scene
            .creator
            .run(document, json!({ "id": room }))
            .await
            .text("/room/joinCode");
        let guest = scene.world.user("Gina Guest").await;
        let joined = guest
            .mutate("joinRoom", json!({ "joinCode": code }), "participant { id }")
            .await;
        let place = joined.text("/joinRoom/participant/id");
        Self {
            scene,
            room,
            guest,
            place,
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_room_cannot_be_followed_by_strangers(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let private = Private::new(database).await;
    let scene = &private.scene;
    let draft = scene
        .creator
        .draft_room(&scene.organization, json!({ "isPublic": true }))
        .await;
    for room in [&private.room, &draft] {
        for client in [scene.world.stranger(), &scene.outsider] {
            for after in [None, Some(0)] {
                let mut follower = Follower::events(client, room, after, "sequence").await;
                assert_eq!(follower.end().await, "NOT_FOUND");
                let mut follower = Follower::winners(client, room, after, "sequence").await;
                assert_eq!(follower.end().await, "NOT_FOUND");
            }
        }
        let mut follower = Follower::events(&scene.viewer, room, Some(0), "sequence").await;
        assert_eq!(follower.sequence().await, 1, "members see it");
    }
    let mut follower = Follower::events(scene.world.stranger(), &scene.room, Some(0), "sequence").await;
    assert_eq!(follower.sequence().await, 1, "a public room is for everybody");
    let mut follower = Follower::events(
        scene.world.stranger(),
        "prize_00000000000000000000000000",
        Some(0),
        "sequence",
    )
    .await;
    assert_eq!(follower.end().await, "VALIDATION");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_removed_from_a_private_room_sees_nothing_from_then_on(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let private = Private::new(database).await;
    let (scene, room) = (&private.scene, &private.room);
    let other = scene.world.user("Oskar Other").await;
    let input = json!({ "roomId": room, "userId": other.user });
    scene
        .creator
        .mutate("addParticipant", input, "participant { id }")
        .await
        .at("/addParticipant");
    let last = newest(&private.guest, room).await;
    let mut removed = Follower::events(&private.guest, room, Some(last), "sequence").await;
    let mut stays = Follower::events(&other, room, Some(last), "sequence").await;
    change(&scene.creator, &private.place, 2).await;
    assert_eq!((removed.sequence().await, stays.sequence().await), (last + 1, last + 1));

    let input = json!({ "participantId": private.place });
    scene
        .creator
        .mutate("removeParticipant", input, "participant { id }")
        .await
        .at("/removeParticipant");

    assert_eq!(removed.end().await, "NOT_FOUND");
    let input = json!({ "roomId": room, "title": "Secret" });
    scene
        .creator
        .mutate("updateRoom", input, "room { id }")
        .await
        .at("/updateRoom");
    assert_eq!((stays.sequence().await, stays.sequence().await), (last + 2, last + 3));
    removed.is_silent().await;
    let mut again = Follower::events(&private.guest, room, Some(last), "sequence").await;
    assert_eq!(again.end().await, "NOT_FOUND");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_a_private_room_sees_nothing_from_then_on(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let private = Private::new(database).await;
    let last = newest(&private.guest, &private.room).await;
    let mut follower = Follower::events(&private.guest, &private.room, Some(last), "sequence").await;
    follower.is_silent().await;
    private
        .guest
        .mutate("leaveRoom", json!({ "roomId": private.room }), "participant { id }")
        .await
        .at("/leaveRoom");
    assert_eq!(follower.end().await, "NOT_FOUND");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_turns_private_ends_the_streams_of_strangers(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let last = newest(&scene.outsider, &scene.room).await;
    let mut stranger = Follower::events(scene.world.stranger(), &scene.room, Some(last), "sequence").await;
    let mut winners = Follower::winners(&scene.outsider, &scene.room, Some(last), "sequence").await;
    let mut member = Follower::events(&scene.viewer, &scene.room, Some(last), "sequence").await;
    for follower in [&mut stranger, &mut winners, &mut member] {
        follower.is_silent().await;
    }
    let input = json!({ "roomId": scene.room, "isPublic": false });
    scene
        .creator
        .mutate("updateRoom", input, "room { id }")
        .await
        .at("/updateRoom");
    assert_eq!(stranger.end().await, "NOT_FOUND");
    assert_eq!(winners.end().await, "NOT_FOUND");
    assert_eq!(member.sequence().await, last + 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_room_ends_every_stream(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let last = newest(&scene.outsider, &scene.room).await;
    let mut followers = Vec::new();
    for client in [scene.world.stranger(), &scene.viewer, &scene.creator] {
        followers.push(Follower::events(client, &scene.room, Some(last), "sequence").await);
    }
    let input = json!({ "roomId": scene.room });
    scene
        .creator
        .mutate("cancelRoom", input.clone(), "room { id }")
        .await
        .at("/cancelRoom");
    for follower in &mut followers {
        assert_eq!(follower.sequence().await, last + 1);
        follower.is_silent().await;
    }
    scene
        .creator
        .mutate("deleteRoom", input, "room { id }")
        .await
        .at("/deleteRoom");
    for follower in &mut followers {
        assert_eq!(follower.end().await, "NOT_FOUND");
    }
}
