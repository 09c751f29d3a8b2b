//! The functions that answer a row's tenant: to the server's role, of rows that are not deleted, and nothing else.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tests::{Database, TestDatabase};
use uuid::Uuid;

use super::rows::{self, DELETED, DRAFT, REMOVED, Tenant, User, organization_id, row_id};

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
        ] {
            let call = format!("{function}('{}')", row_id(table, tenant, number));
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
        "locate_join_code(NULL)".to_owned(),
        format!("locate_participant('{}')", row_id("participants", Tenant::A, REMOVED)),
        format!("locate_prize('{}')", row_id("prizes", Tenant::A, DRAFT)),
        format!("locate_winner('{}')", row_id("winners", Tenant::A, DRAFT)),
        format!("locate_app('{}')", row_id("apps", Tenant::A, 0)),
    ] {
        assert_eq!(locate(&server, &call).await, None, "{call}");
    }
}
