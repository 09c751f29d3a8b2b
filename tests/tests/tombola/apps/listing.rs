//! Apps in lists.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene};

async fn names(client: &Client, arguments: &str, organization: &str) -> Vec<String> {
    let document = format!("query($id: ID) {{ apps{arguments} {{ nodes {{ name }} }} node(id: $id) {{ id }} }}");
    let document = document.replace("$id: ID)", "$id: ID!)");
    let answer = client.run(&document, json!({ "id": organization })).await;
    let read = |app: &Json| app["name"].as_str().unwrap().to_owned();
    answer.list("/apps/nodes").iter().map(read).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apps_are_listed_for_the_members_of_their_organization(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let own = scene
        .admin
        .mutate("createOrganization", json!({ "name": "Second" }), "organization { id }")
        .await;
    let own = own.text("/createOrganization/organization/id");
    for (name, organization) in [
        ("First", &scene.organization),
        ("Second", &scene.organization),
        ("Third", &own),
    ] {
        let input = json!({ "organizationId": organization, "name": name, "manifest": {} });
        let app = scene
            .admin
            .mutate("registerApp", input, "app { id }")
            .await
            .text("/registerApp/app/id");
        if name == "Second" {
            let input = json!({ "appId": app });
            scene
                .admin
                .mutate("deactivateApp", input, "app { id }")
                .await
                .text("/deactivateApp/app/id");
        }
    }
    let id = &scene.organization;
    assert_eq!(names(&scene.admin, "", id).await, ["First", "Second", "Third"]);
    assert_eq!(names(&scene.viewer, "", id).await, ["First", "Second"]);
    assert_eq!(
        names(&scene.admin, "(organizationId: $id)", id).await,
        ["First", "Second"]
    );
    assert_eq!(
        names(&scene.admin, "(filter: { isActive: false })", id).await,
        ["Second"]
    );
    assert_eq!(
        names(&scene.admin, "(organizationId: $id, filter: { isActive: true })", id).await,
        ["First"]
    );
    assert_eq!(
        names(&scene.viewer, "(organizationId: $id)", &own).await,
        [] as [&str; 0]
    );
    assert_eq!(names(&scene.outsider, "", id).await, [] as [&str; 0]);
    assert_eq!(names(scene.world.stranger(), "", id).await, [] as [&str; 0]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_lists_the_rooms_that_it_runs(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let input = json!({ "organizationId": scene.organization, "name": "An app", "manifest": {} });
    let app = scene
        .admin
        .mutate("registerApp", input, "app { id }")
        .await
        .text("/registerApp/app/id");
    let room = scene
        .creator
        .draft_room(&scene.organization, json!({ "appId": app }))
        .await;
    let document =
        "query($id: ID!) { app(id: $id) { rooms(filter: { status: [DRAFT] }) { nodes { id app { id } } } } }";
    let answer = scene.viewer.run(document, json!({ "id": app })).await;
    assert_eq!(
        answer.at("/app/rooms/nodes"),
        &json!([{ "id": room, "app": { "id": app } }])
    );
}
