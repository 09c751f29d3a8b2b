//! Rooms by title: one order on every database. The tests' PostgreSQL databases have a collation of ICU, whose own order is
//! another one.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use tests::{Database, Scene};

use super::list::List;

/// As they are made.
const MADE: [&str; 16] = [
    "apple",
    "Banana",
    "cherry",
    "Äpfel",
    "Zebra",
    "a-b",
    "ab",
    "a b",
    "Straße 2",
    "STRASSE 10",
    "A\u{308}pfel 2",
    "🎉 party",
    "Ω",
    "ωμέγα",
    "がく",
    "かく",
];

/// As they are listed: by letters and signs, capitals and small letters together, and accents where nothing else differs.
const LISTED: [&str; 16] = [
    "a b",
    "a-b",
    "ab",
    "Äpfel",
    "A\u{308}pfel 2",
    "apple",
    "Banana",
    "cherry",
    "STRASSE 10",
    "Straße 2",
    "Zebra",
    "Ω",
    "ωμέγα",
    "かく",
    "がく",
    "🎉 party",
];

async fn titles(scene: &Scene, direction: &str) -> Vec<String> {
    let document = "query($filter: RoomFilter, $order: RoomOrder) {
        rooms(filter: $filter, orderBy: $order, first: 100) { nodes { title } } }";
    let variables = json!({
        "filter": { "organizationId": scene.organization, "status": "DRAFT" },
        "order": { "field": "TITLE", "direction": direction },
    });
    let answer = scene.creator.run(document, variables).await;
    let nodes = answer.list("/rooms/nodes").iter();
    nodes.map(|node| node["title"].as_str().unwrap().to_owned()).collect()
}

/// The rooms, drafts of the scene's organization.
async fn make(scene: &Scene) {
    for title in MADE {
        scene
            .creator
            .draft_room(&scene.organization, json!({ "title": title }))
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_have_one_order_by_title_on_every_database(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    make(&scene).await;
    let mut backward = LISTED;
    backward.reverse();
    assert_eq!(titles(&scene, "ASC").await, LISTED);
    assert_eq!(titles(&scene, "DESC").await, backward);

    let list = List {
        client: &scene.creator,
        around: "{ LIST }".to_owned(),
        at: "",
        field: "rooms",
        arguments: "filter: { status: DRAFT } orderBy: { field: TITLE }".to_owned(),
    };
    let all = list.page("first: 100").await.ids;
    for size in [1, 3] {
        list.assert_forward(size, &all).await;
        list.assert_backward(size, &all).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_title_has_another_place(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let draft = |title| scene.creator.draft_room(&scene.organization, json!({ "title": title }));
    let first = draft("b").await;
    draft("c").await;
    assert_eq!(titles(&scene, "ASC").await, ["b", "c"]);
    let input = json!({ "roomId": first, "title": "Ć" });
    scene
        .creator
        .mutate("updateRoom", input, "room { id }")
        .await
        .at("/updateRoom");
    assert_eq!(titles(&scene, "ASC").await, ["c", "Ć"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_of_before_are_put_in_order_and_found(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let mut scene = Scene::new(database).await;
    make(&scene).await;
    let owner = scene.world.database.owner().await;
    // Back to before there was a key: what is written then has none.
    let all = migration::status(&owner).await.unwrap();
    let steps = all.iter().rev().position(|one| one.name == "m0010_title_keys").unwrap();
    migration::down(&owner, u32::try_from(steps).unwrap() + 1)
        .await
        .unwrap();
    let lost = "update rooms set search_text = ''";
    tests::database::execute(&scene.world.db, lost).await;
    migration::up(&owner).await.unwrap();
    scene.world.restart().await;
    scene.creator = scene.world.again(&scene.creator);

    assert_eq!(titles(&scene, "ASC").await, LISTED);
    let found = scene
        .creator
        .query("{ rooms(filter: { text: \"strasse\" }) { totalCount } }")
        .await;
    assert_eq!(found.number("/rooms/totalCount"), 2);
    if scene.world.db.get_database_backend() == DbBackend::Postgres {
        let collation = "select collation_name::text from information_schema.columns \
                         where table_name = 'rooms' and column_name = 'title_key'";
        let row = scene
            .world
            .db
            .query_one_raw(Statement::from_string(DbBackend::Postgres, collation))
            .await
            .unwrap();
        assert_eq!(row.unwrap().try_get_by_index::<String>(0).unwrap(), "C");
    }
}
