//! What the tables refuse by themselves: values out of range, unknown words, doubles, and rows that point into
//! another tenant.

use entity::{
    organization::membership,
    room::{participant, prize, room, winner},
};
use rstest::rstest;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseConnection, DbErr};
use tests::{Database, TestDatabase};

use super::rows::{self, DRAFT, EMPTY, LISTED, Tenant, User, moment, row_id};

pub(super) struct World {
    db: DatabaseConnection,
    _test: TestDatabase,
}

impl World {
    pub(super) async fn new(database: Database) -> Self {
        let test = TestDatabase::create(database).await;
        let db = test.superuser().await;
        rows::fill(&db).await;
        Self { db, _test: test }
    }

    pub(super) async fn takes(&self, row: impl ActiveModelTrait) {
        rows::insert(&self.db, row).await.unwrap();
    }

    /// The row is refused by the rule of that name.
    pub(super) async fn refuses(&self, row: impl ActiveModelTrait, rule: &str) {
        assert_rule(rows::insert(&self.db, row).await, rule);
    }

    /// The change of existing rows is refused by the rule of that name.
    pub(super) async fn refuses_change(&self, sql: &str, rule: &str) {
        assert_rule(self.db.execute_unprepared(sql).await.map(|_| ()), rule);
    }
}

/// Both databases name a check; SQLite names the columns of a unique key and nothing of a foreign one.
fn assert_rule(result: Result<(), DbErr>, rule: &str) {
    let text = result.expect_err(rule).to_string();
    let named = match text.split_once("UNIQUE constraint failed: ") {
        Some((_, columns)) => {
            let (table, _) = columns.split_once('.').unwrap();
            let columns = columns.replace(&format!("{table}."), "").replace(", ", "_");
            rule == format!("{table}_{columns}_key")
        }
        None if text.contains("FOREIGN KEY constraint failed") => rule.ends_with("_fkey"),
        None => text.contains(rule),
    };
    assert!(named, "not refused by {rule}: {text}");
}

fn prize(change: impl FnOnce(&mut prize::ActiveModel)) -> prize::ActiveModel {
    let mut row = rows::prize_row(Tenant::A, EMPTY);
    change(&mut row);
    row
}

fn participant(change: impl FnOnce(&mut participant::ActiveModel)) -> participant::ActiveModel {
    let mut row = rows::participant_row(Tenant::A, 9, EMPTY, User::New);
    change(&mut row);
    row
}

fn room(change: impl FnOnce(&mut room::ActiveModel)) -> room::ActiveModel {
    let mut row = rows::room_row(Tenant::A, 9);
    change(&mut row);
    row
}

