//! What is written: nothing outside the tenant that the transaction was opened for, whoever asks.

use rstest::rstest;

use super::*;
use crate::database::append_only;

/// Scopes that must not change a row of B.
const STRANGERS: [Scope; 5] = [
    NOBODY,
    user(User::Ann),
    // A member of B, but nothing was opened for B: `seen` lets him look, and must not let him write.
    user(User::Bob),
    tenant(Tenant::A),
    Scope {
        tenant: Some(Tenant::A),
        user: Some(User::Bob),
    },
];

/// PostgreSQL's code of a refused privilege and of a broken policy alike.
const REFUSED: &str = "42501";

fn assert_refused(result: Result<u64, DbErr>, reason: &str, what: &str) {
    let error = match result {
        Ok(rows) => panic!("{what} was done to {rows} rows"),
        Err(DbErr::Exec(error) | DbErr::Query(error)) => error,
        Err(error) => panic!("{what}: {error}"),
    };
    let sea_orm::RuntimeErr::SqlxError(error) = error else {
        panic!("{what}: {error}")
    };
    let error = error.as_database_error().unwrap_or_else(|| panic!("{what}: {error}"));
    assert_eq!(error.code().as_deref(), Some(REFUSED), "{what}: {error}");
    assert!(error.message().contains(reason), "{what}: {error}");
}

const BY_POLICY: &str = "row-level security policy";
const BY_PRIVILEGE: &str = "permission denied";

