//! What the tables of draws refuse by themselves.

use entity::{
    draw::{draw, draw_step},
    room::{participant::ParticipantRole, winner},
};
use rstest::rstest;
use sea_orm::ActiveValue::Set;
use tests::Database;

use super::{
    rows::{self, DRAFT, LISTED, PRIVATE, Tenant, VOID, moment, row_id},
    rules::World,
};

/// A second draw of the listed room of A.
fn draw(change: impl FnOnce(&mut draw::ActiveModel)) -> draw::ActiveModel {
    let mut row = rows::draw_row(Tenant::A, 9, LISTED);
    change(&mut row);
    row
}

/// The next step of the listed room's draw of A.
fn step(change: impl FnOnce(&mut draw_step::ActiveModel)) -> draw_step::ActiveModel {
    let mut row = rows::draw_step_row(Tenant::A, LISTED, LISTED);
    row.id = Set(row_id("draw_steps", Tenant::A, 9).into());
    row.position = Set(2);
    change(&mut row);
    row
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_out_of_range(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    for (sql, rule) in [
        ("UPDATE draw_prizes SET quantity = 0", "draw_prizes_quantity_check"),
        ("UPDATE draw_prizes SET alternates = -1", "draw_prizes_alternates_check"),
    ] {
        world.refuses_change(sql, rule).await;
    }
    let row = rows::draw_chunk_row(Tenant::A, LISTED, -1);
    world.refuses(row, "draw_chunks_number_check").await;
    let row = rows::draw_entrant_row(Tenant::A, LISTED, -1);
    world.refuses(row, "draw_entrants_number_check").await;
    world
        .refuses(step(|row| row.position = Set(0)), "draw_steps_position_check")
        .await;
    world.takes(step(|_| {})).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_are_not_in_the_list(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    // Steps are never changed: these are new ones.
    for kind in ["OTHER", "committed"] {
        let sql = format!(
            "INSERT INTO draw_steps (id, organization_id, room_id, draw_id, position, kind, actor_kind, created_at)
             SELECT draw_id, organization_id, room_id, draw_id, 9, '{kind}', actor_kind, created_at FROM draw_steps"
        );
        world.refuses_change(&sql, "draw_steps_kind_check").await;
    }
    for when in ["before", "after"] {
        // Everything else of the row is as it must be: a database checks its rules in any order.
        let sql = format!(
            "INSERT INTO draw_steps (id, organization_id, room_id, draw_id, position, kind, actor_kind, created_at,
               participant_id, role_{when}, tickets_{when})
             SELECT draw_id, organization_id, room_id, draw_id, 9, kind, actor_kind, created_at,
               (SELECT id FROM participants WHERE participants.room_id = draw_steps.room_id LIMIT 1), 'participant', 1
             FROM draw_steps"
        );
        let rule = format!("draw_steps_role_{when}_check");
        world.refuses_change(&sql, &rule).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_of_another_length(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    for length in [0, 31, 33] {
        let bytes = || vec![7; length];
        for (row, rule) in [
            (draw(|row| row.policy_hash = Set(bytes())), "draws_policy_hash_check"),
            (draw(|row| row.seed_commit = Set(bytes())), "draws_seed_commit_check"),
            (draw(|row| row.seed = Set(Some(bytes()))), "draws_seed_check"),
            (draw(|row| row.list_root = Set(Some(bytes()))), "draws_list_root_check"),
        ] {
            world.refuses(row, rule).await;
        }
        let mut chunk = rows::draw_chunk_row(Tenant::A, LISTED, 1);
        chunk.root = Set(bytes());
        world.refuses(chunk, "draw_chunks_root_check").await;
    }
    world.takes(draw(|_| {})).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_without_what_its_status_promises(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    use draw::DrawStatus::{Committed, Drawn, Frozen, Void};
    for status in [Frozen, Drawn] {
        for row in [
            draw(|row| row.list_root = Set(None)),
            draw(|row| row.entrant_count = Set(None)),
            draw(|row| row.total_weight = Set(None)),
            draw(|row| row.frozen_at = Set(None)),
            draw(|row| row.freeze_signature = Set(None)),
        ] {
            let row = draw::ActiveModel {
                status: Set(status),
                ..row
            };
            world.refuses(row, "draws_frozen_check").await;
        }
    }
    for row in [
        draw(|row| row.drawn_at = Set(None)),
        draw(|row| row.entropy = Set(None)),
        // The seed is shown when everything was announced, and not before.
        draw(|row| row.seed = Set(None)),
        draw(|row| row.presented_at = Set(None)),
    ] {
        world.refuses(row, "draws_drawn_check").await;
    }
    for row in [
        draw(|row| row.status = Set(Void)),
        draw(|row| row.voided_at = Set(Some(moment()))),
        draw(|row| row.void_reason = Set(Some("a mistake".to_owned()))),
    ] {
        world.refuses(row, "draws_void_check").await;
    }
    world
        .takes(draw(|row| {
            row.status = Set(Committed);
            row.list_root = Set(None);
            row.entropy = Set(None);
        }))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rank_without_a_prize_or_a_prize_without_a_rank(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let prize = row_id("prizes", Tenant::A, LISTED);
    for row in [
        step(|row| row.rank = Set(Some(1))),
        step(|row| row.prize_id = Set(Some(prize.into()))),
    ] {
        world.refuses(row, "draw_steps_rank_check").await;
    }
    world
        .takes(step(|row| {
            row.rank = Set(Some(1));
            row.prize_id = Set(Some(prize.into()));
        }))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_nobody_or_half_a_change(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let (role, tickets) = (Set(Some(ParticipantRole::Viewer)), Set(Some(1)));
    let somebody: Option<entity::ParticipantId> = Some(row_id("participants", Tenant::A, LISTED).into());
    for row in [
        step(|row| (row.role_before, row.tickets_before) = (role.clone(), tickets.clone())),
        step(|row| (row.role_after, row.tickets_after) = (role.clone(), tickets.clone())),
        step(|row| (row.participant_id, row.role_before) = (Set(somebody), role.clone())),
        step(|row| (row.participant_id, row.tickets_before) = (Set(somebody), tickets.clone())),
        step(|row| (row.participant_id, row.role_after) = (Set(somebody), role.clone())),
        step(|row| (row.participant_id, row.tickets_after) = (Set(somebody), tickets.clone())),
    ] {
        world.refuses(row, "draw_steps_participant_check").await;
    }
    world
        .takes(step(|row| {
            row.participant_id = Set(somebody);
            (row.role_after, row.tickets_after) = (role.clone(), tickets.clone());
        }))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_point_into_another_tenant(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let row = draw(|row| row.room_id = Set(row_id("rooms", Tenant::B, LISTED).into()));
    world.refuses(row, "draws_organization_id_room_id_fkey").await;
    for foreign in [
        row_id("draws", Tenant::B, VOID),
        // Of the same tenant, but of another room.
        row_id("draws", Tenant::A, DRAFT),
    ] {
        let row = draw(|row| row.supersedes = Set(Some(foreign.into())));
        world.refuses(row, "draws_room_id_supersedes_fkey").await;

        let mut row = rows::draw_prize_row(Tenant::A, VOID, LISTED);
        row.draw_id = Set(foreign.into());
        row.live = Set(false);
        world.refuses(row, "draw_prizes_room_id_draw_id_fkey").await;
        let mut row = rows::draw_ranking_row(Tenant::A, PRIVATE);
        row.draw_id = Set(foreign.into());
        world.refuses(row, "_fkey").await;
        let mut row = rows::draw_chunk_row(Tenant::A, LISTED, 1);
        row.draw_id = Set(foreign.into());
        row.number = Set(7);
        world.refuses(row, "draw_chunks_room_id_draw_id_fkey").await;
        let mut row = rows::draw_entrant_row(Tenant::A, LISTED, 1);
        row.draw_id = Set(foreign.into());
        row.number = Set(7);
        world.refuses(row, "draw_entrants_room_id_draw_id_fkey").await;
        let mut row = rows::draw_exclusion_row(Tenant::A, VOID, LISTED);
        row.draw_id = Set(foreign.into());
        world.refuses(row, "draw_exclusions_room_id_draw_id_fkey").await;
        let row = step(|row| row.draw_id = Set(foreign.into()));
        world.refuses(row, "draw_steps_room_id_draw_id_fkey").await;

        let mut row = rows::winner_row(Tenant::A, LISTED);
        row.id = Set(row_id("winners", Tenant::A, 9).into());
        row.status = Set(winner::WinnerStatus::Declined);
        row.draw_id = Set(Some(foreign.into()));
        world.refuses(row, "winners_room_id_draw_id_fkey").await;
    }
    // A whole ranking that points elsewhere, with a prize of a draw that is there.
    let mut row = rows::draw_ranking_row(Tenant::B, PRIVATE);
    row.organization_id = Set(rows::organization_id(Tenant::A).into());
    row.room_id = Set(row_id("rooms", Tenant::A, PRIVATE).into());
    world.refuses(row, "draw_rankings_room_id_draw_id_fkey").await;

    let mut row = rows::draw_prize_row(Tenant::A, VOID, LISTED);
    row.prize_id = Set(row_id("prizes", Tenant::B, LISTED).into());
    row.live = Set(false);
    world.refuses(row, "draw_prizes_room_id_prize_id_fkey").await;
    let mut row = rows::draw_exclusion_row(Tenant::A, VOID, LISTED);
    row.participant_id = Set(row_id("participants", Tenant::B, LISTED).into());
    world.refuses(row, "draw_exclusions_room_id_participant_id_fkey").await;
    let row = step(|row| {
        row.prize_id = Set(Some(row_id("prizes", Tenant::A, DRAFT).into()));
        row.rank = Set(Some(1));
    });
    world.refuses(row, "draw_steps_draw_id_prize_id_fkey").await;
    for (tenant, room) in [(Tenant::B, LISTED), (Tenant::A, DRAFT)] {
        let row = step(|row| row.participant_id = Set(Some(row_id("participants", tenant, room).into())));
        world.refuses(row, "draw_steps_room_id_participant_id_fkey").await;
    }
    let row = draw(|row| row.supersedes = Set(Some(row_id("draws", Tenant::A, VOID).into())));
    world.takes(row).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubles(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    // A prize has one draw that is not void.
    let live = rows::draw_prize_row(Tenant::A, VOID, LISTED);
    world.refuses(live.clone(), "draw_prizes_prize_id_key").await;
    let mut void = live;
    void.live = Set(false);
    world.takes(void).await;

    world
        .refuses(step(|row| row.position = Set(1)), "draw_steps_draw_id_position_key")
        .await;
    let mut again = rows::draw_exclusion_row(Tenant::A, LISTED, LISTED);
    again.id = Set(row_id("draw_exclusions", Tenant::A, 9).into());
    world.refuses(again, "draw_exclusions_draw_id_participant_id_key").await;
}
