//! Migrations run up, down and up again, and by one process at a time.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tests::{Database, TestDatabase, database::connect};

/// Names of everything that the migrations make: tables, indexes, triggers; on PostgreSQL functions and policies.
async fn objects(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT type || ' ' || name AS name FROM sqlite_schema ORDER BY 1",
        _ => {
            "SELECT 'relation ' || relname AS name FROM pg_class
               WHERE relnamespace IN ('public'::regnamespace, to_regnamespace('tombola'))
             UNION ALL SELECT 'function ' || oid::regprocedure FROM pg_proc
               WHERE pronamespace = to_regnamespace('tombola')
             UNION ALL SELECT 'policy ' || tablename || '.' || policyname FROM pg_policies
             UNION ALL SELECT 'trigger ' || tgname || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL SELECT 'grant ' || table_name || ' ' || privilege_type || ' ' || grantee
               FROM information_schema.table_privileges WHERE table_schema = 'public'
             ORDER BY 1"
        }
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_down_and_up_again(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::empty(database).await;
    let db = test.owner().await;
    let all: Vec<String> = migration::status(&db)
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(
        migration::pending(&db).await.unwrap(),
        all,
        "asking first finds nothing applied"
    );

    assert_eq!(migration::up(&db).await.unwrap(), all);
    let objects_before = objects(&db).await;
    assert!(migration::pending(&db).await.unwrap().is_empty());
    assert!(
        migration::up(&db).await.unwrap().is_empty(),
        "there is nothing left to do"
    );

    let reverted = migration::down(&db, 100).await.unwrap();
    assert_eq!(reverted, all.iter().rev().cloned().collect::<Vec<_>>());
    let left: Vec<String> = objects(&db)
        .await
        .into_iter()
        .filter(|name| !name.contains("seaql_migrations"))
        .collect();
    // SQLite keeps the table of its own counters.
    assert_eq!(
        left,
        if database == Database::Sqlite {
            vec!["table sqlite_sequence"]
        } else {
            vec![]
        }
    );

    migration::up(&db).await.unwrap();
    assert_eq!(objects(&db).await, objects_before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_down_can_go_up_again(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let db = test.owner().await;
    let objects_before = objects(&db).await;

    for steps in 1..=migration::status(&db).await.unwrap().len() as u32 {
        let reverted = migration::down(&db, steps).await.unwrap();
        assert_eq!(
            migration::up(&db).await.unwrap(),
            reverted.into_iter().rev().collect::<Vec<_>>()
        );
        assert_eq!(objects(&db).await, objects_before, "after {steps} down and up");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_starts_at_once_apply_each_migration_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let test = TestDatabase::empty(database).await;
    let connections = [
        test.owner().await,
        test.owner().await,
        test.owner().await,
        test.owner().await,
    ];

    let runs = connections.map(|db| tokio::spawn(async move { migration::up(&db).await }));

    let mut applied = Vec::new();
    for run in runs {
        applied.extend(run.await.unwrap().unwrap());
    }
    applied.sort();
    let db = test.owner().await;
    let status = migration::status(&db).await.unwrap();
    assert_eq!(applied, status.iter().map(|one| one.name.clone()).collect::<Vec<_>>());
    assert!(status.iter().all(|one| one.applied));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_owner_migrates(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::empty(database).await;
    for url in [test.superuser_url(), test.server_url()] {
        let db = connect(&url).await;
        let error = migration::up(&db).await.unwrap_err().to_string();
        assert!(error.contains("Migrations run as tombola_owner"), "{error}");
        assert!(objects(&db).await.is_empty());
    }
}
