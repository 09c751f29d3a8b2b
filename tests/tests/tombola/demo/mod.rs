//! The demo data: what `tombola demo` fills a database with.

use api::demo;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, World};

/// Everything at once, as alice sees it: the depth and breadth that a newcomer's first query has.
const EVERYTHING: &str = "{
    viewer { email firstName lastName timezone profile { displayName } memberships { nodes { role organization {
        name slug memberships { nodes { role email user { displayName } } }
        apps { nodes { name slug manifest permissions isActive } } } } } }
    rooms(first: 10) { totalCount nodes {
        title status isPublic startsAt endsAt maxParticipants settings app { name } organization { slug }
        participants { totalCount nodes { role tickets user { displayName } } }
        prizes { nodes { name position quantity quantityRemaining metadata } }
        draws { nodes { level status entryCount entropy { dice } } }
        winners { totalCount nodes { source status prize { name } participant { user { displayName } } } }
        events(first: 100) { __typename sequence } } }
}";

async fn alice(world: &World) -> Client {
    let input = json!({ "email": "alice@example.com", "password": demo::PASSWORD });
    let answer = world
        .stranger()
        .mutate("signIn", input, "... on SignedIn { accessToken }")
        .await;
    world.stranger().signed_in(&answer.text("/signIn/accessToken"), "")
}

fn titled<'a>(rooms: &'a [Json], title: &str) -> &'a Json {
    let found = rooms.iter().find(|room| room["title"] == title);
    found.unwrap_or_else(|| panic!("no room is called {title}: {rooms:#?}"))
}

