//! Changing a room's own fields.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene};

const FIELDS: &str = "title description isPublic app { id } startsAt endsAt maxParticipants settings";

async fn change(client: &Client, room: &str, more: Json) -> Json {
    let mut input = json!({ "roomId": room });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = client
        .mutate("updateRoom", input, &format!("room {{ {FIELDS} }}"))
        .await;
    answer.at("/updateRoom/room").clone()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_room_is_a_private_draft_with_its_maker_as_organizer(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let input = json!({ "organizationId": scene.organization, "title": "  New  " });
    let selection = format!("room {{ {FIELDS} status joinCode deletedAt viewerParticipation {{ role tickets }} }}");
    let answer = scene.creator.mutate("createRoom", input, &selection).await;
    let mut room = answer.at("/createRoom/room").clone();
    let code = room["joinCode"].take();
    let code = code.as_str().unwrap();
    assert_eq!(code.len(), 8, "{code}");
    assert!(
        code.bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
        "{code}"
    );
    assert_eq!(
        room,
        json!({
            "title": "New", "description": null, "isPublic": false, "app": null, "startsAt": null, "endsAt": null,
            "maxParticipants": null, "settings": {}, "status": "DRAFT", "joinCode": null, "deletedAt": null,
            "viewerParticipation": { "role": "ORGANIZER", "tickets": 1 },
        })
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_sets_what_it_names_keeps_what_it_leaves_out_and_empties_what_is_null(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let app = json!({ "organizationId": scene.organization, "name": "An app", "manifest": {} });
    let app = scene
        .admin
        .mutate("registerApp", app, "app { id }")
        .await
        .text("/registerApp/app/id");
    let full = json!({
        "title": "Renamed", "description": "Two\nlines", "isPublic": false,
        "startsAt": "2026-07-01T12:00:00.123456+02:00", "endsAt": "2026-07-02T00:00:00Z",
        "maxParticipants": 10, "settings": { "colour": "red" },
    });
    let mut with_app = full.clone();
    with_app["appId"] = json!(app);
    let mut wanted = full;
    wanted["app"] = json!({ "id": app });
    wanted["startsAt"] = json!("2026-07-01T10:00:00.123Z");
    wanted["endsAt"] = json!("2026-07-02T00:00:00.000Z");
    assert_eq!(change(&scene.creator, &scene.room, with_app).await, wanted);

    assert_eq!(
        change(&scene.creator, &scene.room, json!({})).await,
        wanted,
        "nothing named, nothing changed"
    );

    let nulls = json!({
        "description": null, "appId": null, "startsAt": null, "endsAt": null, "maxParticipants": null,
        "title": null, "isPublic": null, "settings": null,
    });
    let emptied = change(&scene.creator, &scene.room, nulls).await;
    let wanted = json!({
        "title": "Renamed", "description": null, "isPublic": false, "app": null, "startsAt": null, "endsAt": null,
        "maxParticipants": null, "settings": { "colour": "red" },
    });
    assert_eq!(emptied, wanted);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_is_over_cannot_be_changed(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    for (end, status) in [("completeRoom", "COMPLETED"), ("cancelRoom", "CANCELLED")] {
        let room = scene.creator.active_room(&scene.organization, json!({})).await;
        scene
            .creator
            .mutate(end, json!({ "roomId": room }), "room { id }")
            .await
            .text(&format!("/{end}/room/id"));
        let input = json!({ "roomId": room, "title": "Too late" });
        let answer = scene
            .world
            .refuses(&scene.creator, "updateRoom", input, "CONFLICT", None)
            .await;
        assert!(answer.message().contains(status), "{}", answer.message());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_turns_private_hides_from_those_who_are_not_in_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let (guest, _) = scene.participant("Gustav Guest").await;
    let document = "query($id: ID!) { room(id: $id) { title } }";
    let sees = async |client: &Client| {
        let answer = client.run(document, json!({ "id": scene.room })).await;
        !answer.at("/room").is_null()
    };
    assert!(sees(&scene.outsider).await && sees(&guest).await && sees(&scene.viewer).await);
    change(&scene.creator, &scene.room, json!({ "isPublic": false })).await;
    assert!(!sees(&scene.outsider).await && !sees(scene.world.stranger()).await);
    assert!(sees(&guest).await && sees(&scene.viewer).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deactivated_app_runs_no_new_room(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let app = json!({ "organizationId": scene.organization, "name": "An app", "manifest": {} });
    let app = scene
        .admin
        .mutate("registerApp", app, "app { id }")
        .await
        .text("/registerApp/app/id");
    let run = json!({ "organizationId": scene.organization, "title": "A room", "appId": app });
    let room = scene
        .creator
        .mutate("createRoom", run.clone(), "room { id }")
        .await
        .text("/createRoom/room/id");
    scene
        .admin
        .mutate("deactivateApp", json!({ "appId": app }), "app { id }")
        .await
        .text("/deactivateApp/app/id");

    scene
        .world
        .refuses(&scene.creator, "createRoom", run, "CONFLICT", Some("appId"))
        .await;
    let move_to = json!({ "roomId": scene.room, "appId": app });
    scene
        .world
        .refuses(&scene.creator, "updateRoom", move_to, "CONFLICT", Some("appId"))
        .await;
    // A room that it runs already can still be changed.
    let renamed = change(&scene.creator, &room, json!({ "title": "Renamed" })).await;
    assert_eq!(renamed["app"]["id"], json!(app));
}