/// Fits into the listed room of A, where the prize was won once already.
fn winner(change: impl FnOnce(&mut winner::ActiveModel)) -> winner::ActiveModel {
    let mut row = rows::winner_row(Tenant::A, LISTED);
    row.id = Set(row_id("winners", Tenant::A, 9).into());
    row.status = Set(winner::WinnerStatus::Declined);
    change(&mut row);
    row
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_out_of_range(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    world
        .refuses(prize(|row| row.quantity = Set(0)), "prizes_quantity")
        .await;
    world
        .refuses(
            prize(|row| row.quantity_remaining = Set(-1)),
            "prizes_quantity_remaining_check",
        )
        .await;
    world
        .refuses(
            prize(|row| row.quantity_remaining = Set(4)),
            "prizes_quantity_remaining_check",
        )
        .await;
    world
        .refuses(prize(|row| row.position = Set(-1)), "prizes_position_check")
        .await;
    world.takes(prize(|row| row.quantity_remaining = Set(3))).await;

    world
        .refuses(participant(|row| row.tickets = Set(-1)), "participants_tickets_check")
        .await;
    world
        .refuses(
            participant(|row| row.tickets = Set(4_294_967_296)),
            "participants_tickets_check",
        )
        .await;
    world.takes(participant(|row| row.tickets = Set(4_294_967_295))).await;

    world
        .refuses(
            room(|row| row.max_participants = Set(Some(0))),
            "rooms_max_participants_check",
        )
        .await;
    world.takes(room(|row| row.max_participants = Set(Some(1)))).await;

    world
        .refuses(winner(|row| row.rank = Set(Some(-1))), "winners_rank_check")
        .await;
    world
        .refuses_change(
            "UPDATE room_counters SET next_sequence = 0",
            "room_counters_next_sequence_check",
        )
        .await;
    world
        .refuses_change(
            "UPDATE room_counters SET participant_count = -1",
            "room_counters_participant_count_check",
        )
        .await;
    world
        .refuses_change("UPDATE users SET level = 0", "users_level_check")
        .await;
    world.refuses_change("UPDATE users SET xp = -1", "users_xp_check").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn times_in_the_wrong_order(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let later = moment() + chrono::Duration::milliseconds(1);
    let times = |starts_at, ends_at| {
        room(|row| {
            row.starts_at = Set(starts_at);
            row.ends_at = Set(ends_at);
        })
    };
    world
        .refuses(times(Some(later), Some(moment())), "rooms_times_check")
        .await;
    for (number, starts_at, ends_at) in [
        (10, Some(moment()), Some(later)),
        (11, Some(moment()), Some(moment())),
        (12, Some(later), None),
        (13, None, Some(moment())),
    ] {
        let mut row = times(starts_at, ends_at);
        row.id = Set(row_id("rooms", Tenant::A, number).into());
        row.join_code = Set(format!("TIME{number}"));
        world.takes(row).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_are_not_in_the_list(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    for (table, column) in [
        ("users", "platform_role"),
        ("organizations", "status"),
        ("organizations", "plan"),
        ("memberships", "role"),
        ("rooms", "status"),
        ("participants", "role"),
        ("winners", "source"),
        ("winners", "status"),
        ("draws", "status"),
        ("draws", "level"),
    ] {
        let rule = format!("{table}_{column}_check");
        world
            .refuses_change(&format!("UPDATE {table} SET {column} = 'OTHER'"), &rule)
            .await;
        world
            .refuses_change(&format!("UPDATE {table} SET {column} = lower({column})"), &rule)
            .await;
    }
    world
        .refuses_change("UPDATE users SET email = 'Ann@Example.com'", "users_email_check")
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_of_another_length(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    for length in [0, 15, 17] {
        let row = participant(|row| row.entry_nonce = Set(vec![7; length]));
        world.refuses(row, "participants_entry_nonce_check").await;
    }
    let mut app = rows::app_row(Tenant::A, 9);
    app.secret_hash = Set(vec![7; 31]);
    world.refuses(app, "apps_secret_hash_check").await;
    let mut log = rows::audit_log_row(Tenant::A, 9);
    log.hash = Set(vec![7; 33]);
    world.refuses(log, "audit_logs_hash_check").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_user_nor_agent_or_both(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let agent = row_id("apps", Tenant::A, 7);
    world
        .refuses(
            participant(|row| row.user_id = Set(None)),
            "participants_user_or_agent_check",
        )
        .await;
    let both = participant(|row| row.agent_id = Set(Some(agent.into())));
    world.refuses(both, "participants_user_or_agent_check").await;
    world
        .takes(participant(|row| {
            row.user_id = Set(None);
            row.agent_id = Set(Some(agent.into()));
        }))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_point_into_another_tenant(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let foreign_app = room(|row| row.app_id = Set(Some(row_id("apps", Tenant::B, 0).into())));
    world.refuses(foreign_app, "rooms_organization_id_app_id_fkey").await;

    let foreign_room = row_id("rooms", Tenant::B, EMPTY);
    let row = participant(|row| row.room_id = Set(foreign_room.into()));
    world.refuses(row, "participants_organization_id_room_id_fkey").await;
    let row = prize(|row| row.room_id = Set(foreign_room.into()));
    world.refuses(row, "prizes_organization_id_room_id_fkey").await;
    let mut row = rows::room_counter_row(Tenant::A, EMPTY);
    row.room_id = Set(foreign_room.into());
    world.refuses(row, "room_counters_organization_id_room_id_fkey").await;
    let mut row = rows::room_event_row(Tenant::A, EMPTY, 1);
    row.room_id = Set(foreign_room.into());
    world.refuses(row, "room_events_organization_id_room_id_fkey").await;

    // A winner's prize and participant are of the winner's own room, so of its tenant.
    let row = winner(|row| row.prize_id = Set(row_id("prizes", Tenant::B, LISTED).into()));
    world.refuses(row, "winners_room_id_prize_id_fkey").await;
    let row = winner(|row| row.prize_id = Set(row_id("prizes", Tenant::A, DRAFT).into()));
    world.refuses(row, "winners_room_id_prize_id_fkey").await;
    let row = winner(|row| row.participant_id = Set(row_id("participants", Tenant::B, LISTED).into()));
    world.refuses(row, "winners_room_id_participant_id_fkey").await;
    let row = winner(|row| row.room_id = Set(row_id("rooms", Tenant::B, LISTED).into()));
    // Whichever of its keys is asked first.
    world.refuses(row, "_fkey").await;
    world.takes(winner(|_| {})).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubles(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let mut twice = rows::user_row(User::New);
    twice.id = Set(row_id("apps", Tenant::A, 8).into());
    world.refuses(twice.clone(), "users_email_key").await;
    world
        .db
        .execute_unprepared("UPDATE users SET deleted_at = created_at WHERE email LIKE 'new@%'")
        .await
        .unwrap();
    world.takes(twice).await;

    // What is deleted keeps no name; what was in a room keeps its place for ever.
    let code = room(|row| row.join_code = Set("CODEB3".to_owned()));
    world.refuses(code, "rooms_join_code_key").await;
    let code = room(|row| row.join_code = Set("CODEB4".to_owned()));
    world.takes(code).await;
    let again = rows::participant_row(Tenant::A, 9, DRAFT, User::Gone);
    world.refuses(again, "participants_room_id_user_id_key").await;
    let again = rows::participant_row(Tenant::A, 9, DRAFT, User::Removed);
    world.refuses(again, "participants_room_id_user_id_key").await;
    let member: membership::ActiveModel = rows::membership_row(Tenant::A, 9, User::Ann);
    world.refuses(member, "memberships_organization_id_user_id_key").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prizes_won_twice(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    use winner::WinnerStatus::{Claimed, Pending, Revoked};
    for status in [Pending, Claimed] {
        let row = winner(|row| row.status = Set(status));
        world.refuses(row, "winners_prize_id_participant_id_key").await;
    }
    // Once the first win is over, the same prize can be won again.
    world.takes(winner(|row| row.status = Set(Revoked))).await;
    world
        .db
        .execute_unprepared("UPDATE winners SET status = 'EXPIRED'")
        .await
        .unwrap();
    let next = |number, rank, status| {
        winner(|row| {
            row.id = Set(row_id("winners", Tenant::A, number).into());
            row.draw_id = Set(Some(row_id("draws", Tenant::A, LISTED).into()));
            row.rank = Set(Some(rank));
            row.status = Set(status);
        })
    };
    world.takes(next(20, 0, Pending)).await;
    world
        .refuses(next(21, 0, Revoked), "winners_draw_id_prize_id_rank_key")
        .await;
    world.takes(next(21, 1, Revoked)).await;
}
