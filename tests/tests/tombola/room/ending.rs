//! The end of a room's time: nobody comes by themselves any more.

use chrono::Duration;
use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene};

use super::soundness::assert_sound;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_joins_a_room_from_its_end_on(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(true, false)] is_public: bool,
) {
    let scene = Scene::new(database).await;
    let (world, creator) = (&scene.world, &scene.creator);
    let ends = world.clock.now() + Duration::minutes(5);
    let starts = world.clock.now() + Duration::minutes(4);
    let input = json!({ "isPublic": is_public, "startsAt": starts, "endsAt": ends });
    let room = creator.active_room(&scene.organization, input).await;
    let document = "query($id: ID!) { room(id: $id) { joinCode } }";
    let code = creator
        .run(document, json!({ "id": room }))
        .await
        .text("/room/joinCode");
    let mut ways = vec![json!({ "joinCode": code })];
    if is_public {
        ways.push(json!({ "roomId": room }));
    }

    // Before its start, and in its last moment.
    let left = world.user("Lena Left").await;
    for (person, wait) in [(&left, 0), (&scene.outsider, 299_999)] {
        world.clock.advance(Duration::milliseconds(wait));
        let joined = person
            .mutate("joinRoom", json!({ "joinCode": code }), "__typename")
            .await;
        assert!(joined.is_ok(), "{}", joined.body);
    }
    let leave = left.mutate("leaveRoom", json!({ "roomId": room }), "__typename").await;
    assert!(leave.is_ok(), "{}", leave.body);
    let late = world.user("Lara Late").await;
    for wait in [1, 1, 60_000] {
        world.clock.advance(Duration::milliseconds(wait));
        for input in &ways {
            for person in [&late, &left] {
                let answer = world.refuses(person, "joinRoom", input.clone(), "CONFLICT", None).await;
                assert!(
                    answer.message().contains("2026-06-01T12:05:00.000Z"),
                    "{}",
                    answer.message()
                );
            }
        }
    }

    // Whoever runs the room decides: about one person, or about the time.
    let add = json!({ "roomId": room, "userId": late.user });
    let added = creator.mutate("addParticipant", add, "participant { leftAt }").await;
    assert!(added.is_ok(), "{}", added.body);
    let later = json!({ "roomId": room, "endsAt": ends + Duration::minutes(5) });
    creator
        .mutate("updateRoom", later, "room { endsAt }")
        .await
        .text("/updateRoom/room/endsAt");
    let back = left.mutate("joinRoom", ways[0].clone(), "participant { leftAt }").await;
    assert!(back.is_ok(), "{}", back.body);
    assert_sound(world, &room).await;
}