/// Takes the other walls away, so that the policies have to stand alone: what if someone granted too much?
async fn grant_everything(world: &World) {
    for table in &world.tables {
        execute(
            &world.superuser,
            &format!("GRANT UPDATE, DELETE ON {table} TO tombola_server"),
        )
        .await;
    }
    for (table, _) in append_only::TABLES {
        execute(
            &world.superuser,
            &format!("ALTER TABLE {table} DISABLE TRIGGER append_only"),
        )
        .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_is_added_to_another_tenant(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let before = world.contents().await;
    for table in &world.tables {
        for scope in STRANGERS {
            let tx = world.scope(scope).await;
            let result = rows::insert_new(&tx, table, Tenant::B).await.map(|()| 1);
            assert_refused(result, BY_POLICY, &format!("insert into {table} in {scope:?}"));
        }
        // The same row, from its own tenant: it was the wall that refused it.
        let tx = world.scope(tenant(Tenant::B)).await;
        if table == "organizations" {
            // A new one is the tenant that it will be.
            let id = rows::row_id("organizations", Tenant::B, 9);
            execute(&tx, &format!("SET LOCAL app.current_tenant_id = '{id}'")).await;
        }
        rows::insert_new(&tx, table, Tenant::B)
            .await
            .unwrap_or_else(|error| panic!("{table}: {error}"));
        tx.rollback().await.unwrap();
    }
    assert_eq!(world.contents().await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_of_another_tenant_is_changed(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    grant_everything(&world).await;
    let before = world.contents().await;
    let b = rows::organization_id(Tenant::B);
    for table in &world.tables {
        let key = tenant_column(table);
        for scope in STRANGERS {
            let sql = format!("UPDATE {table} SET created_at = '2001-01-01' WHERE {key} = '{b}'");
            assert_eq!(world.run(scope, &sql).await.unwrap(), 0, "{table} in {scope:?}");
            let sql = format!("UPDATE {table} SET created_at = '2001-01-01'");
            if scope.tenant.is_none() {
                assert_eq!(world.run(scope, &sql).await.unwrap(), 0, "{table} in {scope:?}");
            }
        }
        // The same update, from the tenant itself, finds rows.
        let tx = world.scope(tenant(Tenant::B)).await;
        let sql = format!("UPDATE {table} SET created_at = '2001-01-01' WHERE {key} = '{b}'");
        assert!(
            tx.execute_unprepared(&sql).await.unwrap().rows_affected() > 0,
            "{table}"
        );
        tx.rollback().await.unwrap();
    }
    assert_eq!(world.contents().await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_of_another_tenant_is_deleted(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let before = world.contents().await;
    for table in &world.tables {
        for scope in STRANGERS.into_iter().chain([tenant(Tenant::B)]) {
            let what = format!("delete from {table} in {scope:?}");
            let delete = world.run(scope, &format!("DELETE FROM {table}")).await;
            if table == "documents" {
                // What was removed is forgotten, in transactions that were opened for that.
                assert_eq!(delete.unwrap(), 0, "{what}");
            } else {
                assert_refused(delete, BY_PRIVILEGE, &what);
            }
            assert_refused(
                world.run(scope, &format!("TRUNCATE {table} CASCADE")).await,
                BY_PRIVILEGE,
                &what,
            );
        }
    }
    grant_everything(&world).await;
    let b = rows::organization_id(Tenant::B);
    for table in &world.tables {
        for scope in STRANGERS {
            let sql = format!("DELETE FROM {table} WHERE {} = '{b}'", tenant_column(table));
            assert_eq!(world.run(scope, &sql).await.unwrap(), 0, "{table} in {scope:?}");
            if scope.tenant.is_none() {
                let sql = format!("DELETE FROM {table}");
                assert_eq!(world.run(scope, &sql).await.unwrap(), 0, "{table} in {scope:?}");
            }
        }
    }
    assert_eq!(world.contents().await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_documents_that_were_removed_for_long_are_forgotten(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let a = rows::organization_id(Tenant::A);
    let removed = format!("UPDATE documents SET deleted_at = '2026-01-01' WHERE organization_id = '{a}'");
    execute(&world.superuser, &removed).await;
    let before = world.contents().await;
    let forget = async |before: &str, sql: &str| {
        let tx = world.scope(NOBODY).await;
        execute(&tx, &format!("SET LOCAL app.forget_before = '{before}'")).await;
        let rows = tx.execute_unprepared(sql).await?.rows_affected();
        tx.commit().await?;
        Ok(rows)
    };
    for time in ["", "2026-01-01"] {
        assert_eq!(forget(time, "DELETE FROM documents").await.unwrap(), 0);
    }
    let change = forget("2026-01-02", "UPDATE documents SET name = 'X'").await;
    assert_refused(change, BY_POLICY, "change of what may be forgotten");
    assert_eq!(world.contents().await, before);

    assert_eq!(forget("2026-01-02", "DELETE FROM documents").await.unwrap(), 1);
    let lost: Vec<_> = before.difference(&world.contents().await).cloned().collect();
    assert!(
        lost.len() == 1 && lost[0].starts_with("documents ") && lost[0].contains(&a.to_string()),
        "{lost:?}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_moves_to_another_tenant(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    grant_everything(&world).await;
    let before = world.contents().await;
    let (a, b) = (rows::organization_id(Tenant::A), rows::organization_id(Tenant::B));
    for table in &world.tables {
        let key = tenant_column(table);
        for user in [None, Some(User::Ann), Some(User::Bob)] {
            let scope = Scope {
                tenant: Some(Tenant::A),
                user,
            };
            let sql = format!("UPDATE {table} SET {key} = '{b}' WHERE {key} = '{a}'");
            assert_refused(
                world.run(scope, &sql).await,
                BY_POLICY,
                &format!("push from {table} in {scope:?}"),
            );
            let sql = format!("UPDATE {table} SET {key} = '{a}' WHERE {key} = '{b}'");
            assert_eq!(
                world.run(scope, &sql).await.unwrap(),
                0,
                "pull into {table} in {scope:?}"
            );
        }
    }
    assert_eq!(world.contents().await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_upsert_reaches_another_tenants_row(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    grant_everything(&world).await;
    let before = world.contents().await;
    let (a, b) = (rows::organization_id(Tenant::A), rows::organization_id(Tenant::B));
    // Where the tenant is the key, the row that is met is A's own.
    let keyed = |table: &&String| !["organizations", "storage_counters"].contains(&table.as_str());
    for table in world.tables.iter().filter(keyed) {
        // One of B's rows as it is, but for the tenant; what the database gives is left out.
        let sql = format!(
            "SELECT string_agg(quote_ident(attname), ', ') AS name FROM pg_attribute
             WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = ''"
        );
        let columns = texts(&world.superuser, &sql).await.remove(0);
        let sql = format!("SELECT to_jsonb(t)::text AS name FROM {table} t WHERE organization_id = '{b}' LIMIT 1");
        let row = texts(&world.superuser, &sql)
            .await
            .remove(0)
            .replace(&b.to_string(), &a.to_string());
        let target = match table.as_str() {
            "room_counters" => "room_id",
            "room_events" => "room_id, sequence",
            "draw_prizes" | "draw_rankings" => "draw_id, prize_id",
            "draw_chunks" | "draw_entrants" => "draw_id, number",
            _ => "id",
        };
        let sql = format!(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, '{row}')
             ON CONFLICT ({target}) DO UPDATE SET created_at = '2001-01-01'"
        );
        for scope in [
            tenant(Tenant::A),
            Scope {
                tenant: Some(Tenant::A),
                user: Some(User::Bob),
            },
        ] {
            assert_refused(
                world.run(scope, &sql).await,
                BY_POLICY,
                &format!("upsert into {table} in {scope:?}"),
            );
        }
    }
    assert_eq!(world.contents().await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_are_only_seen_cannot_be_locked(#[values(Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    for scope in [NOBODY, user(User::Bob), user(User::Guest)] {
        let tx = world.scope(scope).await;
        assert!(
            texts(&tx, "SELECT title AS name FROM rooms FOR UPDATE")
                .await
                .is_empty(),
            "{scope:?}"
        );
        tx.rollback().await.unwrap();
    }
}
