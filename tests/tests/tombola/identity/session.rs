//! Sessions: one's own to see, and to end.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, World};

use super::account::{Account, opens, refresh};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_ends_the_session_at_once_and_no_other(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let other = Account::sign_in(&world, "ann@example.com").await;
    let document = "mutation { signOut { session { id revokedAt } } }";
    let mine = account.client.query("{ viewer { session { id revokedAt } } }").await;
    assert_eq!(mine.at("/viewer/session/revokedAt"), &Json::Null);
    let answer = account.client.query(document).await;
    assert_eq!(answer.at("/signOut/session/id"), mine.at("/viewer/session/id"));
    assert!(answer.at("/signOut/session/revokedAt").is_string());

    // No moment is left to use it.
    assert!(!opens(&world, &account.access).await);
    let before = world.dump().await;
    let again = account.client.query(document).await;
    assert_eq!(again.status, 401);
    again.assert_refused("UNAUTHENTICATED");
    refresh(world.stranger(), &account.refresh, None)
        .await
        .assert_refused("UNAUTHENTICATED");
    assert_eq!(world.dump().await, before);
    assert!(opens(&world, &other.access).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signed_out_is_nobody_for_the_rest_of_the_operation(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let document = "mutation { signOut { __typename }
        createOrganization(input: { name: \"After\" }) { organization { id } } again: signOut { __typename } }";
    let answer = account.client.query(document).await;
    assert_eq!(answer.body["data"]["signOut"]["__typename"], "SignOutPayload");
    assert_eq!(answer.body["data"]["createOrganization"], Json::Null);
    let codes: Vec<_> = answer
        .errors()
        .iter()
        .map(|error| &error["extensions"]["code"])
        .collect();
    assert_eq!(codes, ["UNAUTHENTICATED", "UNAUTHENTICATED"]);
    assert!(world.dump().await["organizations"].is_empty());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_in_is_who_they_are_for_the_rest_of_the_operation(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    Account::sign_up(&world, "ann@example.com").await;
    let document = "mutation($password: String!) {
        signIn(input: { email: \"ann@example.com\", password: $password }) { __typename }
        createOrganization(input: { name: \"At once\" }) { organization { memberships { nodes { email role } } } } }";
    let answer = world
        .stranger()
        .run(document, json!({ "password": super::account::PASSWORD }))
        .await;
    assert_eq!(
        answer.at("/createOrganization/organization/memberships/nodes"),
        &json!([{ "email": "ann@example.com", "role": "ADMIN" }])
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_seen_by_its_user_alone(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let stranger = Account::sign_up(&world, "ben@example.com").await;
    let id = account
        .client
        .query("{ viewer { session { id } } }")
        .await
        .text("/viewer/session/id");
    let document = "query($id: ID!) { node(id: $id) { ... on Session { ipAddress } } }";
    let answer = account.client.run(document, json!({ "id": id })).await;
    assert_eq!(answer.text("/node/ipAddress"), "127.0.0.1");
    for client in [&stranger.client, world.stranger()] {
        let answer = client.run(document, json!({ "id": id })).await;
        assert_eq!(answer.at("/node"), &Json::Null);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_remembers_the_program_that_signed_in(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    Account::sign_up(&world, "ann@example.com").await;
    let body = json!({
        "query": "mutation($input: SignInInput!) { signIn(input: $input) {
            ... on SignedIn { viewer { session { userAgent } } } } }",
        "variables": { "input": { "email": "ann@example.com", "password": super::account::PASSWORD } },
    });
    for (sent, kept) in [
        ("Big Screen/1.0".to_owned(), "Big Screen/1.0".to_owned()),
        ("x".repeat(400), "x".repeat(300)),
    ] {
        let response = world
            .stranger()
            .http()
            .post(format!("{}/graphql", world.stranger().base()))
            .header("user-agent", sent)
            .json(&body)
            .send()
            .await
            .unwrap();
        let answer: Json = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(answer["data"]["signIn"]["viewer"]["session"]["userAgent"], json!(kept));
    }
}
