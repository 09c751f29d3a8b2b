//! An app's secret is shown once and kept as a hash.

use entity::{AppId, room::app};
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::json;
use tests::{Database, Scene};

async fn hash(scene: &Scene, id: &str) -> Vec<u8> {
    let id: AppId = id.parse().unwrap();
    app::Entity::find_by_id(id)
        .one(&scene.world.db)
        .await
        .unwrap()
        .unwrap()
        .secret_hash
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_secret_ends_the_old_one(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let app = json!({ "organizationId": scene.organization, "name": "An app", "manifest": {} });
    let answer = scene
        .admin
        .mutate("registerApp", app, "clientSecret app { id clientId }")
        .await;
    let (id, first) = (
        answer.text("/registerApp/app/id"),
        answer.text("/registerApp/clientSecret"),
    );
    assert!(first.starts_with("tmb_app_"), "{first}");
    assert_eq!(hash(&scene, &id).await, api::credentials::hash_secret(&first));

    let answer = scene
        .admin
        .mutate(
            "regenerateAppSecret",
            json!({ "appId": id }),
            "clientSecret app { id clientId }",
        )
        .await;
    let second = answer.text("/regenerateAppSecret/clientSecret");
    assert_ne!(second, first);
    assert_eq!(hash(&scene, &id).await, api::credentials::hash_secret(&second));
    let audits = scene.world.dump().await["audit_logs"].join("\n");
    assert!(audits.contains("APP_SECRET_REGENERATED"), "{audits}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_field_shows_a_secret_a_second_time(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let app = json!({ "organizationId": scene.organization, "name": "An app", "manifest": {} });
    let answer = scene.admin.mutate("registerApp", app, "clientSecret app { id }").await;
    let (id, secret) = (
        answer.text("/registerApp/app/id"),
        answer.text("/registerApp/clientSecret"),
    );
    let answer = scene.admin.query("{ __type(name: \"App\") { fields { name } } }").await;
    let fields: Vec<_> = answer
        .list("/__type/fields")
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .filter(|name| !["organization", "rooms"].contains(name))
        .collect();
    let document = format!("query($id: ID!) {{ app(id: $id) {{ {} }} }}", fields.join(" "));
    let answer = scene.admin.run(&document, json!({ "id": id })).await;
    assert_eq!(answer.text("/app/id"), id);
    assert!(!answer.body.to_string().contains(&secret[..40]), "{}", answer.body);
}
