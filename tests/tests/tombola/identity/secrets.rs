//! Secrets are kept as hashes only, and hashes only where they belong.

use rstest::rstest;
use serde_json::json;
use tests::{Database, World};

use super::account::{Account, PASSWORD, refresh};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_holds_no_secret_and_no_hash_but_in_its_own_column(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let again = Account::sign_in(&world, "ann@example.com").await;
    let refreshed = refresh(world.stranger(), &again.refresh, Some("once")).await;
    let organization = again
        .client
        .mutate("createOrganization", json!({ "name": "Ann's" }), "organization { id }")
        .await
        .text("/createOrganization/organization/id");
    let app = json!({ "organizationId": organization, "name": "An app", "manifest": {} });
    let app = again.client.mutate("registerApp", app, "app { id } clientSecret").await;
    let renewed = json!({ "appId": app.text("/registerApp/app/id") });
    let renewed = again
        .client
        .mutate("regenerateAppSecret", renewed, "clientSecret")
        .await;
    again
        .client
        .query("mutation { signOut { session { id } } }")
        .await
        .text("/signOut/session/id");

    let secrets = [
        PASSWORD.to_owned(),
        account.access,
        account.refresh,
        again.access,
        again.refresh,
        refreshed.text("/refreshSession/accessToken"),
        refreshed.text("/refreshSession/refreshToken"),
        app.text("/registerApp/clientSecret"),
        renewed.text("/regenerateAppSecret/clientSecret"),
    ];
    let hash = |secret: &str| {
        let hash = api::credentials::hash_secret(secret);
        hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let mut hashes_found = 0;
    for (table, rows) in world.dump().await {
        let text = rows.join("\n");
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{table} holds {secret}");
            // The random part alone would be as bad.
            if let Some(random) = secret.strip_prefix("tmb_refresh_").or(secret.strip_prefix("tmb_app_")) {
                assert!(!text.contains(&random[..43]), "{table} holds {secret}");
            }
            if text.to_lowercase().contains(&hash(secret)) {
                assert!(
                    ["refresh_tokens", "apps"].contains(&table.as_str()),
                    "{table} holds a hash of {secret}"
                );
                hashes_found += 1;
            }
        }
        assert!(
            table == "users" || !text.contains("$argon2"),
            "{table} holds a password's hash"
        );
        assert!(
            !text.contains("tmb_refresh_") && !text.contains("tmb_app_"),
            "{table} holds a secret"
        );
    }
    // Three refresh tokens and the app's second secret; the first is gone.
    assert_eq!(hashes_found, 4, "the search itself finds what it looks for");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_holds_a_hash_or_the_server_s_key(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let names = world
        .stranger()
        .query("{ __schema { types { name fields { name } inputFields { name } } } }")
        .await
        .body
        .to_string();
    for hidden in ["passwordHash", "secretHash", "tokenHash", "entryNonce", "signingKey"] {
        assert!(!names.contains(hidden), "the schema has {hidden}");
    }
}
