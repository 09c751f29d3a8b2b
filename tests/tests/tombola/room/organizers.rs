//! A room always keeps one organizer.

use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene};

use super::soundness::assert_sound;

async fn place_of_creator(scene: &Scene) -> String {
    let document = "query($id: ID!) { room(id: $id) { viewerParticipation { id } } }";
    let answer = scene.creator.run(document, json!({ "id": scene.room })).await;
    answer.text("/room/viewerParticipation/id")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_organizer_cannot_leave_step_down_or_be_removed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    scene.staff("Mona Moderator", "MODERATOR").await;
    let place = place_of_creator(&scene).await;
    for client in [&scene.creator, &scene.admin] {
        for role in ["MODERATOR", "PARTICIPANT", "VIEWER"] {
            let input = json!({ "participantId": place, "role": role });
            let answer = scene
                .world
                .refuses(client, "updateParticipant", input, "CONFLICT", None)
                .await;
            assert!(answer.message().contains("last organizer"), "{}", answer.message());
        }
        let input = json!({ "participantId": place });
        scene
            .world
            .refuses(client, "removeParticipant", input, "CONFLICT", None)
            .await;
    }
    let answer = scene
        .world
        .refuses(
            &scene.creator,
            "leaveRoom",
            json!({ "roomId": scene.room }),
            "CONFLICT",
            None,
        )
        .await;
    assert!(answer.message().contains("ORGANIZER"), "{}", answer.message());

    // What they already are, and their tickets, can be written all the same.
    let input = json!({ "participantId": place, "role": "ORGANIZER", "tickets": 0 });
    let answer = scene
        .creator
        .mutate("updateParticipant", input, "participant { role tickets }")
        .await;
    assert_eq!(answer.number("/updateParticipant/participant/tickets"), 0);
    assert_sound(&scene.world, &scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organizer_who_has_a_colleague_can_go(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let (second, _) = scene.staff("Olga Organizer", "ORGANIZER").await;
    let leave = json!({ "roomId": scene.room });
    let answer = scene
        .creator
        .mutate("leaveRoom", leave.clone(), "participant { id }")
        .await;
    assert!(answer.is_ok(), "{}", answer.body);
    scene.world.refuses(&second, "leaveRoom", leave, "CONFLICT", None).await;
    assert_sound(&scene.world, &scene.room).await;

    // Whoever organized and comes back is a participant like any other.
    let answer = scene
        .creator
        .mutate("joinRoom", json!({ "roomId": scene.room }), "participant { role }")
        .await;
    assert_eq!(answer.text("/joinRoom/participant/role"), "PARTICIPANT");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_organizers_who_go_at_once_exactly_one_may(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values("leave", "demote", "remove", "mixed")] how: &str,
) {
    let scene = Scene::new(database).await;
    for round in 0..5 {
        let room = scene
            .creator
            .active_room(&scene.organization, json!({ "isPublic": true }))
            .await;
        let mut organizers = Vec::new();
        for name in ["First", "Second"] {
            let client = scene.world.user(name).await;
            let input = json!({ "roomId": room, "userId": client.user, "role": "ORGANIZER" });
            let answer = scene
                .creator
                .mutate("addParticipant", input, "participant { id }")
                .await;
            organizers.push((client, answer.text("/addParticipant/participant/id")));
        }
        let leave = json!({ "roomId": room });
        scene
            .creator
            .mutate("leaveRoom", leave.clone(), "participant { id }")
            .await
            .text("/leaveRoom/participant/id");

        let go = |index: usize| {
            let (client, place) = &organizers[index];
            let demote = json!({ "participantId": place, "role": "VIEWER" });
            let way = match (how, index) {
                ("leave", _) | ("mixed", 0) => ("leaveRoom", leave.clone()),
                ("demote", _) => ("updateParticipant", demote),
                ("mixed", _) if round % 2 == 0 => ("updateParticipant", demote),
                _ => ("removeParticipant", json!({ "participantId": place })),
            };
            client.mutate(way.0, way.1, "participant { id }")
        };
        let answers = join_all([go(0), go(1)]).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        let refused = answers.iter().find(|answer| !answer.is_ok()).unwrap();
        refused.assert_refused("CONFLICT");
        assert_sound(&scene.world, &room).await;
    }
}
