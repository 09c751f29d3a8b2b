//! The members of an organization, and one's own memberships.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene};

async fn roles(client: &Client, organization: &str, of: &str) -> Json {
    let document = format!(
        "query($id: ID!) {{ organization(id: $id) {{ memberships{of} {{ totalCount nodes {{ role user {{ displayName }} }} }} }} }}"
    );
    let answer = client.run(&document, json!({ "id": organization })).await;
    answer.at("/organization/memberships").clone()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_are_listed_with_their_roles_longest_first(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let everybody = json!({ "totalCount": 4, "nodes": [
        { "role": "ADMIN", "user": { "displayName": "Ada Admin" } },
        { "role": "REVIEWER", "user": { "displayName": "Rita Reviewer" } },
        { "role": "CREATOR", "user": { "displayName": "Carl Creator" } },
        { "role": "VIEWER", "user": { "displayName": "Vera Viewer" } },
    ] });
    for client in [&scene.admin, &scene.reviewer, &scene.creator, &scene.viewer] {
        assert_eq!(roles(client, &scene.organization, "").await, everybody);
    }
    let some = roles(&scene.viewer, &scene.organization, "(roles: [VIEWER, ADMIN])").await;
    assert_eq!(some["totalCount"], 2);
    assert_eq!(some["nodes"], json!([everybody["nodes"][0], everybody["nodes"][3]]));
    let none = roles(&scene.viewer, &scene.organization, "(roles: [])").await;
    assert_eq!(none, json!({ "totalCount": 0, "nodes": [] }));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_may_have_another_role_in_each_organization(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let input = json!({ "name": "Theirs", "slug": "theirs" });
    let own = scene
        .viewer
        .mutate("createOrganization", input, "organization { id }")
        .await;
    let own = own.text("/createOrganization/organization/id");
    let answer = scene
        .viewer
        .query("{ viewer { memberships { totalCount nodes { role organization { id } } } } }")
        .await;
    assert_eq!(
        answer.at("/viewer/memberships"),
        &json!({ "totalCount": 2, "nodes": [
            { "role": "VIEWER", "organization": { "id": scene.organization } },
            { "role": "ADMIN", "organization": { "id": own } },
        ] })
    );
    // What they may do here says nothing about there.
    let here = json!({ "organizationId": scene.organization, "title": "A room" });
    scene
        .world
        .refuses(&scene.viewer, "createRoom", here, "FORBIDDEN", None)
        .await;
    scene.viewer.draft_room(&own, json!({})).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_sees_drafts_and_private_rooms_of_their_organization(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let draft = scene
        .creator
        .draft_room(&scene.organization, json!({ "title": "Draft" }))
        .await;
    let document =
        "query($id: ID!) { organization(id: $id) { rooms { totalCount nodes { id title status joinCode } } } }";
    for (client, sees_code) in [(&scene.viewer, false), (&scene.reviewer, false), (&scene.admin, true)] {
        let answer = client.run(document, json!({ "id": scene.organization })).await;
        assert_eq!(answer.number("/organization/rooms/totalCount"), 2);
        let rooms = answer.list("/organization/rooms/nodes");
        assert_eq!((&rooms[1]["id"], &rooms[1]["status"]), (&json!(draft), &json!("DRAFT")));
        assert_eq!(rooms[1]["joinCode"].is_string(), sees_code);
    }
    let answer = scene.outsider.query("{ rooms { totalCount nodes { id } } }").await;
    assert_eq!(answer.at("/rooms/nodes"), &json!([{ "id": scene.room }]));
    assert_eq!(answer.number("/rooms/totalCount"), 1);
}
