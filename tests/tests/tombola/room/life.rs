//! The life of a room: DRAFT → ACTIVE → COMPLETED; DRAFT or ACTIVE → CANCELLED; nothing else.

use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, Scene};

use super::soundness::{assert_sound, kinds};

/// The way to each status from a draft.
const WAYS: [(&str, &[&str]); 4] = [
    ("DRAFT", &[]),
    ("ACTIVE", &["openRoom"]),
    ("COMPLETED", &["openRoom", "completeRoom"]),
    ("CANCELLED", &["cancelRoom"]),
];

/// Where each step leads, and whence it may be taken.
const STEPS: [(&str, &str, &[&str]); 3] = [
    ("openRoom", "ACTIVE", &["DRAFT"]),
    ("completeRoom", "COMPLETED", &["ACTIVE"]),
    ("cancelRoom", "CANCELLED", &["DRAFT", "ACTIVE"]),
];

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_from_every_status_is_taken_or_refused_with_both_names(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    for (status, way) in WAYS {
        for (step, next, from) in STEPS {
            let room = scene.creator.draft_room(&scene.organization, json!({})).await;
            let input = json!({ "roomId": room });
            for earlier in way {
                let answer = scene.creator.mutate(earlier, input.clone(), "room { id }").await;
                assert!(answer.is_ok(), "{}", answer.body);
            }
            if from.contains(&status) {
                let answer = scene.creator.mutate(step, input, "room { status }").await;
                assert_eq!(answer.text(&format!("/{step}/room/status")), next);
                let last = kinds(&scene.world, &room).await.pop();
                assert_eq!(last.as_deref(), Some("ROOM_STATUS_CHANGED"), "{status} {step}");
            } else {
                let answer = scene.world.refuses(&scene.creator, step, input, "CONFLICT", None).await;
                let said = answer.message();
                assert!(said.contains(status) && said.contains(next), "{status} {step}: {said}");
            }
            assert_sound(&scene.world, &room).await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_can_be_deleted_in_every_status_but_active(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    for (status, way) in WAYS {
        let room = scene
            .creator
            .draft_room(&scene.organization, json!({ "isPublic": true }))
            .await;
        let input = json!({ "roomId": room });
        for earlier in way {
            scene
                .creator
                .mutate(earlier, input.clone(), "room { id }")
                .await
                .text(&format!("/{earlier}/room/id"));
        }
        if status == "ACTIVE" {
            let answer = scene
                .world
                .refuses(&scene.creator, "deleteRoom", input, "CONFLICT", None)
                .await;
            assert!(answer.message().contains("ACTIVE"), "{}", answer.message());
            continue;
        }
        let answer = scene
            .creator
            .mutate("deleteRoom", input.clone(), "room { status deletedAt }")
            .await;
        assert_eq!(answer.text("/deleteRoom/room/status"), status);
        assert!(answer.at("/deleteRoom/room/deletedAt").is_string());

        // Nobody finds it any more, whoever they are.
        for client in [&scene.creator, &scene.admin, &scene.outsider] {
            let document = "query($id: ID!) { room(id: $id) { id } node(id: $id) { id } rooms { nodes { id } } }";
            let answer = client.run(document, input_id(&room)).await;
            assert_eq!(answer.at("/room"), &Json::Null);
            assert_eq!(answer.at("/node"), &Json::Null);
            assert!(!answer.list("/rooms/nodes").contains(&json!({ "id": room })));
        }
        scene
            .world
            .refuses(&scene.creator, "deleteRoom", input, "NOT_FOUND", Some("roomId"))
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_ends_at_once_a_room_takes_one(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    for _ in 0..5 {
        let room = scene.creator.active_room(&scene.organization, json!({})).await;
        let ends = ["completeRoom", "cancelRoom", "completeRoom", "cancelRoom"].map(|step| {
            let input = json!({ "roomId": room });
            scene.creator.mutate(step, input, "room { status }")
        });
        let answers = join_all(ends).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for refused in answers.iter().filter(|answer| !answer.is_ok()) {
            refused.assert_refused("CONFLICT");
        }
        let changes = kinds(&scene.world, &room).await;
        let changes = changes.iter().filter(|kind| *kind == "ROOM_STATUS_CHANGED");
        assert_eq!(changes.count(), 2, "opened, and ended once");
        assert_sound(&scene.world, &room).await;
    }
}

fn input_id(room: &str) -> Json {
    json!({ "id": room })
}
