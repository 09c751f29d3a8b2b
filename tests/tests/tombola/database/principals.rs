//! Principals in the tables: pairs of a kind and an id, whatever was there before they were told apart.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use tests::{Database, TestDatabase, World, database::execute, dump::dump};

use super::rows::{self, Tenant, User, fill, insert};

async fn text(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// A record, an exclusion, a step, a freeze that was asked for, and an outcome, of a user.
async fn act(db: &DatabaseConnection) {
    let user = match db.get_database_backend() {
        DbBackend::Sqlite => format!("x'{}'", rows::user_id(User::Filler).simple()),
        _ => format!("'{}'", rows::user_id(User::Filler)),
    };
    let mut record = rows::audit_log_row(Tenant::A, 7);
    record.actor_kind = sea_orm::Set(entity::PrincipalKind::User);
    record.actor_id = sea_orm::Set(Some(rows::user_id(User::Filler)));
    insert(db, record).await.unwrap();
    let fingerprint = match db.get_database_backend() {
        DbBackend::Sqlite => "zeroblob(32)",
        _ => "decode(repeat('00', 32), 'hex')",
    };
    execute(
        db,
        &format!(
            "INSERT INTO idempotency_keys (principal_id, principal_kind, key, field, fingerprint, outcome, created_at)
             VALUES ({user}, 'USER', 'one', 'createRoom', {fingerprint}, '{{}}', '2025-01-01T12:00:00+00:00');
             UPDATE draws SET freeze_requested_by_kind = 'USER', freeze_requested_by_id = {user} WHERE status = 'VOID'"
        ),
    )
    .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_name_users_go_down_and_up_unchanged(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let test = TestDatabase::create(database).await;
    let (owner, db) = (test.owner().await, test.superuser().await);
    fill(&db).await;
    act(&db).await;
    step_down_to(&owner, "m0014").await;
    let before = dump(&db).await;

    step_down_to(&owner, "m0013").await;
    let filler = "SELECT CAST(count(*) AS text) FROM rooms WHERE created_by IS NOT NULL";
    assert_eq!(
        text(&db, filler).await,
        text(&db, "SELECT CAST(count(*) AS text) FROM rooms").await
    );
    assert_eq!(
        text(&db, "SELECT CAST(count(actor_id) AS text) FROM audit_logs").await,
        ["1"]
    );
    assert!(
        text(&db, "SELECT name FROM organizations WHERE slug = 'PLATFORM'")
            .await
            .is_empty()
    );
    // The keys to users hold again.
    let orphan = "UPDATE rooms SET created_by = (SELECT id FROM organizations LIMIT 1)";
    assert!(db.execute_unprepared(orphan).await.is_err());

    migration::up(&owner).await.unwrap();
    let mut after = dump(&db).await;
    // Newer migrations make further tables.
    after.retain(|table, _| before.contains_key(table));
    after.insert("seaql_migrations".to_owned(), before["seaql_migrations"].clone());
    assert_eq!(after, before);
    if database == Database::Sqlite {
        assert_eq!(text(&db, "PRAGMA integrity_check").await, ["ok"]);
        assert!(
            text(&db, "SELECT \"table\" FROM pragma_foreign_key_check")
                .await
                .is_empty()
        );
    }
}

/// Undoes the migrations that are newer than one.
async fn step_down_to(db: &DatabaseConnection, name: &str) {
    let steps = steps_to(db, name).await;
    migration::down(db, steps).await.unwrap();
}

/// How many migrations are newer than one.
async fn steps_to(db: &DatabaseConnection, name: &str) -> u32 {
    let status = migration::status(db).await.unwrap();
    let newer = status.iter().rev().take_while(|one| !one.name.starts_with(name));
    newer.count().try_into().unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_down_that_would_lose_a_principal_is_refused(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let test = TestDatabase::create(database).await;
    let (owner, db) = (test.owner().await, test.superuser().await);
    fill(&db).await;
    execute(&db, "UPDATE rooms SET created_by_kind = 'APP'").await;
    step_down_to(&owner, "m0014").await;
    let before = dump(&db).await;
    let steps = steps_to(&owner, "m0013").await;

    let refused = migration::down(&owner, steps).await.unwrap_err().to_string();
    assert!(
        refused.contains("m0014_principals down failed and was rolled back"),
        "{refused}"
    );
    assert_eq!(dump(&db).await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kind_without_its_id_is_refused(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let db = test.superuser().await;
    fill(&db).await;
    act(&db).await;
    let before = dump(&db).await;
    for (change, rule) in [
        ("UPDATE rooms SET created_by_id = NULL", "rooms_created_by_check"),
        ("UPDATE rooms SET created_by_kind = 'SERVER'", "rooms_created_by_check"),
        (
            "UPDATE rooms SET created_by_kind = 'NOBODY'",
            "rooms_created_by_kind_check",
        ),
        ("UPDATE draws SET created_by_id = NULL", "draws_created_by_check"),
        (
            "UPDATE draws SET freeze_requested_by_kind = NULL WHERE freeze_requested_by_id IS NOT NULL",
            "draws_freeze_requested_by_check",
        ),
        (
            "UPDATE idempotency_keys SET principal_kind = 'SERVER'",
            "idempotency_keys_principal_kind_check",
        ),
    ] {
        let refused = db.execute_unprepared(change).await.unwrap_err().to_string();
        assert!(refused.contains(rule), "{change}: {refused}");
    }
    let mut record = rows::audit_log_row(Tenant::A, 8);
    record.actor_kind = sea_orm::Set(entity::PrincipalKind::Agent);
    let refused = insert(&db, record).await.unwrap_err().to_string();
    assert!(refused.contains("audit_logs_actor_check"), "{refused}");
    assert_eq!(dump(&db).await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_of_the_platform_are_added_by_everybody_and_read_by_nobody(
    #[values(Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let server = world.database.server().await;
    fill(&world.db).await;
    let tx = server.begin().await.unwrap();
    let tenant = rows::organization_id(Tenant::A);
    execute(&tx, &format!("SET LOCAL app.current_tenant_id = '{tenant}'")).await;
    let mut record = rows::audit_log_row(Tenant::A, 8);
    record.organization_id = sea_orm::Set(entity::OrganizationId::PLATFORM);
    insert(&tx, record).await.unwrap();
    let sql = "SELECT count(*) FROM audit_logs WHERE organization_id <> current_setting('app.current_tenant_id')::uuid";
    let count = tx
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(count.try_get_by_index::<i64>(0).unwrap(), 0);
    // Another tenant's log stays closed.
    let refused = insert(&tx, rows::audit_log_row(Tenant::B, 8))
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("row-level security"), "{refused}");
}
