//! What was written once is neither changed nor deleted, whoever tries.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tests::{Database, TestDatabase, database::connect};

use super::rows;

/// Such tables, with a column that holds text or bytes.
pub(super) const TABLES: [(&str, &str); 6] = [
    ("audit_logs", "action"),
    ("room_events", "kind"),
    ("draw_chunks", "entries"),
    ("draw_entrants", "participants"),
    ("draw_exclusions", "reason"),
    ("draw_steps", "kind"),
];

/// Every row of a table, whole, as text.
async fn contents(db: &DatabaseConnection, table: &str, column: &str) -> Vec<String> {
    let sql = format!("SELECT CAST({column} AS text) || ' ' || created_at AS name FROM {table} ORDER BY 1");
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await;
    rows.unwrap()
        .iter()
        .map(|row| row.try_get("", "name").unwrap())
        .collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_neither_changed_nor_deleted(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    // Even who stands above the policies, or owns the tables.
    #[values("superuser", "owner")] who: &str,
) {
    let test = TestDatabase::create(database).await;
    let superuser = test.superuser().await;
    rows::fill(&superuser).await;
    let db = if who == "owner" {
        test.owner().await
    } else {
        test.superuser().await
    };
    for (table, column) in TABLES {
        let before = contents(&superuser, table, column).await;
        assert!(!before.is_empty());
        let mut attacks = vec![
            format!("UPDATE {table} SET {column} = 'OTHER'"),
            format!("UPDATE {table} SET {column} = {column}"),
            format!("DELETE FROM {table}"),
        ];
        if database == Database::Postgres {
            attacks.push(format!("TRUNCATE {table}"));
            // As a replica's own session would.
            if who == "superuser" {
                attacks.push(format!("SET session_replication_role = replica; DELETE FROM {table}"));
            }
        }
        for attack in attacks {
            let error = db.execute_unprepared(&attack).await.unwrap_err().to_string();
            assert!(
                error.contains(&format!("{table} is append-only: its rows are never")),
                "{attack}: {error}"
            );
            assert_eq!(contents(&superuser, table, column).await, before, "{attack}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_with_events_cannot_be_deleted(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let db = test.superuser().await;
    rows::fill(&db).await;
    for (table, column) in TABLES {
        let before = contents(&db, table, column).await;
        let error = db
            .execute_unprepared("DELETE FROM rooms")
            .await
            .unwrap_err()
            .to_string();
        assert!(error.to_lowercase().contains("foreign key"), "{error}");
        assert_eq!(contents(&db, table, column).await, before);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn audit_logs_are_numbered_by_the_database(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let superuser = test.superuser().await;
    rows::fill(&superuser).await;
    let db = connect(&test.superuser_url()).await;
    rows::insert(&db, rows::audit_log_row(rows::Tenant::B, 1))
        .await
        .unwrap();
    rows::insert(&db, rows::audit_log_row(rows::Tenant::A, 1))
        .await
        .unwrap();

    let sql = "SELECT sequence FROM audit_logs ORDER BY sequence";
    let found = db
        .query_all_raw(Statement::from_string(database.backend(), sql))
        .await
        .unwrap();
    let found: Vec<i64> = found.iter().map(|row| row.try_get("", "sequence").unwrap()).collect();
    assert_eq!(found, [1, 2, 3, 4]);
}
