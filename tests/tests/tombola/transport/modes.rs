//! What a server tells of itself: the schema, names that were meant, explanations.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene, World};

async fn explained(client: &Client, document: &str) -> Json {
    let request = client
        .http()
        .post(format!("{}/graphql", client.base()))
        .header("tombola-explain", "1");
    let request = match &client.token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let response = request.json(&json!({ "query": document })).send().await.unwrap();
    response.json().await.unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admins_get_an_explanation_of_resolvers_and_statements(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let document = format!("{{ room(id: \"{}\") {{ title organization {{ name }} }} }}", scene.room);
    let plain = scene.admin.query(&document).await;
    assert!(plain.body["extensions"].get("explain").is_none());
    assert!(plain.body["extensions"]["cost"].get("statements").is_none());
    let body = explained(&scene.admin, &document).await;
    assert_eq!(body["data"], plain.body["data"]);
    let explain = &body["extensions"]["explain"];
    let paths: Vec<_> = explain["resolvers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["path"].clone())
        .collect();
    assert!(paths.contains(&json!("room.organization.name")), "{paths:?}");
    let statements = explain["statements"].as_array().unwrap();
    assert_eq!(json!(statements.len()), body["extensions"]["cost"]["statements"]);
    let room: entity::RoomId = scene.room.parse().unwrap();
    for statement in statements {
        let sql = statement["sql"].as_str().unwrap();
        assert!(sql.to_uppercase().contains("SELECT"), "{sql}");
        assert!(
            !sql.contains(&room.0.to_string()) && !sql.contains(&scene.room),
            "parameters are left out: {sql}"
        );
        assert!(statement["microseconds"].is_u64());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_gets_one(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let guest = scene.world.user("Gus").await;
    for (client, code) in [
        (scene.world.stranger(), "UNAUTHENTICATED"),
        (&guest, "FORBIDDEN"),
        (&scene.creator, "FORBIDDEN"),
        (&scene.viewer, "FORBIDDEN"),
    ] {
        let body = explained(client, "{ rooms { totalCount } }").await;
        assert_eq!(body["errors"][0]["extensions"]["code"], code, "{body}");
        assert!(body.get("data").is_none());
    }
}

/// How far an operation came would tell what is hidden from what is not there.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_are_not_explained(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let document = "mutation { openRoom(input: { roomId: \"room_00000000000000000000000000\" }) { __typename } }";
    let body = explained(&scene.admin, document).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "NOT_FOUND", "{body}");
    assert!(body["extensions"].get("explain").is_none(), "{body}");
    assert!(body["extensions"]["cost"].get("statements").is_none(), "{body}");
}

#[rstest]
#[case::production(true, None, false)]
#[case::production_that_explains(true, Some(true), true)]
#[case::development_that_does_not(false, Some(false), false)]
#[tokio::test]
async fn an_operator_decides_on_explanations(#[case] https: bool, #[case] set: Option<bool>, #[case] explains: bool) {
    let world = World::with(Database::Sqlite, |config| {
        config.public_url = https.then(|| "https://tombola.example.com".to_owned());
        config.graphql.explain = set;
    })
    .await;
    let scene = Scene::in_world(world).await;
    let body = explained(&scene.admin, "{ rooms { totalCount } }").await;
    assert_eq!(body["extensions"].get("explain").is_some(), explains, "{body}");
    assert_eq!(
        body["errors"][0]["extensions"]["code"] == "FORBIDDEN",
        !explains,
        "{body}"
    );
}

async fn schema_text(client: &Client) -> (u16, String) {
    let response = client
        .http()
        .get(format!("{}/schema.graphql", client.base()))
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn in_development_the_schema_is_told_and_names_that_were_meant() {
    let world = World::new(Database::Sqlite).await;
    let client = world.stranger();
    assert!(client.query("{ __schema { queryType { name } } }").await.is_ok());
    assert!(
        client
            .query("{ romms { totalCount } }")
            .await
            .message()
            .contains("rooms")
    );
    let (status, text) = schema_text(client).await;
    assert_eq!(status, 200);
    assert_eq!(text.trim(), api::schema::sdl().trim());
}

#[tokio::test]
async fn in_production_neither_is() {
    let world = World::with(Database::Sqlite, |config| {
        config.public_url = Some("https://tombola.example.com".into())
    })
    .await;
    let client = world.stranger();
    for document in [
        "{ __schema { queryType { name } } }",
        "{ __type(name: \"Room\") { name } }",
    ] {
        let answer = client.query(document).await;
        assert!(
            !answer.body.to_string().contains("Room") && answer.body["data"]["__schema"].is_null(),
            "{}",
            answer.body
        );
    }
    let wrong = client.query("{ romms { totalCount } }").await;
    assert!(!wrong.message().contains("rooms"), "{}", wrong.message());
    assert_eq!(schema_text(client).await.0, 404);
    assert!(client.query("{ __typename rooms { __typename } }").await.is_ok());
}

#[tokio::test]
async fn an_operator_decides_on_introspection_alone() {
    let world = World::with(Database::Sqlite, |config| config.graphql.introspection = Some(false)).await;
    assert_eq!(schema_text(world.stranger()).await.0, 404);
    assert!(
        world
            .stranger()
            .query("{ romms { totalCount } }")
            .await
            .message()
            .contains("rooms")
    );
}
