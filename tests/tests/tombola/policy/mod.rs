//! The policy's table, asked through the API: every action, by everybody that a caller can be.

mod actions;
mod cast;
mod queries;
mod streams;

use std::collections::BTreeSet;

use api::policy::{ActedOn, Action, Relation, allows, relations};
use rstest::rstest;
use sea_orm::Iterable;
use serde_json::json;
use tests::{Client, Database, World};

use actions::attempts;
use cast::Cast;

use crate::catalogue::{OpenTo, mutations};

/// What the table says of a caller who is `relation` to the thing, and signed in or not, as everybody is.
fn allowed(action: Action, relation: Relation) -> bool {
    let everybody = match relation {
        Relation::Anonymous => Relation::Anonymous,
        _ => Relation::SignedIn,
    };
    allows(action, everybody) || allows(action, relation)
}

/// What the field `viewerPermissions` says of one thing.
async fn told(client: &Client, document: &str, id: &str) -> Vec<String> {
    let answer = client.run(document, json!({ "id": id })).await;
    let told = answer.body["data"]["node"]["viewerPermissions"].as_array().cloned();
    let told = told.unwrap_or_default();
    told.iter()
        .map(|name| name.as_str().unwrap().replace('_', ""))
        .collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_viewer_may_do_is_what_the_policy_s_table_allows(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let cast = Cast::set(&world).await;
    for (acted_on, id, document) in [
        (
            ActedOn::Room,
            &cast.scene.room,
            "query($id: ID!) { node(id: $id) { ... on Room { viewerPermissions } } }",
        ),
        (
            ActedOn::Organization,
            &cast.scene.organization,
            "query($id: ID!) { node(id: $id) { ... on Organization { viewerPermissions } } }",
        ),
    ] {
        for relation in relations() {
            // Somebody who is no member does not see the organization; nobody is a room or an organization.
            let of_members = acted_on == ActedOn::Organization && !matches!(relation, Relation::Member(_));
            if of_members || relation == Relation::Oneself {
                continue;
            }
            let expected: Vec<_> = Action::iter()
                .filter(|action| action.acted_on() == acted_on && allowed(*action, relation))
                .map(|action| format!("{action:?}").to_uppercase())
                .collect();
            assert_eq!(
                told(cast.who(relation), document, id).await,
                expected,
                "{acted_on:?} {relation:?}"
            );
        }
    }
    let of_win = "query($id: ID!) { node(id: $id) { ... on Winner { viewerPermissions } } }";
    assert_eq!(told(&cast.oneself, of_win, &cast.scene.own_win).await, ["CLAIMPRIZE"]);
    assert!(told(&cast.outsider, of_win, &cast.scene.own_win).await.is_empty());
    assert!(told(&cast.stranger, of_win, &cast.scene.own_win).await.is_empty());
    let answer = cast.outsider.query("{ viewer { viewerPermissions } }").await;
    assert_eq!(answer.at("/viewer/viewerPermissions"), &json!(["CREATE_ORGANIZATION"]));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_allows_exactly_what_the_policy_s_table_allows(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let cast = Cast::set(&world).await;
    let mut differences = Vec::new();
    let mut asked = 0;
    let mut tried = BTreeSet::new();

    for action in Action::iter() {
        for relation in relations() {
            for attempt in attempts(&cast, action, relation) {
                let may = attempt.run(cast.who(relation)).await;
                asked += 1;
                tried.insert(attempt.name);
                if may != allowed(action, relation) {
                    differences.push(format!("{action:?} by {relation:?} ({}): {may}", attempt.name));
                }
            }
        }
    }

    assert!(differences.is_empty(), "the API answers otherwise: {differences:#?}");
    assert!(asked > 400, "only {asked} calls");
    let guarded = mutations()
        .into_iter()
        .filter(|entry| matches!(entry.open_to, OpenTo::Roles(_) | OpenTo::Joiners));
    let missing: Vec<_> = guarded
        .map(|entry| entry.name)
        .filter(|name| !tried.contains(name))
        .collect();
    assert!(
        missing.is_empty(),
        "mutations that nobody tries in actions.rs: {missing:?}"
    );
}
