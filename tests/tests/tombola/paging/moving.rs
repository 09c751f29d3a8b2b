//! Rows come and go between the pages: no row comes twice, and none that stays is missed.

use std::collections::BTreeSet;

use entity::{RoomId, room::room};
use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use tests::Database;

use super::{
    list::List,
    scenery::{Dice, FIELDS, Scenery, direction, ids, sorted},
};

impl Scenery {
    /// Deletes a room as deleteRoom does, or takes its row out altogether.
    async fn lose(&self, id: RoomId, altogether: bool) {
        if altogether {
            let gone = room::Entity::delete_by_id(id).exec(&self.world.db).await.unwrap();
            assert_eq!(gone.rows_affected, 1);
        } else {
            room::Entity::update_many()
                .col_expr(room::Column::DeletedAt, Expr::value(self.clock().now()))
                .filter(room::Column::Id.eq(id))
                .exec(&self.world.db)
                .await
                .unwrap();
        }
    }

    /// A few rooms come, a few go: anywhere, also the one that the cursor points at.
    async fn stir(&mut self, dice: &mut Dice, came: &mut Vec<room::Model>, last: Option<&String>) {
        for _ in 0..dice.roll(3) {
            let room = self.seen(dice);
            self.write(&room).await;
            came.push(room);
        }
        for _ in 0..dice.roll(3) {
            let at_cursor = self.rooms.iter().position(|room| Some(&room.id.to_string()) == last);
            let unlucky = match at_cursor {
                Some(at) if dice.roll(2) == 0 => at,
                _ if self.rooms.is_empty() => return,
                _ => dice.roll(self.rooms.len()),
            };
            let room = self.rooms.remove(unlucky);
            self.lose(room.id, dice.roll(2) == 0).await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cursors_stay_valid_while_rows_come_and_go(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(false, true)] backward: bool,
) {
    for seed in 0..6 {
        let mut dice = Dice(100 + seed as u64);
        let mut scenery = Scenery::new(database, &mut dice, 25).await;
        let (field, descending) = (FIELDS[seed % 3], seed % 2 == 0);
        let (size, mut came) = (1 + dice.roll(5), Vec::new());
        let mut read: Vec<String> = Vec::new();
        let mut window = String::new();
        let everything = scenery.rooms.clone();
        loop {
            let list = List {
                client: &scenery.viewer,
                around: "{ LIST }".to_owned(),
                at: "",
                field: "rooms",
                arguments: format!("orderBy: {{ field: {field}, direction: {} }}", direction(descending)),
            };
            let page = if backward {
                list.page(&format!("last: {size}{window}")).await
            } else {
                list.page(&format!("first: {size}{window}")).await
            };
            if page.ids.is_empty() {
                break;
            }
            if backward {
                window = format!(" before: \"{}\"", page.cursors[0]);
                read.splice(0..0, page.ids);
            } else {
                window = format!(" after: \"{}\"", page.cursors[page.cursors.len() - 1]);
                read.extend(page.ids);
            }
            let last = if backward { read.first() } else { read.last() }.cloned();
            scenery.stir(&mut dice, &mut came, last.as_ref()).await;
        }

        let distinct: BTreeSet<_> = read.iter().collect();
        assert_eq!(distinct.len(), read.len(), "no row twice: seed {seed}");
        let missed: Vec<_> = ids(&scenery.rooms)
            .into_iter()
            .filter(|id| !distinct.contains(id))
            .collect();
        assert!(
            missed.is_empty(),
            "rows that were there all the time: seed {seed}: {missed:?}"
        );
        let mut known = everything;
        known.extend(came);
        known.retain(|room| distinct.contains(&room.id.to_string()));
        assert_eq!(read, ids(&sorted(&known, field, descending)), "in order: seed {seed}");
    }
}
