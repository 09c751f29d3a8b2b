//! Row-level security around outcomes, as the server's own role.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, TransactionTrait};
use tests::{Client, Database, Scene, database::execute};

use super::prize;

async fn users(tx: &DatabaseTransaction) -> Vec<uuid::Uuid> {
    let sql = "SELECT principal_id FROM idempotency_keys ORDER BY 1";
    let rows = tx
        .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

fn uuid(client: &Client) -> uuid::Uuid {
    client.user.parse::<entity::UserId>().unwrap().0
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_sees_and_writes_their_own_outcomes_alone(#[values(Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    for client in [&scene.creator, &scene.admin] {
        let answer = client
            .keyed("one")
            .mutate("createPrize", prize(&scene, "A"), "prize { id }")
            .await;
        assert!(answer.is_ok(), "{}", answer.body);
    }
    let server = scene.world.database.server().await;
    let begin = async |settings: &str| {
        let tx = server.begin().await.unwrap();
        execute(&tx, settings).await;
        tx
    };
    let (creator, admin) = (uuid(&scene.creator), uuid(&scene.admin));
    let as_creator = format!("SET LOCAL app.current_user_id = '{creator}'");
    assert!(users(&begin("SELECT 1").await).await.is_empty());
    let tenant = scene.organization.parse::<entity::OrganizationId>().unwrap().0;
    assert!(
        users(&begin(&format!("SET LOCAL app.current_tenant_id = '{tenant}'")).await)
            .await
            .is_empty()
    );
    assert_eq!(users(&begin(&as_creator).await).await, [creator]);

    // Nothing of others is added, changed or taken away.
    let tx = begin(&as_creator).await;
    let sql = format!(
        "INSERT INTO idempotency_keys (principal_id, principal_kind, key, field, fingerprint, outcome, created_at)
         SELECT '{admin}', principal_kind, 'forged', field, fingerprint, outcome, created_at FROM idempotency_keys"
    );
    let refused = tx.execute_unprepared(&sql).await.unwrap_err().to_string();
    assert!(refused.contains("row-level security"), "{refused}");
    let tx = begin(&as_creator).await;
    let refused = tx
        .execute_unprepared("UPDATE idempotency_keys SET outcome = '{}'")
        .await;
    assert!(refused.unwrap_err().to_string().contains("permission denied"));
    let tx = begin(&as_creator).await;
    let sql = format!("DELETE FROM idempotency_keys WHERE principal_id = '{admin}'");
    assert_eq!(tx.execute_unprepared(&sql).await.unwrap().rows_affected(), 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_is_old_enough_can_be_forgotten(#[values(Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let make = async |client: &Client| {
        let answer = client
            .keyed("one")
            .mutate("createPrize", prize(&scene, "A"), "prize { id }")
            .await;
        assert!(answer.is_ok(), "{}", answer.body);
    };
    make(&scene.creator).await;
    scene.world.clock.advance(chrono::Duration::minutes(5));
    make(&scene.admin).await;
    let server = scene.world.database.server().await;
    let tx = server.begin().await.unwrap();
    let now = scene.world.clock.now().to_rfc3339();
    execute(&tx, &format!("SET LOCAL app.forget_before = '{now}'")).await;
    assert_eq!(users(&tx).await, [uuid(&scene.creator)]);
    let deleted = tx.execute_unprepared("DELETE FROM idempotency_keys").await.unwrap();
    assert_eq!(deleted.rows_affected(), 1);
}
