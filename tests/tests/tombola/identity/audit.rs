//! What happens to accounts and sessions is audited in the organization of the platform, which nobody is in.

use entity::{OrganizationId, Principal, UserId, store::audit_log};
use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use tests::{Database, World};

use super::account::{Account, PASSWORD, refresh, sign_in};
use crate::room::soundness::audits;

/// The records behind the first `known` ones: action, actor, and what it was done to.
async fn records(world: &World, known: usize) -> Vec<(String, String, String)> {
    let told = |record: &audit_log::Model| {
        assert_eq!(record.organization_id, OrganizationId::PLATFORM, "{}", record.action);
        assert_eq!(record.hash.len(), 32);
        let actor = Principal::of(record.actor_kind, record.actor_id).expect("kind and id belong together");
        (record.action.clone(), actor.to_string(), record.resource_type.clone())
    };
    audits(world).await.iter().skip(known).map(told).collect()
}

fn record(action: &str, actor: &str, resource: &str) -> (String, String, String) {
    (action.to_owned(), actor.to_owned(), resource.to_owned())
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_change_of_an_account_is_audited(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let ann = Account::sign_up(&world, "ann@example.com").await;
    let user = ann.client.user.clone();
    assert_eq!(records(&world, 0).await, [record("SIGNED_UP", &user, "user")]);

    let other = Account::sign_in(&world, "ann@example.com").await;
    let input = json!({ "displayName": "Annabel", "firstName": "Ann" });
    let answer = other
        .client
        .mutate("updateProfile", input, "viewer { id: email }")
        .await;
    assert!(answer.is_ok(), "{}", answer.body);
    let answer = other.client.query("mutation { signOut { __typename } }").await;
    assert!(answer.is_ok(), "{}", answer.body);
    let told = [
        record("SIGNED_IN", &user, "session"),
        record("PROFILE_UPDATED", &user, "user"),
        record("SIGNED_OUT", &user, "session"),
    ];
    assert_eq!(records(&world, 1).await, told);
    let changed = &audits(&world).await[2];
    assert_eq!(
        changed.changes["after"],
        json!({ "displayName": "Annabel", "firstName": "Ann" })
    );
    assert_eq!(UserId(changed.resource_id).to_string(), user);

    // A refresh goes on with a session; a refresh token that comes twice ends it, and the server does that.
    refresh(world.stranger(), &ann.refresh, None).await.is_ok();
    assert_eq!(audits(&world).await.len(), 4);
    refresh(world.stranger(), &ann.refresh, None)
        .await
        .assert_refused("UNAUTHENTICATED");
    assert_eq!(
        records(&world, 4).await,
        [record("SESSION_REVOKED", "server", "session")]
    );
    assert_eq!(
        audits(&world).await[4].metadata,
        json!({ "reason": "REFRESH_TOKEN_REUSED" })
    );

    // An account that is made together with an organization is no matter of that organization.
    let input = json!({
        "email": "bob@example.com", "password": PASSWORD, "displayName": "Bob", "organizationName": "Bob's Bingo",
    });
    let answer = world.stranger().mutate("signUp", input, "organization { id }").await;
    let founded = answer.text("/signUp/organization/id");
    let logs = audits(&world).await;
    let logs: Vec<_> = logs[5..]
        .iter()
        .map(|record| (record.action.as_str(), record.organization_id.to_string()))
        .collect();
    let platform = OrganizationId::PLATFORM.to_string();
    assert_eq!(logs, [("ORGANIZATION_CREATED", founded), ("SIGNED_UP", platform)]);

    // What changes nothing is not there.
    sign_in(world.stranger(), "ann@example.com", "another password")
        .await
        .assert_refused("UNAUTHENTICATED");
    assert_eq!(audits(&world).await.len(), 7);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_or_uses_the_organization_of_the_platform(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let ann = Account::sign_up(&world, "ann@example.com").await;
    let platform = OrganizationId::PLATFORM.to_string();
    for document in [
        "query($id: ID!) { found: node(id: $id) { id } }",
        "query($id: ID!) { found: organization(id: $id) { id } }",
        "query($id: ID!) { found: organization(id: $id, slug: null) { id } }",
    ] {
        for client in [&ann.client, world.stranger()] {
            let answer = client.run(document, json!({ "id": platform })).await;
            assert!(answer.body["data"]["found"].is_null(), "{}", answer.body);
        }
    }
    let answer = ann.client.query("{ organization(slug: \"PLATFORM\") { id } }").await;
    assert!(answer.body["data"]["organization"].is_null(), "{}", answer.body);
    let input = json!({ "organizationId": platform, "title": "Mine" });
    world
        .refuses(&ann.client, "createRoom", input, "NOT_FOUND", Some("organizationId"))
        .await;
    let input = json!({ "organizationId": platform, "name": "Mine", "manifest": {} });
    world
        .refuses(&ann.client, "registerApp", input, "NOT_FOUND", Some("organizationId"))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_many_ask_for_at_once_is_audited_once(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let ann = Account::sign_up(&world, "ann@example.com").await;
    refresh(world.stranger(), &ann.refresh, None).await.is_ok();
    let known = audits(&world).await.len();
    let again = (0..20).map(|_| refresh(world.stranger(), &ann.refresh, None));
    for answer in join_all(again).await {
        answer.assert_refused("UNAUTHENTICATED");
    }
    assert_eq!(
        records(&world, known).await,
        [record("SESSION_REVOKED", "server", "session")]
    );

    let other = Account::sign_in(&world, "ann@example.com").await;
    let known = audits(&world).await.len();
    let out = (0..20).map(|_| other.client.query("mutation { signOut { __typename } }"));
    let done = join_all(out).await.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(done, 1);
    assert_eq!(
        records(&world, known).await,
        [record("SIGNED_OUT", &ann.client.user, "session")]
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_of_an_account_is_credited_with_its_own_fields_alone(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let ann = Account::sign_up(&world, "ann@example.com").await;
    let changes = (0..20).map(|number| match number % 2 {
        0 => json!({ "displayName": format!("Ann {number}") }),
        _ => json!({ "firstName": format!("Ann {number}") }),
    });
    let client = &ann.client;
    let done = changes.map(|input| async move {
        let answer = client.mutate("updateProfile", input.clone(), "viewer { email }").await;
        assert!(answer.is_ok(), "{}", answer.body);
        input
    });
    let mut asked = join_all(done).await;
    let mut told: Vec<_> = audits(&world)
        .await
        .iter()
        .skip(1)
        .map(|record| record.changes["after"].clone())
        .collect();
    asked.sort_by_key(ToString::to_string);
    told.sort_by_key(ToString::to_string);
    assert_eq!(told, asked);
}
