//! What a snapshot has shown is not looked up again, and opens nothing else.

use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene, World};

use super::tenant::Tenant;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_hidden_is_seen_beside_what_was_shown(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let tenant = Tenant::with_draws(&world, "theirs").await;
    let document = "query($room: ID!, $ids: [ID!]!) {
        room(id: $room) {
            participants(first: 5) { nodes { id } }
            prizes(first: 5) { nodes { id winners(first: 5) { nodes { prize { id } participant { id } } } } }
            draws(first: 5) { nodes { id steps(first: 5) { nodes { id } } } }
        }
        nodes(ids: $ids) { id }
    }";
    let shown = [tenant.public.participant.clone(), tenant.public.prizes[0].clone()];
    let hidden = tenant.hidden_ids();
    let ids: Vec<_> = shown.iter().chain(&hidden).collect();
    let variables = json!({ "room": tenant.public.room, "ids": ids });
    // Which of the two is read first is a matter of chance.
    for _ in 0..10 {
        let answer = world.stranger().run(document, variables.clone()).await;
        let found: Vec<_> = answer.list("/nodes").iter().map(|node| node["id"].as_str()).collect();
        assert_eq!(found[..2], shown.each_ref().map(|id| Some(id.as_str())));
        assert!(found[2..].iter().all(Option::is_none), "{found:?}");
        assert!(!answer.list("/room/prizes/nodes").is_empty());
        tenant.assert_no_leak(&answer);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_was_shown_is_not_looked_up_for_what_hangs_on_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let document = "{ rooms(first: 5) { nodes {
        participants(first: 5) { totalCount nodes { id } }
        prizes(first: 5) { totalCount nodes { id winners(first: 5) { totalCount nodes { prize { id } participant { id } } } } }
    } } }";
    let request = scene.admin.http().post(format!("{}/graphql", scene.admin.base()));
    let request = request
        .header("tombola-explain", "1")
        .bearer_auth(scene.admin.token.as_deref().unwrap());
    let answer = request.json(&json!({ "query": document })).send().await.unwrap();
    let answer: serde_json::Value = answer.json().await.unwrap();
    let statements = answer["extensions"]["explain"]["statements"].as_array().unwrap().iter();
    let of_rooms = statements.filter(|one| one["sql"].as_str().unwrap().contains("FROM \"rooms\""));
    assert_eq!(of_rooms.count(), 1, "{answer:#}");
}
