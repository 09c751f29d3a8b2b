//! Windows between two cursors, with `first` or `last` inside of them.

use rstest::rstest;
use tests::Database;

use super::{
    list::List,
    scenery::{Dice, FIELDS, Scenery, direction, ids, sorted},
};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_between_two_cursors_is_that_part_of_the_sort(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let mut dice = Dice(4);
    let scenery = Scenery::new(database, &mut dice, 19).await;
    for number in 0..120 {
        let (field, descending) = (FIELDS[number % 3], number % 2 == 0);
        let expected = ids(&sorted(&scenery.rooms, field, descending));
        let list = List {
            client: &scenery.viewer,
            around: "{ LIST }".to_owned(),
            at: "",
            field: "rooms",
            arguments: format!("orderBy: {{ field: {field}, direction: {} }}", direction(descending)),
        };
        let cursors = list.page("first: 100").await.cursors;
        // Neither, either or both; they may also cross, and then nothing lies between them.
        let after = (dice.roll(3) > 0).then(|| dice.roll(19));
        let before = (dice.roll(3) > 0).then(|| dice.roll(19));
        let (from, to) = (after.map_or(0, |at| at + 1), before.unwrap_or(19));
        let inside = if from < to { &expected[from..to] } else { &[] };
        let size = 1 + dice.roll(7);
        let mut window = String::new();
        if let Some(at) = after {
            window += &format!("after: \"{}\" ", cursors[at]);
        }
        if let Some(at) = before {
            window += &format!("before: \"{}\" ", cursors[at]);
        }

        let first = list.page(&format!("{window}first: {size}")).await;
        let last = list.page(&format!("{window}last: {size}")).await;

        let cut = size.min(inside.len());
        assert_eq!(first.ids, inside[..cut], "{list:?} {window} first {size}");
        assert_eq!(last.ids, inside[inside.len() - cut..], "{list:?} {window} last {size}");
        // What a cursor cuts off stands beside the page, too.
        for (page, size) in [(&first, "first"), (&last, "last")] {
            let Some(start) = page.ids.first().and_then(|id| expected.iter().position(|at| at == id)) else {
                continue;
            };
            assert_eq!(page.has_previous, start > 0, "{list:?} {window} {size}");
            assert_eq!(page.has_next, start + cut < expected.len(), "{list:?} {window} {size}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_has_the_same_cursor_on_every_page(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scenery = Scenery::new(database, &mut Dice(5), 11).await;
    for field in FIELDS {
        let list = List {
            client: &scenery.viewer,
            around: "{ LIST }".to_owned(),
            at: "",
            field: "rooms",
            arguments: format!("orderBy: {{ field: {field} }}"),
        };
        let all = list.page("first: 100").await;
        for (number, id) in all.ids.iter().enumerate().skip(1) {
            let page = list
                .page(&format!("first: 1 after: \"{}\"", all.cursors[number - 1]))
                .await;
            assert_eq!((&page.ids[0], &page.cursors[0]), (id, &all.cursors[number]));
        }
    }
}
