//! What is seen.

use rstest::rstest;

use super::*;
use crate::database::rows::{DRAFT, GONE, GUEST, LISTED, PRIVATE, REMOVED, ROOMS, ROOMS_WITH_CHILDREN, VOID, row_id};

/// The rows of a table that a scope may see, by the design.
fn visible(table: &str, scope: Scope) -> BTreeSet<Uuid> {
    let mut tenants = BTreeSet::from_iter(scope.tenant);
    match scope.user {
        Some(User::Ann) => _ = tenants.insert(Tenant::A),
        Some(User::Bob) => _ = tenants.insert(Tenant::B),
        _ => {}
    }
    let mut rooms = BTreeSet::from([(Tenant::A, LISTED), (Tenant::B, LISTED)]);
    rooms.extend(tenants.iter().flat_map(|tenant| all_rooms(Some(*tenant))));
    if scope.user == Some(User::Guest) {
        rooms.insert((Tenant::A, DRAFT));
    }
    let seen: BTreeSet<(Tenant, u32)> = match table {
        "organizations" | "memberships" | "audit_logs" | "apps" | "documents" => {
            tenants.iter().map(|tenant| (*tenant, 0)).collect()
        }
        // How much a tenant has stored is seen by its own changes alone.
        "storage_counters" => scope.tenant.iter().map(|tenant| (*tenant, 0)).collect(),
        "rooms" => rooms,
        "participants" => {
            let mut seen = with_children(&rooms);
            if rooms.contains(&(Tenant::A, DRAFT)) {
                seen.extend([GUEST, GONE, REMOVED].map(|number| (Tenant::A, number)));
            }
            seen
        }
        "room_counters" | "prizes" | "winners" | "room_events" | "draw_prizes" | "draw_chunks" | "draw_exclusions"
        | "draw_steps" => with_children(&rooms),
        "draws" => {
            let mut seen = with_children(&rooms);
            seen.extend([Tenant::A, Tenant::B].map(|tenant| (tenant, VOID)));
            seen
        }
        "draw_rankings" => {
            let mut seen = with_children(&rooms);
            seen.retain(|(_, room)| *room != PRIVATE);
            seen
        }
        // Who is behind a public entry id is seen by the own tenant's changes alone.
        "draw_entrants" => with_children(&all_rooms(scope.tenant)),
        other => panic!("table {other} has no case here yet: say who may see its rows"),
    };
    seen.into_iter()
        .map(|(tenant, number)| row_id(table, tenant, number))
        .collect()
}

fn all_rooms(tenant: Option<Tenant>) -> BTreeSet<(Tenant, u32)> {
    let rooms = tenant.iter().flat_map(|tenant| ROOMS.map(|room| (*tenant, room)));
    rooms.collect()
}

fn with_children(rooms: &BTreeSet<(Tenant, u32)>) -> BTreeSet<(Tenant, u32)> {
    rooms
        .iter()
        .copied()
        .filter(|(_, room)| ROOMS_WITH_CHILDREN.contains(room))
        .collect()
}

async fn assert_sees(world: &World, scope: Scope) {
    for table in &world.tables {
        let tx = world.scope(scope).await;
        assert_eq!(keys(&tx, table).await, visible(table, scope), "{table} in {scope:?}");
        tx.rollback().await.unwrap();
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_but_listed_rooms_and_their_children(#[values(Database::Postgres)] database: Database) {
    assert_sees(&World::new(database).await, NOBODY).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_sees_its_own_rows(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    assert_sees(&world, tenant(Tenant::A)).await;
    assert_sees(&world, tenant(Tenant::B)).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_sees_their_organizations_rows(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    assert_sees(&world, user(User::Ann)).await;
    assert_sees(&world, user(User::Bob)).await;
    // A write into another tenant still sees what its user sees.
    assert_sees(
        &world,
        Scope {
            tenant: Some(Tenant::A),
            user: Some(User::Bob),
        },
    )
    .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_sees_the_room_they_are_in(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    assert_sees(&world, user(User::Guest)).await;
    // Who left or was taken out sees what a stranger sees.
    assert_sees(&world, user(User::Gone)).await;
    assert_sees(&world, user(User::Removed)).await;
    assert_sees(&world, user(User::New)).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_end_with_their_transaction(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let tx = world
        .scope(Scope {
            tenant: Some(Tenant::A),
            user: Some(User::Ann),
        })
        .await;
    tx.commit().await.unwrap();
    // The setting is now an empty text, not absent: the functions must take both for none.
    assert_sees(&world, NOBODY).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_sees_no_row(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let owner = world._test.owner().await;
    for table in &world.tables {
        assert!(keys(&owner, table).await.is_empty(), "{table}");
    }
}

/// Whom a result must stay hidden from until its time has come: strangers, members, and who is in the room.
const READERS: [Scope; 6] = [
    NOBODY,
    user(User::Ann),
    user(User::Bob),
    user(User::Guest),
    tenant(Tenant::B),
    Scope {
        tenant: Some(Tenant::B),
        user: Some(User::Ann),
    },
];

/// Rows of A that are hidden by a change are seen by A's own transactions alone; B's rows are not touched.
async fn assert_hidden(database: Database, table: &str, hide: &str) {
    let world = World::new(database).await;
    let a = rows::organization_id(Tenant::A);
    let before: BTreeSet<Uuid> = visible(table, tenant(Tenant::A));
    execute(
        &world.superuser,
        &format!("UPDATE {table} SET {hide} WHERE organization_id = '{a}'"),
    )
    .await;
    let of_a = format!(
        "SELECT {}::text AS name FROM {table} WHERE organization_id = '{a}'",
        key_column(table)
    );
    for scope in READERS {
        let tx = world.scope(scope).await;
        assert!(texts(&tx, &of_a).await.is_empty(), "{table} in {scope:?}");
        tx.rollback().await.unwrap();
    }
    let tx = world.scope(tenant(Tenant::A)).await;
    assert_eq!(keys(&tx, table).await, before, "{table} of the own tenant");
    tx.rollback().await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ranking_is_hidden_until_it_was_presented(#[values(Database::Postgres)] database: Database) {
    assert_hidden(database, "draw_rankings", "presented = false").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_winner_is_hidden_until_it_was_announced(#[values(Database::Postgres)] database: Database) {
    assert_hidden(database, "winners", "announced_at = NULL").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_behind_an_entry_is_seen_by_no_reader(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    for scope in [NOBODY, user(User::Ann), user(User::Guest), user(User::Filler)] {
        let tx = world.scope(scope).await;
        assert!(keys(&tx, "draw_entrants").await.is_empty(), "{scope:?}");
        tx.rollback().await.unwrap();
    }
    let tx = world.scope(tenant(Tenant::A)).await;
    assert_eq!(keys(&tx, "draw_entrants").await.len(), ROOMS_WITH_CHILDREN.len());
    tx.rollback().await.unwrap();
}
