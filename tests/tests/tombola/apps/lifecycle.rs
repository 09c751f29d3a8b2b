//! Changing an app, taking it out of use and bringing it back.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, Scene};

async fn register(scene: &Scene) -> String {
    let input = json!({
        "organizationId": scene.organization, "name": "An app", "manifest": { "permissions": ["a"], "kind": "quiz" },
    });
    scene
        .admin
        .mutate("registerApp", input, "app { id }")
        .await
        .text("/registerApp/app/id")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_sets_what_it_names_and_keeps_the_rest(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let id = register(&scene).await;
    let change = async |more: Json| {
        let mut input = more;
        input["appId"] = json!(id);
        let answer = scene
            .admin
            .mutate("updateApp", input, "app { name slug manifest permissions isActive }")
            .await;
        answer.at("/updateApp/app").clone()
    };
    let mut wanted = json!({
        "name": "Renamed", "slug": "an-app", "manifest": { "permissions": ["a"], "kind": "quiz" },
        "permissions": ["a"], "isActive": true,
    });
    assert_eq!(change(json!({ "name": " Renamed " })).await, wanted);
    (wanted["manifest"], wanted["permissions"]) = (json!({ "kind": "lottery" }), json!([]));
    assert_eq!(
        change(json!({ "manifest": { "kind": "lottery" } })).await,
        wanted,
        "replaced as a whole"
    );
    assert_eq!(
        change(json!({ "name": null, "manifest": null, "isActive": null })).await,
        wanted
    );
    let audits = scene.world.dump().await["audit_logs"].join("\n");
    assert_eq!(audits.matches("APP_UPDATED").count(), 3);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deactivated_app_stays_so_until_it_is_brought_back(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let id = register(&scene).await;
    let input = json!({ "appId": id });
    let answer = scene
        .admin
        .mutate("deactivateApp", input.clone(), "app { isActive }")
        .await;
    assert_eq!(answer.at("/deactivateApp/app/isActive"), false);
    let audits = scene.world.dump().await["audit_logs"].join("\n");
    assert!(audits.contains("APP_DEACTIVATED"), "{audits}");

    for mutation in ["deactivateApp", "regenerateAppSecret"] {
        let answer = scene
            .world
            .refuses(&scene.admin, mutation, input.clone(), "CONFLICT", None)
            .await;
        assert!(answer.message().contains("deactivated"), "{}", answer.message());
    }
    let mut back = input.clone();
    back["isActive"] = json!(true);
    let answer = scene.admin.mutate("updateApp", back, "app { isActive }").await;
    assert_eq!(answer.at("/updateApp/app/isActive"), true);
    assert!(
        scene
            .admin
            .mutate("regenerateAppSecret", input, "app { id }")
            .await
            .is_ok()
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_deactivations_at_once_one_is_done(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let id = register(&scene).await;
    let tries = (0..10).map(|_| {
        scene
            .admin
            .mutate("deactivateApp", json!({ "appId": id }), "app { id }")
    });
    let answers = futures::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for refused in answers.iter().filter(|answer| !answer.is_ok()) {
        refused.assert_refused("CONFLICT");
    }
    let audits = scene.world.dump().await["audit_logs"].join("\n");
    assert_eq!(audits.matches("APP_DEACTIVATED").count(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_an_admin_manages_apps_and_every_member_sees_them(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let id = register(&scene).await;
    for client in [&scene.reviewer, &scene.creator, &scene.viewer] {
        let answer = client
            .run("query($id: ID!) { app(id: $id) { name } }", json!({ "id": id }))
            .await;
        assert_eq!(answer.text("/app/name"), "An app");
        let inputs = [
            (
                "registerApp",
                json!({ "organizationId": scene.organization, "name": "B", "manifest": {} }),
            ),
            ("updateApp", json!({ "appId": id, "name": "Renamed" })),
            ("regenerateAppSecret", json!({ "appId": id })),
            ("deactivateApp", json!({ "appId": id })),
        ];
        for (mutation, mut input) in inputs {
            if mutation == "registerApp" {
                input["slug"] = json!("another");
            }
            let answer = scene.world.refuses(client, mutation, input, "FORBIDDEN", None).await;
            assert!(answer.message().contains("ADMIN"), "{}", answer.message());
        }
    }
}
