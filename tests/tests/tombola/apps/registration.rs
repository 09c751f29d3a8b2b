//! Registering an app.

use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, Scene, World};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registered_app_has_what_its_manifest_says(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let manifest = json!({ "kind": "lottery", "permissions": ["rooms.run", "prizes.award"], "deep": { "list": [1] } });
    let input = json!({ "organizationId": scene.organization, "name": " Holiday Lottery ", "manifest": manifest });
    let selection = "clientSecret app { id slug name manifest permissions clientId isActive organization { id }
        rooms { totalCount } }";
    let answer = scene.admin.mutate("registerApp", input, selection).await;
    let mut app = answer.at("/registerApp/app").clone();
    let (_, client_id) = (app["id"].take(), app["clientId"].take());
    assert!(client_id.as_str().unwrap().starts_with("tmb_client_"), "{client_id}");
    assert_eq!(
        app,
        json!({
            "id": null, "slug": "holiday-lottery", "name": "Holiday Lottery", "manifest": manifest,
            "permissions": ["rooms.run", "prizes.award"], "clientId": null, "isActive": true,
            "organization": { "id": scene.organization }, "rooms": { "totalCount": 0 },
        })
    );
    let audits = scene.world.dump().await["audit_logs"].join("\n");
    assert!(
        audits.contains("APP_REGISTERED") && !audits.contains("tmb_app_"),
        "{audits}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn permissions_in_a_manifest_are_a_list_of_texts(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let app = json!({ "organizationId": scene.organization, "name": "An app", "manifest": {} });
    let id = scene
        .admin
        .mutate("registerApp", app, "app { id }")
        .await
        .text("/registerApp/app/id");
    for permissions in [
        json!("all"),
        json!([1]),
        json!({ "a": "b" }),
        json!(null),
        json!(["a", null]),
        json!(vec!["x"; 101]),
    ] {
        let manifest = json!({ "permissions": permissions });
        let inputs = [
            (
                "registerApp",
                json!({ "organizationId": scene.organization, "name": "Another", "manifest": manifest }),
            ),
            ("updateApp", json!({ "appId": id, "manifest": manifest })),
        ];
        for (mutation, input) in inputs {
            let answer = scene
                .world
                .refuses(&scene.admin, mutation, input, "VALIDATION", Some("manifest"))
                .await;
            assert!(answer.message().contains("permissions"), "{}", answer.message());
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slug_belongs_to_one_app_of_an_organization(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let app = |name: &str, slug: Json| json!({ "organizationId": scene.organization, "name": name, "slug": slug, "manifest": {} });
    let answer = scene
        .admin
        .mutate("registerApp", app("An app", Json::Null), "app { slug }")
        .await;
    assert_eq!(answer.text("/registerApp/app/slug"), "an-app");
    for taken in [app("An App!", Json::Null), app("Another", json!("an-app"))] {
        scene
            .world
            .refuses(&scene.admin, "registerApp", taken, "CONFLICT", Some("slug"))
            .await;
    }
    for (name, slug) in [
        ("抽選", Json::Null),
        ("?", Json::Null),
        ("Fine", json!("Not Fine")),
        ("Fine", json!("")),
    ] {
        scene
            .world
            .refuses(&scene.admin, "registerApp", app(name, slug), "VALIDATION", Some("slug"))
            .await;
    }
    let tries = (0..10).map(|_| {
        scene
            .admin
            .mutate("registerApp", app("At once", Json::Null), "app { id }")
    });
    let answers = join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for refused in answers.iter().filter(|answer| !answer.is_ok()) {
        refused.assert_refused_for("CONFLICT", "slug");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_organization_may_use_the_same_slug(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    for name in ["Ann", "Ben"] {
        let admin = world.user(name).await;
        let answer = admin
            .mutate("createOrganization", json!({ "name": name }), "organization { id }")
            .await;
        let organization = answer.text("/createOrganization/organization/id");
        let app = json!({ "organizationId": organization, "name": "Lottery", "manifest": {} });
        let answer = admin.mutate("registerApp", app, "app { slug }").await;
        assert_eq!(answer.text("/registerApp/app/slug"), "lottery");
    }
}
