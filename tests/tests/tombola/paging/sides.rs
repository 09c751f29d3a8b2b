//! What a page says of its sides, and which list a cursor belongs to.

use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, Scene};

use super::list::{List, Page};

/// Rooms of the scene's organization, oldest first: the scene's own and four more.
async fn rooms(scene: &Scene) -> Vec<String> {
    let mut rooms = vec![scene.room.clone()];
    for title in ["A", "B", "C", "D"] {
        let input = json!({ "title": title });
        rooms.push(scene.creator.draft_room(&scene.organization, input).await);
    }
    rooms
}

fn list<'a>(client: &'a Client, arguments: &str) -> List<'a> {
    List {
        client,
        around: "{ LIST }".to_owned(),
        at: "",
        field: "rooms",
        arguments: arguments.to_owned(),
    }
}

fn sides(page: &Page) -> (bool, bool) {
    (page.has_previous, page.has_next)
}

async fn delete(client: &Client, rooms: &[String]) {
    for room in rooms {
        client
            .mutate("deleteRoom", json!({ "roomId": room }), "room { id }")
            .await
            .at("/deleteRoom");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_says_whether_rows_stand_beside_it_whatever_became_of_its_cursor(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values("CREATED_AT", "STARTS_AT", "TITLE")] field: &str,
) {
    let scene = Scene::new(database).await;
    let ids = rooms(&scene).await;
    // All but the scene's own room, which could not be deleted while it is open.
    let rooms = list(
        &scene.creator,
        &format!("filter: {{ status: DRAFT }} orderBy: {{ field: {field} }}"),
    );
    let cursors = rooms.page("first: 4").await.cursors;
    let (second, third) = (&cursors[1], &cursors[2]);
    let behind = format!("first: 2 after: \"{second}\"");
    let before = format!("last: 2 before: \"{third}\"");
    assert_eq!(sides(&rooms.page(&behind).await), (true, false));
    assert_eq!(sides(&rooms.page(&before).await), (false, true));

    delete(&scene.creator, &ids[2..3]).await;
    assert_eq!(
        sides(&rooms.page(&behind).await),
        (true, false),
        "the cursor's row is gone"
    );
    delete(&scene.creator, &ids[1..2]).await;
    let page = rooms.page(&behind).await;
    assert_eq!(page.ids, ids[3..]);
    assert_eq!(sides(&page), (false, false), "nothing stands before it");

    delete(&scene.creator, &ids[3..4]).await;
    assert_eq!(sides(&rooms.page(&before).await), (false, true), "one stands behind it");
    delete(&scene.creator, &ids[4..5]).await;
    let page = rooms.page(&before).await;
    assert_eq!((page.ids.len(), sides(&page)), (0, (false, false)), "nothing is left");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_a_parent_counts_its_own_children_alone(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let other = scene.creator.active_room(&scene.organization, json!({})).await;
    let mut prizes = Vec::new();
    for room in [&other, &scene.room, &other, &scene.room, &other] {
        let input = json!({ "roomId": room, "name": "A prize", "quantity": 1 });
        let answer = scene.creator.mutate("createPrize", input, "prize { id }").await;
        prizes.push(answer.text("/createPrize/prize/id"));
    }
    let list = List {
        client: &scene.creator,
        around: format!("{{ node(id: \"{}\") {{ ... on Room {{ LIST }} }} }}", scene.room),
        at: "/node",
        field: "prizes",
        arguments: String::new(),
    };
    let first = list.page("first: 1").await;
    let behind = format!("first: 1 after: \"{}\"", first.cursors[0]);
    assert_eq!(sides(&list.page(&behind).await), (true, false));
    let input = json!({ "prizeId": prizes[1] });
    scene
        .creator
        .mutate("deletePrize", input, "prize { id }")
        .await
        .at("/deletePrize");
    let page = list.page(&behind).await;
    assert_eq!(page.ids, prizes[3..4]);
    assert_eq!(sides(&page), (false, false));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_beside_a_page_is_looked_for_only_when_it_is_asked_for(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    rooms(&scene).await;
    let cursor = list(&scene.creator, "").page("first: 1").await.cursors.remove(0);
    let statements = async |selection: &str| {
        let before = scene.world.statements();
        let document =
            format!("{{ rooms(first: 1 after: \"{cursor}\") {{ nodes {{ id }} pageInfo {{ {selection} }} }} }}");
        scene.creator.query(&document).await.at("/rooms");
        scene.world.statements() - before
    };
    let page_alone = statements("endCursor hasNextPage").await;
    assert_eq!(statements("hasPreviousPage").await, page_alone + 1);
    assert_eq!(
        statements("hasPreviousPage @skip(if: true) endCursor").await,
        page_alone
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_is_refused_by_every_other_list(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    rooms(&scene).await;
    let prizes = async |room: &str| {
        for _ in 0..2 {
            let input = json!({ "roomId": room, "name": "A prize", "quantity": 1 });
            scene.creator.mutate("createPrize", input, "prize { id }").await;
        }
    };
    let other = scene.creator.active_room(&scene.organization, json!({})).await;
    prizes(&scene.room).await;
    prizes(&other).await;
    let own = &scene.organization;
    let of = |kind: &str, id: &str, field: &str| format!("node(id: \"{id}\") {{ ... on {kind} {{ {field} }} }}");
    let lists = [
        "rooms(WINDOW) REST".to_owned(),
        "rooms(orderBy: { field: CREATED_AT, direction: DESC } WINDOW) REST".to_owned(),
        "rooms(orderBy: { field: TITLE } WINDOW) REST".to_owned(),
        "rooms(orderBy: { field: TITLE, direction: DESC } WINDOW) REST".to_owned(),
        "rooms(filter: { status: [DRAFT, ACTIVE] } WINDOW) REST".to_owned(),
        "rooms(filter: { text: \"o\" } WINDOW) REST".to_owned(),
        format!("rooms(filter: {{ organizationId: \"{own}\" }} WINDOW) REST"),
        of("Organization", own, "rooms(WINDOW) REST"),
        of("Room", &scene.room, "prizes(WINDOW) REST"),
        of("Room", &other, "prizes(WINDOW) REST"),
        of("Room", &scene.room, "participants(WINDOW) REST"),
        of("Room", &scene.room, "participants(roles: [ORGANIZER] WINDOW) REST"),
    ];
    let document = |list: &str, window: &str| {
        let rest = "{ nodes { id } pageInfo { endCursor } }";
        format!("{{ {} }}", list.replace("WINDOW", window).replace("REST", rest))
    };
    let mut cursors = Vec::new();
    for list in &lists {
        let answer = scene.creator.query(&document(list, "first: 1")).await;
        let found = answer.at("").to_string();
        let cursor = found
            .split("\"endCursor\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        cursors.push(cursor.unwrap_or_else(|| panic!("{list}: {found}")).to_owned());
    }
    for (number, list) in lists.iter().enumerate() {
        for (other, cursor) in cursors.iter().enumerate() {
            for (size, field) in [("first", "after"), ("last", "before")] {
                let window = format!("{size}: 1 {field}: \"{cursor}\"");
                let answer = scene.creator.query(&document(list, &window)).await;
                if number == other {
                    assert!(answer.is_ok(), "{list}: {}", answer.body);
                } else {
                    answer.assert_refused_for("VALIDATION", field);
                }
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_is_good_after_a_restart(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let mut scene = Scene::new(database).await;
    let ids = rooms(&scene).await;
    let filter = format!("filter: {{ organizationId: \"{}\" }}", scene.organization);
    let cursor = list(&scene.creator, &filter).page("first: 2").await.cursors.remove(1);
    scene.world.restart().await;
    let page = list(&scene.world.again(&scene.creator), &filter)
        .page(&format!("first: 2 after: \"{cursor}\""))
        .await;
    assert_eq!(page.ids, ids[2..4]);
}
