//! Nothing secret is kept for a retry.

use base64::{Engine, engine::general_purpose::STANDARD};
use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene};

use super::fresh;
use crate::identity::account::{Account, PASSWORD};

/// Bytes in the forms in which a JSON value or a dump might hold them.
fn forms(bytes: &[u8]) -> Vec<String> {
    let numbers: Vec<_> = bytes.iter().map(ToString::to_string).collect();
    vec![
        bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
        STANDARD.encode(bytes),
        numbers.join(","),
        numbers.join(", "),
    ]
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outcomes_hold_no_secret(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let account = Account::sign_up(&scene.world, "ann@example.com").await;
    let ann = &account.client;
    let run = async |client: &tests::Client, mutation: &str, input, selection: &str| {
        let answer = fresh(client).mutate(mutation, input, selection).await;
        assert!(answer.is_ok(), "{mutation}: {}", answer.body);
        answer
    };
    run(
        ann,
        "updateProfile",
        json!({ "displayName": "Anna" }),
        "viewer { email }",
    )
    .await;
    let app = json!({ "organizationId": scene.organization, "name": "An app", "manifest": {} });
    let app = run(&scene.admin, "registerApp", app, "app { id } clientSecret").await;
    let of_app = json!({ "appId": app.text("/registerApp/app/id") });
    let renewed = run(&scene.admin, "regenerateAppSecret", of_app.clone(), "clientSecret").await;
    run(&scene.admin, "deactivateApp", of_app, "app { id }").await;
    let credentials = json!({ "email": "ann@example.com", "password": PASSWORD });
    let tokens = "... on SignedIn { accessToken refreshToken }";
    let signed_in = run(&scene.creator, "signIn", credentials, tokens).await;
    let refreshed = json!({ "refreshToken": account.refresh });
    let refreshed = run(ann, "refreshSession", refreshed, "accessToken refreshToken").await;
    run(ann, "joinRoom", json!({ "roomId": scene.room }), "participant { id }").await;
    let prize = scene.prize(1).await;
    let policy = json!({ "level": "L0", "prizes": [{ "prizeId": prize }] });
    let draw = json!({ "roomId": scene.room, "policy": policy });
    run(&scene.creator, "createDraw", draw, "draw { id }").await;

    let texts = [
        PASSWORD.to_owned(),
        "$argon2".to_owned(),
        app.text("/registerApp/clientSecret"),
        renewed.text("/regenerateAppSecret/clientSecret"),
        signed_in.text("/signIn/accessToken"),
        signed_in.text("/signIn/refreshToken"),
        refreshed.text("/refreshSession/accessToken"),
        refreshed.text("/refreshSession/refreshToken"),
    ];
    let mut hidden = texts.to_vec();
    for text in &texts {
        hidden.extend(forms(&api::credentials::hash_secret(text)));
    }
    hidden.extend(column(&scene, "SELECT sealed_seed FROM draws").await);
    hidden.extend(column(&scene, "SELECT entry_nonce FROM participants").await);
    hidden.extend(column(&scene, "SELECT secret_hash FROM apps").await);
    hidden.extend(column(&scene, "SELECT token_hash FROM refresh_tokens").await);

    let outcomes = scene.world.dump().await["idempotency_keys"].join("\n");
    // The search itself finds what it looks for.
    let commit = column(&scene, "SELECT seed_commit FROM draws").await;
    assert!(commit.iter().any(|form| outcomes.contains(form)), "{outcomes}");
    for text in hidden {
        assert!(!outcomes.contains(&text), "{text} is kept: {outcomes}");
    }
}

/// The forms of all values of a column of bytes.
async fn column(scene: &Scene, sql: &str) -> Vec<String> {
    use sea_orm::{ConnectionTrait, Statement};
    let statement = Statement::from_string(scene.world.db.get_database_backend(), sql);
    let rows = scene.world.db.query_all_raw(statement).await.unwrap();
    assert!(!rows.is_empty(), "{sql}");
    rows.iter()
        .flat_map(|row| forms(&row.try_get_by_index::<Vec<u8>>(0).unwrap()))
        .collect()
}
