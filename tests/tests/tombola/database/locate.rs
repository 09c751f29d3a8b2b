//! The functions that answer a row's tenant: to the server's role, of rows that are not deleted, and nothing else.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tests::{Database, TestDatabase};
use uuid::Uuid;

use super::rows::{self, DELETED, DRAFT, LISTED, REMOVED, Tenant, User, organization_id, row_id};

async fn locate(db: &DatabaseConnection, call: &str) -> Option<Uuid> {
    let sql = format!("SELECT tombola.{call} AS tenant");
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .unwrap();
    row.unwrap().try_get("", "tenant").unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rows_tenant_is_found(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    rows::fill(&test.superuser().await).await;
    let server = test.server().await;
    for tenant in [Tenant::A, Tenant::B] {
        for (function, table, number) in [
            ("locate_room", "rooms", DRAFT),
            ("locate_prize", "prizes", DRAFT),
            ("locate_participant", "participants", DRAFT),
            ("locate_winner", "winners", DRAFT),
            ("locate_app", "apps", 0),
            ("locate_draw", "draws", DRAFT),
        ] {
            let call = format!("{function}('{}')", row_id(table, tenant, number));
            assert_eq!(locate(&server, &call).await, Some(organization_id(tenant)), "{call}");
        }
        for call in [
            format!("locate_client('client-{tenant:?}-0')"),
            format!("locate_document('{}')", format!("{tenant:?}0").repeat(32)),
        ] {
            assert_eq!(locate(&server, &call).await, Some(organization_id(tenant)), "{call}");
        }
        let call = format!("locate_join_code('CODE{tenant:?}{DRAFT}')");
        assert_eq!(locate(&server, &call).await, Some(organization_id(tenant)), "{call}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_and_unknown_rows_have_none(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let superuser = test.superuser().await;
    rows::fill(&superuser).await;
    for table in ["apps", "prizes", "winners"] {
        superuser
            .execute_unprepared(&format!("UPDATE {table} SET deleted_at = created_at"))
            .await
            .unwrap();
    }
    let server = test.server().await;
    for call in [
        format!("locate_room('{}')", row_id("rooms", Tenant::A, DELETED)),
        format!("locate_room('{}')", rows::user_id(User::Ann)),
        format!("locate_join_code('CODEA{DELETED}')"),
        "locate_join_code('codea1')".to_owned(),
        "locate_join_code('')".to_owned(),
        // Their apps are deleted.
        "locate_client('client-A-0')".to_owned(),
        format!("locate_document('{}')", "A0".repeat(32)),
        "locate_join_code(NULL)".to_owned(),
        format!("locate_participant('{}')", row_id("participants", Tenant::A, REMOVED)),
        format!("locate_prize('{}')", row_id("prizes", Tenant::A, DRAFT)),
        format!("locate_winner('{}')", row_id("winners", Tenant::A, DRAFT)),
        format!("locate_app('{}')", row_id("apps", Tenant::A, 0)),
        format!("locate_draw('{}')", row_id("rooms", Tenant::A, DRAFT)),
    ] {
        assert_eq!(locate(&server, &call).await, None, "{call}");
    }
}

/// The draws that wait for the clock at a time.
async fn due(db: &DatabaseConnection, at: &str) -> Vec<Uuid> {
    let sql = format!("SELECT tombola.due_draws('{at}') AS due");
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .unwrap();
    let mut due: Vec<Uuid> = row.unwrap().try_get("", "due").unwrap();
    due.sort();
    due
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn draws_are_due_whoever_they_belong_to(#[values(Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let superuser = test.superuser().await;
    rows::fill(&superuser).await;
    let server = test.server().await;
    let (noon, later) = ("2025-01-01T12:00:00Z", "2025-01-01T12:00:00.001Z");
    assert!(due(&server, later).await.is_empty(), "nothing waits for the clock");
    // One draw of A announces its next winner; of one of B a winner has to claim.
    let (a, b) = (row_id("draws", Tenant::A, DRAFT), row_id("draws", Tenant::B, LISTED));
    let winner = row_id("winners", Tenant::B, LISTED);
    for sql in [
        format!("UPDATE draws SET announce_at = '{noon}' WHERE id = '{a}'"),
        format!("UPDATE winners SET draw_id = '{b}', rank = 1, claim_by = '{later}' WHERE id = '{winner}'"),
    ] {
        assert_eq!(superuser.execute_unprepared(&sql).await.unwrap().rows_affected(), 1);
    }
    assert!(due(&server, "2025-01-01T11:59:59Z").await.is_empty());
    assert_eq!(due(&server, noon).await, [a]);
    assert_eq!(due(&server, later).await, [a, b]);
    // What was claimed waits no more.
    superuser
        .execute_unprepared("UPDATE winners SET status = 'CLAIMED'")
        .await
        .unwrap();
    assert_eq!(due(&server, later).await, [a]);
}