fn people(room: &Json) -> Vec<(&str, &str)> {
    let nodes = room["participants"]["nodes"].as_array().unwrap();
    let mut people: Vec<_> = nodes
        .iter()
        .map(|one| {
            (
                one["user"]["displayName"].as_str().unwrap(),
                one["role"].as_str().unwrap(),
            )
        })
        .collect();
    people.sort_unstable();
    people
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_data_has_its_counts(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    assert!(demo::fill(world.services()).await.unwrap());
    let dump = world.dump().await;
    for (table, rows) in [
        ("users", 4),
        ("organizations", 2),
        ("memberships", 4),
        ("apps", 2),
        ("rooms", 3),
        ("participants", 8),
        ("prizes", 4),
        ("winners", 1),
        ("draws", 2),
    ] {
        assert_eq!(dump[table].len(), rows, "{table}");
    }
    use entity::identity::session;
    use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
    let live = session::Entity::find().filter(session::Column::RevokedAt.is_null());
    assert_eq!(live.count(&world.db).await.unwrap(), 2, "active sessions");
    assert!(!dump["audit_logs"].is_empty() && !dump["room_events"].is_empty());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_query_reads_all_of_it(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    demo::fill(world.services()).await.unwrap();
    let answer = alice(&world).await.query(EVERYTHING).await;

    assert_eq!(answer.text("/viewer/email"), "alice@example.com");
    assert_eq!(answer.text("/viewer/profile/displayName"), "Alice");
    let organization = answer.at("/viewer/memberships/nodes/0/organization");
    assert_eq!(organization["name"], "Example Events");
    let members = organization["memberships"]["nodes"].as_array().unwrap();
    let members: Vec<_> = members
        .iter()
        .map(|one| {
            (
                one["user"]["displayName"].as_str().unwrap(),
                one["role"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(members, [("Alice", "ADMIN"), ("Bob", "CREATOR"), ("Diana", "VIEWER")]);
    let apps = organization["apps"]["nodes"].as_array().unwrap();
    let names: Vec<_> = apps.iter().map(|app| app["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Holiday Lottery", "Quiz \"Who's First?\""]);
    assert!(
        apps.iter()
            .all(|app| app["manifest"].as_object().is_some_and(|manifest| !manifest.is_empty()))
    );

    assert_eq!(answer.number("/rooms/totalCount"), 3);
    let rooms = answer.list("/rooms/nodes");
    let new_year = titled(rooms, "New Year Lottery 2025");
    assert_eq!(
        (&new_year["status"], &new_year["isPublic"]),
        (&json!("ACTIVE"), &json!(true))
    );
    assert_eq!(new_year["app"]["name"], "Holiday Lottery");
    assert_eq!(
        people(new_year),
        [
            ("Alice", "ORGANIZER"),
            ("Bob", "MODERATOR"),
            ("Charlie", "PARTICIPANT"),
            ("Diana", "PARTICIPANT")
        ]
    );
    let won = &new_year["winners"]["nodes"];
    assert_eq!(new_year["winners"]["totalCount"], 1);
    let winner = won[0]["participant"]["user"]["displayName"].as_str().unwrap();
    assert!(["Charlie", "Diana"].contains(&winner), "whoever was drawn: {winner}");
    assert_eq!(
        (&won[0]["source"], &won[0]["status"]),
        (&json!("DRAW"), &json!("PENDING"))
    );
    let draws = new_year["draws"]["nodes"].as_array().unwrap();
    let stands: Vec<_> = draws
        .iter()
        .map(|draw| (draw["level"].as_str(), draw["status"].as_str()))
        .collect();
    assert_eq!(stands, [(Some("L0"), Some("DRAWN")), (Some("L1"), Some("FROZEN"))]);
    assert_eq!(
        (&draws[0]["entryCount"], &draws[1]["entryCount"]),
        (&json!(2), &json!(2))
    );
    assert!(
        draws[1]["entropy"]["dice"]
            .as_str()
            .is_some_and(|dice| dice.len() == 30),
        "its dice are thrown"
    );
    let prizes = new_year["prizes"]["nodes"].as_array().unwrap();
    assert_eq!(prizes.len(), 3);
    let awarded: Vec<_> = prizes
        .iter()
        .filter(|prize| prize["quantity"] != prize["quantityRemaining"])
        .collect();
    assert_eq!(awarded.len(), 1);
    assert_eq!(awarded[0]["name"], won[0]["prize"]["name"]);

    let trivia = titled(rooms, "Christmas Trivia Quiz");
    assert_eq!(
        (&trivia["status"], &trivia["app"]["name"]),
        (&json!("DRAFT"), &json!("Quiz \"Who's First?\""))
    );
    assert_eq!(people(trivia), [("Alice", "ORGANIZER"), ("Diana", "VIEWER")]);
    let office = titled(rooms, "Private Office Lottery");
    assert_eq!(office["isPublic"], false);
    assert_eq!(people(office), [("Alice", "ORGANIZER"), ("Bob", "PARTICIPANT")]);

    let all: Vec<_> = rooms
        .iter()
        .flat_map(|room| room["prizes"]["nodes"].as_array().unwrap())
        .collect();
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|prize| {
        prize["metadata"]
            .as_object()
            .is_some_and(|metadata| !metadata.is_empty())
    }));
    for room in rooms {
        let events = room["events"].as_array().unwrap();
        let sequences: Vec<_> = events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect();
        assert_eq!(
            sequences,
            (1..=events.len() as u64).collect::<Vec<_>>(),
            "{}",
            room["title"]
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_fill_changes_nothing(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    assert!(demo::fill(world.services()).await.unwrap());
    let before = world.dump().await;
    assert!(!demo::fill(world.services()).await.unwrap());
    assert_eq!(world.dump().await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_somebody_uses_is_left_alone(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    world.user("Somebody").await;
    let before = world.dump().await;
    assert!(!demo::fill(world.services()).await.unwrap());
    assert_eq!(world.dump().await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_demo_account_signs_in_with_the_printed_password(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    demo::fill(world.services()).await.unwrap();
    for account in &demo::ACCOUNTS {
        let input = json!({ "email": account.email, "password": demo::PASSWORD });
        let answer = world
            .stranger()
            .mutate("signIn", input, "... on SignedIn { viewer { email } }")
            .await;
        assert_eq!(answer.text("/signIn/viewer/email"), account.email);
    }
}
