//! An e-mail address is for oneself and the ADMINs of one's organizations, and for nobody else, by any way.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene};

async fn emails(client: &Client, organization: &str) -> Vec<(String, Option<String>)> {
    let document = "query($id: ID!) { organization(id: $id) { memberships {
        nodes { role email } edges { node { email } } } } }";
    let answer = client.run(document, json!({ "id": organization })).await;
    let nodes = answer.list("/organization/memberships/nodes");
    let edges = answer.list("/organization/memberships/edges");
    for (node, edge) in nodes.iter().zip(edges) {
        assert_eq!(node["email"], edge["node"]["email"]);
    }
    let read = |node: &Json| {
        (
            node["role"].as_str().unwrap().to_owned(),
            node["email"].as_str().map(str::to_owned),
        )
    };
    nodes.iter().map(read).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_sees_every_member_s_address_and_others_their_own(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let all = emails(&scene.admin, &scene.organization).await;
    assert_eq!(all.len(), 4);
    assert!(
        all.iter()
            .all(|(_, email)| email.as_ref().is_some_and(|email| email.contains('@'))),
        "{all:?}"
    );
    for (client, own) in [
        (&scene.reviewer, "REVIEWER"),
        (&scene.creator, "CREATOR"),
        (&scene.viewer, "VIEWER"),
    ] {
        for (role, email) in emails(client, &scene.organization).await {
            assert_eq!(email.is_some(), role == own, "{role} as {own} sees it");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_of_another_organization_sees_no_address(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let both = scene.world.user("Bea Both").await;
    both.mutate("createOrganization", json!({ "name": "Theirs" }), "organization { id }")
        .await
        .text("/createOrganization/organization/id");
    // ADMIN there is nobody here.
    let document = "query($id: ID!) { organization(id: $id) { id } room(id: $room) { id } }";
    let document = document.replace("($id: ID!)", "($id: ID!, $room: ID!)");
    let answer = both
        .run(&document, json!({ "id": scene.organization, "room": scene.room }))
        .await;
    assert_eq!(answer.at("/organization"), &Json::Null);
    // ADMIN there and VIEWER here sees what a VIEWER sees.
    use entity::organization::membership::MemberRole;
    let viewer = scene
        .world
        .member(&scene.organization, "Vito Viewer", MemberRole::Viewer)
        .await;
    viewer
        .mutate("createOrganization", json!({ "name": "Own" }), "organization { id }")
        .await
        .text("/createOrganization/organization/id");
    let seen = emails(&viewer, &scene.organization).await;
    assert_eq!(seen.iter().filter(|(_, email)| email.is_some()).count(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_see_of_a_person_holds_no_address(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let (guest, _) = scene.participant("Gustav Guest").await;
    let answer = scene
        .outsider
        .query("{ __type(name: \"Profile\") { fields { name } } }")
        .await;
    let mut fields: Vec<_> = answer
        .list("/__type/fields")
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(fields, ["avatarUrl", "deletedAt", "displayName", "id"]);

    let document = "query($id: ID!, $user: ID!) { node(id: $user) { ... on Profile { displayName } }
        room(id: $id) { events { ... on ParticipantJoined { displayName user { displayName } } }
            participants { nodes { user { displayName avatarUrl } } } } }";
    let answer = scene
        .outsider
        .run(document, json!({ "id": scene.room, "user": guest.user }))
        .await;
    assert_eq!(
        answer.text("/node/displayName"),
        "Gustav Guest",
        "they meet in a public room"
    );
    assert!(!answer.body.to_string().contains("@example.com"), "{}", answer.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_found_by_their_id_only_where_one_meets_them(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let loner = scene.world.user("Leo Loner").await;
    let finds = async |client: &Client, user: &str| {
        let answer = client
            .run("query($id: ID!) { node(id: $id) { id } }", json!({ "id": user }))
            .await;
        !answer.at("/node").is_null()
    };
    assert!(finds(&loner, &loner.user).await);
    assert!(!finds(&scene.admin, &loner.user).await);
    assert!(!finds(scene.world.stranger(), &loner.user).await);
    assert!(finds(&scene.viewer, &scene.reviewer.user).await, "a fellow member");
    assert!(!finds(&scene.outsider, &scene.reviewer.user).await);
    loner.join(&scene.room).await;
    assert!(finds(scene.world.stranger(), &loner.user).await, "in a public room");
}
