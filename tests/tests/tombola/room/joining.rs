//! Coming into a room, and everything that keeps someone out.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene};

use super::soundness::assert_sound;

async fn code_of(scene: &Scene, room: &str) -> String {
    let document = "query($id: ID!) { room(id: $id) { joinCode } }";
    scene
        .creator
        .run(document, json!({ "id": room }))
        .await
        .text("/room/joinCode")
}

async fn join(client: &Client, input: Json) -> Json {
    let selection = "participant { id role tickets joinedAt leftAt room { id } user { id } }";
    let answer = client.mutate("joinRoom", input, selection).await;
    answer.at("/joinRoom/participant").clone()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_can_join_a_public_room_by_its_id(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let place = join(&scene.outsider, json!({ "roomId": scene.room })).await;
    assert_eq!(place["role"], "PARTICIPANT");
    assert_eq!(place["tickets"], 1);
    assert_eq!(place["leftAt"], Json::Null);
    assert_eq!(place["room"]["id"], json!(scene.room));
    assert_eq!(place["user"]["id"], json!(scene.outsider.user));
    assert_sound(&scene.world, &scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_knows_the_code_can_join_a_private_room_however_they_type_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let room = scene.creator.active_room(&scene.organization, json!({})).await;
    let code = code_of(&scene, &room).await;
    // Letters that look like digits stand for them.
    let misread = code.replace('0', "o").replace('1', "L");
    for typed in [
        code.clone(),
        code.to_lowercase(),
        format!("{}-{}", &code[..4], &code[4..]),
        format!("  {} {} ", &code[..3], &code[3..]),
        misread,
    ] {
        let guest = scene.world.user("Gustav Guest").await;
        let place = join(&guest, json!({ "joinCode": typed })).await;
        assert_eq!(place["room"]["id"], json!(room), "{typed}");
    }
    assert_sound(&scene.world, &room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_twice_is_a_conflict(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let (guest, _) = scene.participant("Gustav Guest").await;
    let code = code_of(&scene, &scene.room).await;
    for input in [json!({ "roomId": scene.room }), json!({ "joinCode": code })] {
        let answer = scene
            .world
            .refuses(&guest, "joinRoom", input.clone(), "CONFLICT", None)
            .await;
        assert!(answer.message().contains("already"), "{}", answer.message());
        scene
            .world
            .refuses(&scene.creator, "joinRoom", input, "CONFLICT", None)
            .await;
    }
    let add = json!({ "roomId": scene.room, "userId": guest.user });
    scene
        .world
        .refuses(&scene.creator, "addParticipant", add, "CONFLICT", None)
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_is_not_active_cannot_be_joined(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(true, false)] is_public: bool,
) {
    let scene = Scene::new(database).await;
    for (status, steps) in [
        ("DRAFT", &[] as &[&str]),
        ("COMPLETED", &["openRoom", "completeRoom"]),
        ("CANCELLED", &["openRoom", "cancelRoom"]),
    ] {
        let room = scene
            .creator
            .draft_room(&scene.organization, json!({ "isPublic": is_public }))
            .await;
        let code = code_of(&scene, &room).await;
        for step in steps {
            scene
                .creator
                .mutate(step, json!({ "roomId": room }), "room { id }")
                .await
                .text(&format!("/{step}/room/id"));
        }
        let (by_id, by_code) = (json!({ "roomId": room }), json!({ "joinCode": code }));
        let refuses = async |client: &Client, input: &Json, code: &'static str| {
            let answer = scene.world.refuses(client, "joinRoom", input.clone(), code, None).await;
            let said = answer.message().to_owned();
            assert!(
                code != "CONFLICT" || (said.contains(status) && said.contains("ACTIVE")),
                "{said}"
            );
        };
        match (status, is_public) {
            // A draft is there for members only; its code opens nothing yet.
            ("DRAFT", _) => {
                refuses(&scene.outsider, &by_id, "NOT_FOUND").await;
                refuses(&scene.outsider, &by_code, "NOT_FOUND").await;
                refuses(&scene.viewer, &by_code, "NOT_FOUND").await;
                refuses(&scene.viewer, &by_id, if is_public { "CONFLICT" } else { "FORBIDDEN" }).await;
            }
            (_, true) => {
                refuses(&scene.outsider, &by_id, "CONFLICT").await;
                refuses(&scene.outsider, &by_code, "CONFLICT").await;
            }
            (_, false) => {
                refuses(&scene.outsider, &by_id, "NOT_FOUND").await;
                refuses(&scene.outsider, &by_code, "CONFLICT").await;
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_room_cannot_be_joined_by_its_id(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let room = scene.creator.active_room(&scene.organization, json!({})).await;
    let input = json!({ "roomId": room });
    scene
        .world
        .refuses(&scene.outsider, "joinRoom", input.clone(), "NOT_FOUND", Some("roomId"))
        .await;
    // A member sees the room, and is told what it takes.
    let answer = scene
        .world
        .refuses(&scene.viewer, "joinRoom", input, "FORBIDDEN", None)
        .await;
    assert!(answer.message().contains("join code"), "{}", answer.message());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_code_opens_nothing(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let code = code_of(&scene, &scene.room).await;
    let other = if code.starts_with('Z') { "Y" } else { "Z" };
    let unknown = format!("{other}{}", &code[1..]);
    let input = json!({ "joinCode": unknown });
    scene
        .world
        .refuses(&scene.outsider, "joinRoom", input, "NOT_FOUND", Some("joinCode"))
        .await;
    for malformed in [
        "",
        "1234567",
        "123456789",
        "ABCDEFGU",
        "'; DROP --",
        "ÄÖÜÄÖÜÄÖ",
        "%%%%%%%%",
        "________",
    ] {
        let input = json!({ "joinCode": malformed });
        let answer = scene
            .world
            .refuses(&scene.outsider, "joinRoom", input, "VALIDATION", Some("joinCode"))
            .await;
        assert!(
            answer.message().contains("8 letters and digits"),
            "{}",
            answer.message()
        );
    }
    let document = "query($code: String!) { roomByJoinCode(joinCode: $code) { id } }";
    let answer = scene.outsider.run(document, json!({ "code": unknown })).await;
    answer.assert_refused_for("NOT_FOUND", "joinCode");
    let answer = scene.outsider.run(document, json!({ "code": "x" })).await;
    answer.assert_refused_for("VALIDATION", "joinCode");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_named_in_exactly_one_way(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let code = code_of(&scene, &scene.room).await;
    for input in [
        json!({}),
        json!({ "roomId": null, "joinCode": null }),
        json!({ "roomId": scene.room, "joinCode": code }),
    ] {
        let answer = scene
            .world
            .refuses(&scene.outsider, "joinRoom", input, "VALIDATION", Some("roomId"))
            .await;
        assert!(answer.message().contains("joinCode"), "{}", answer.message());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_code_of_a_deleted_room_opens_nothing(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let room = scene.creator.active_room(&scene.organization, json!({})).await;
    let code = code_of(&scene, &room).await;
    for step in ["cancelRoom", "deleteRoom"] {
        scene
            .creator
            .mutate(step, json!({ "roomId": room }), "room { id }")
            .await
            .text(&format!("/{step}/room/id"));
    }
    let input = json!({ "joinCode": code });
    scene
        .world
        .refuses(&scene.outsider, "joinRoom", input, "NOT_FOUND", Some("joinCode"))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_and_comes_back_finds_the_same_place_and_nonce(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    use entity::{ParticipantId, room::participant};
    use sea_orm::EntityTrait;

    let scene = Scene::new(database).await;
    let (guest, place) = scene.participant("Gustav Guest").await;
    let id: ParticipantId = place.parse().unwrap();
    let row = async || {
        participant::Entity::find_by_id(id)
            .one(&scene.world.db)
            .await
            .unwrap()
            .unwrap()
    };
    let tickets = json!({ "participantId": place, "tickets": 5 });
    scene
        .creator
        .mutate("updateParticipant", tickets, "participant { id }")
        .await
        .text("/updateParticipant/participant/id");
    let before = row().await;

    scene.world.clock.advance(chrono::Duration::seconds(1));
    let leave = json!({ "roomId": scene.room });
    let answer = guest
        .mutate("leaveRoom", leave.clone(), "participant { id leftAt deletedAt }")
        .await;
    assert_eq!(answer.text("/leaveRoom/participant/id"), place);
    assert!(answer.at("/leaveRoom/participant/leftAt").is_string());
    assert_eq!(answer.at("/leaveRoom/participant/deletedAt"), &Json::Null);
    scene.world.refuses(&guest, "leaveRoom", leave, "CONFLICT", None).await;

    scene.world.clock.advance(chrono::Duration::seconds(1));
    let again = join(&guest, json!({ "roomId": scene.room })).await;
    assert_eq!(again["id"], json!(place));
    assert_eq!(again["leftAt"], Json::Null);
    assert_eq!(again["tickets"], 5, "what the organizers gave stays");
    let after = row().await;
    assert_eq!(after.entry_nonce, before.entry_nonce);
    assert_eq!(after.created_at, before.created_at);
    assert_eq!(after.joined_at, before.joined_at + chrono::Duration::seconds(2));
    assert_sound(&scene.world, &scene.room).await;
}
