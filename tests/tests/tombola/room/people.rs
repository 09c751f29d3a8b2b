//! Looking after people: who may manage whom, and what removal means.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, Scene};

use super::soundness::{assert_sound, kinds};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn someone_who_was_removed_comes_back_only_when_added(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let (guest, place) = scene.participant("Gustav Guest").await;
    let document = "query($id: ID!) { room(id: $id) { joinCode } }";
    let code = scene
        .creator
        .run(document, json!({ "id": scene.room }))
        .await
        .text("/room/joinCode");
    let input = json!({ "participantId": place });
    let answer = scene
        .creator
        .mutate(
            "removeParticipant",
            input.clone(),
            "participant { id leftAt deletedAt }",
        )
        .await;
    assert_eq!(answer.text("/removeParticipant/participant/id"), place);
    assert!(answer.at("/removeParticipant/participant/deletedAt").is_string());
    assert!(answer.at("/removeParticipant/participant/leftAt").is_string());
    scene
        .world
        .refuses(
            &scene.creator,
            "removeParticipant",
            input,
            "NOT_FOUND",
            Some("participantId"),
        )
        .await;

    for way in [json!({ "roomId": scene.room }), json!({ "joinCode": code })] {
        let answer = scene.world.refuses(&guest, "joinRoom", way, "FORBIDDEN", None).await;
        assert!(answer.message().contains("organizer"), "{}", answer.message());
    }

    let add = json!({ "roomId": scene.room, "userId": guest.user, "role": "VIEWER", "tickets": 4 });
    let answer = scene
        .creator
        .mutate(
            "addParticipant",
            add,
            "participant { id role tickets leftAt deletedAt }",
        )
        .await;
    assert_eq!(
        answer.at("/addParticipant/participant"),
        &json!({ "id": place, "role": "VIEWER", "tickets": 4, "leftAt": null, "deletedAt": null })
    );
    // Then they may go and come as they like again.
    guest
        .mutate("leaveRoom", json!({ "roomId": scene.room }), "participant { id }")
        .await
        .text("/leaveRoom/participant/id");
    assert_eq!(guest.join(&scene.room).await, place);
    assert_sound(&scene.world, &scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn someone_who_was_removed_from_a_private_room_sees_it_no_more(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let room = scene.creator.active_room(&scene.organization, json!({})).await;
    let guest = scene.world.user("Gustav Guest").await;
    let add = json!({ "roomId": room, "userId": guest.user });
    let place = scene.creator.mutate("addParticipant", add, "participant { id }").await;
    let place = place.text("/addParticipant/participant/id");
    let document = "query($id: ID!) { room(id: $id) { title } viewer { participations { nodes { id } } } }";
    let answer = guest.run(document, json!({ "id": room })).await;
    assert_eq!(answer.text("/room/title"), "A room");
    assert_eq!(answer.list("/viewer/participations/nodes").len(), 1);

    let remove = json!({ "participantId": place });
    scene
        .creator
        .mutate("removeParticipant", remove, "participant { id }")
        .await
        .text("/removeParticipant/participant/id");
    let answer = guest.run(document, json!({ "id": room })).await;
    assert_eq!(answer.at("/room"), &Json::Null);
    assert_eq!(answer.at("/viewer/participations/nodes"), &json!([]));
    scene
        .world
        .refuses(
            &guest,
            "leaveRoom",
            json!({ "roomId": room }),
            "NOT_FOUND",
            Some("roomId"),
        )
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moderator_manages_participants_and_viewers_but_no_staff(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let (moderator, own_place) = scene.staff("Mona Moderator", "MODERATOR").await;
    let (_, colleague) = scene.staff("Max Moderator", "MODERATOR").await;
    let (_, organizer) = scene.staff("Olga Organizer", "ORGANIZER").await;
    let document = "query($id: ID!) { room(id: $id) { participants(roles: [ORGANIZER]) { nodes { id } } } }";
    let answer = moderator.run(document, json!({ "id": scene.room })).await;
    let creator = answer.text("/room/participants/nodes/0/id");

    // Participants and viewers come, change and go at their word.
    for role in ["PARTICIPANT", "VIEWER"] {
        let guest = scene.world.user("Gustav Guest").await;
        let add = json!({ "roomId": scene.room, "userId": guest.user, "role": role, "tickets": 2 });
        let answer = moderator.mutate("addParticipant", add, "participant { id role }").await;
        let place = answer.text("/addParticipant/participant/id");
        for other in ["PARTICIPANT", "VIEWER"] {
            let change = json!({ "participantId": place, "role": other, "tickets": 9 });
            let answer = moderator
                .mutate("updateParticipant", change, "participant { role }")
                .await;
            assert_eq!(answer.text("/updateParticipant/participant/role"), other);
        }
        // But nobody becomes staff by them.
        for staff in ["MODERATOR", "ORGANIZER"] {
            let change = json!({ "participantId": place, "role": staff });
            scene
                .world
                .refuses(&moderator, "updateParticipant", change, "FORBIDDEN", None)
                .await;
        }
        let remove = json!({ "participantId": place });
        let answer = moderator
            .mutate("removeParticipant", remove, "participant { id }")
            .await;
        assert!(answer.is_ok(), "{}", answer.body);
    }
    let guest = scene.world.user("Greta Guest").await;
    for role in ["MODERATOR", "ORGANIZER"] {
        let add = json!({ "roomId": scene.room, "userId": guest.user, "role": role });
        let answer = scene
            .world
            .refuses(&moderator, "addParticipant", add, "FORBIDDEN", None)
            .await;
        assert!(
            answer.message().contains("ORGANIZER of the room"),
            "{}",
            answer.message()
        );
    }

    // Staff, themselves included, is out of their reach; leaving is not.
    for place in [&colleague, &organizer, &creator, &own_place] {
        let inputs = [
            ("updateParticipant", json!({ "participantId": place, "tickets": 100 })),
            ("updateParticipant", json!({ "participantId": place, "role": "VIEWER" })),
            ("removeParticipant", json!({ "participantId": place })),
        ];
        for (mutation, input) in inputs {
            scene
                .world
                .refuses(&moderator, mutation, input, "FORBIDDEN", None)
                .await;
        }
    }
    let leave = json!({ "roomId": scene.room });
    let answer = moderator.mutate("leaveRoom", leave, "participant { id }").await;
    assert!(answer.is_ok(), "{}", answer.body);
    assert_sound(&scene.world, &scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_can_be_added_to_a_draft_and_to_no_room_that_is_over(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let room = scene.creator.draft_room(&scene.organization, json!({})).await;
    let add = |room: &str, user: &str| json!({ "roomId": room, "userId": user, "role": "MODERATOR" });
    let answer = scene
        .creator
        .mutate("addParticipant", add(&room, &scene.outsider.user), "participant { id }")
        .await;
    let place = answer.text("/addParticipant/participant/id");
    // A draft is seen by those who are in it.
    let document = "query($id: ID!) { room(id: $id) { status } }";
    let answer = scene.outsider.run(document, json!({ "id": room })).await;
    assert_eq!(answer.text("/room/status"), "DRAFT");

    scene
        .creator
        .mutate("cancelRoom", json!({ "roomId": room }), "room { id }")
        .await
        .text("/cancelRoom/room/id");
    let inputs = [
        ("addParticipant", add(&room, &scene.viewer.user)),
        ("updateParticipant", json!({ "participantId": place, "tickets": 5 })),
        ("removeParticipant", json!({ "participantId": place })),
    ];
    for (mutation, input) in inputs {
        let answer = scene
            .world
            .refuses(&scene.creator, mutation, input, "CONFLICT", None)
            .await;
        assert!(answer.message().contains("CANCELLED"), "{}", answer.message());
    }
    // Going is always possible.
    let answer = scene
        .outsider
        .mutate("leaveRoom", json!({ "roomId": room }), "participant { leftAt }")
        .await;
    assert!(answer.is_ok(), "{}", answer.body);
    assert_eq!(
        kinds(&scene.world, &room).await.last().map(String::as_str),
        Some("PARTICIPANT_LEFT")
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_account_cannot_be_added(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let gone = scene.world.user("Gerda Gone").await;
    tests::database::execute(
        &scene.world.db,
        "UPDATE users SET deleted_at = created_at WHERE display_name = 'Gerda Gone'",
    )
    .await;
    let add = json!({ "roomId": scene.room, "userId": gone.user });
    scene
        .world
        .refuses(&scene.creator, "addParticipant", add, "NOT_FOUND", Some("userId"))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn someone_who_left_is_out_of_reach_until_they_come_back(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let (guest, place) = scene.participant("Gustav Guest").await;
    guest
        .mutate("leaveRoom", json!({ "roomId": scene.room }), "participant { id }")
        .await
        .text("/leaveRoom/participant/id");
    let prize = scene.prize(1).await;
    let inputs = [
        ("updateParticipant", json!({ "participantId": place, "tickets": 5 })),
        ("awardPrize", json!({ "prizeId": prize, "participantId": place })),
    ];
    for (mutation, input) in inputs {
        scene
            .world
            .refuses(&scene.creator, mutation, input, "NOT_FOUND", Some("participantId"))
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaving_first_saves_nobody_from_being_removed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let (guest, place) = scene.participant("Gustav Guest").await;
    guest
        .mutate("leaveRoom", json!({ "roomId": scene.room }), "participant { id }")
        .await
        .text("/leaveRoom/participant/id");
    let before = kinds(&scene.world, &scene.room).await;
    let input = json!({ "participantId": place });
    let answer = scene
        .creator
        .mutate("removeParticipant", input.clone(), "participant { leftAt deletedAt }")
        .await;
    assert!(answer.at("/removeParticipant/participant/deletedAt").is_string());
    assert_eq!(kinds(&scene.world, &scene.room).await, before, "they went already");
    scene
        .world
        .refuses(&guest, "joinRoom", json!({ "roomId": scene.room }), "FORBIDDEN", None)
        .await;
    scene
        .world
        .refuses(
            &scene.creator,
            "removeParticipant",
            input,
            "NOT_FOUND",
            Some("participantId"),
        )
        .await;
    assert_sound(&scene.world, &scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_is_a_viewer_if_they_were_one_and_a_participant_otherwise(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    for (role, again) in [
        ("ORGANIZER", "PARTICIPANT"),
        ("MODERATOR", "PARTICIPANT"),
        ("PARTICIPANT", "PARTICIPANT"),
        ("VIEWER", "VIEWER"),
    ] {
        let (client, _) = scene.staff(role, role).await;
        let input = json!({ "roomId": scene.room });
        client
            .mutate("leaveRoom", input.clone(), "participant { id }")
            .await
            .text("/leaveRoom/participant/id");
        let answer = client.mutate("joinRoom", input, "participant { role }").await;
        assert_eq!(answer.text("/joinRoom/participant/role"), again, "{role}");
    }
}
