//! In every order, both ways, in pages of any size: the pages are one sort.

use rstest::rstest;
use tests::Database;

use super::{
    list::List,
    scenery::{Dice, FIELDS, Scenery, direction, ids, sorted},
};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_any_size_put_together_are_one_sort(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(false, true)] descending: bool,
) {
    let scenery = Scenery::new(database, &mut Dice(1), 23).await;
    for field in FIELDS {
        let expected = ids(&sorted(&scenery.rooms, field, descending));
        let list = List {
            client: &scenery.viewer,
            around: "{ LIST }".to_owned(),
            at: "",
            field: "rooms",
            arguments: format!("orderBy: {{ field: {field}, direction: {} }}", direction(descending)),
        };
        for size in 1..=7 {
            list.assert_forward(size, &expected).await;
            list.assert_backward(size, &expected).await;
        }
        list.assert_forward(22, &expected).await;
        list.assert_backward(23, &expected).await;
        list.assert_forward(100, &expected).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_order_the_oldest_come_first_and_twenty_make_a_page(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scenery = Scenery::new(database, &mut Dice(2), 23).await;
    let expected = ids(&sorted(&scenery.rooms, "CREATED_AT", false));

    let answer = scenery
        .viewer
        .query("{ rooms { nodes { id } pageInfo { hasNextPage } totalCount } }")
        .await;

    let found: Vec<_> = answer
        .list("/rooms/nodes")
        .iter()
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found, expected[..20]);
    assert_eq!(answer.at("/rooms/pageInfo/hasNextPage"), true);
    assert_eq!(answer.number("/rooms/totalCount"), 23);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_list_is_a_page_without_cursors(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scenery = Scenery::new(database, &mut Dice(3), 0).await;
    for window in ["first: 5", "last: 5"] {
        let list = List {
            client: &scenery.viewer,
            around: "{ LIST }".to_owned(),
            at: "",
            field: "rooms",
            arguments: String::new(),
        };
        let page = list.page(window).await;
        assert_eq!((page.ids.len(), page.has_next, page.has_previous), (0, false, false));
    }
}
