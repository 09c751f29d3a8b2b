//! What the roles are, and what belongs to whom. Roles are the cluster's: each test holds the lock on them.

use rstest::rstest;
use tests::database::lock_roles;

use super::*;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_role_must_not_be(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    let lock = lock_roles().await;
    for (tampering, words) in [
        (
            "ALTER ROLE tombola_server SUPERUSER",
            "Role tombola_server has SUPERUSER",
        ),
        (
            "ALTER ROLE tombola_server BYPASSRLS",
            "Role tombola_server has BYPASSRLS",
        ),
        (
            "ALTER ROLE tombola_server CREATEROLE",
            "Role tombola_server has CREATEROLE",
        ),
        ("ALTER ROLE tombola_server CREATEDB", "Role tombola_server has CREATEDB"),
        (
            "ALTER ROLE tombola_server REPLICATION",
            "Role tombola_server has REPLICATION",
        ),
        ("ALTER ROLE tombola_locate LOGIN", "Role tombola_locate has LOGIN"),
        (
            "ALTER ROLE tombola_locate BYPASSRLS",
            "Role tombola_locate has BYPASSRLS",
        ),
        ("ALTER ROLE tombola_owner SUPERUSER", "Role tombola_owner has SUPERUSER"),
        (
            "GRANT tombola_owner TO tombola_server",
            "tombola_server is a member of tombola_owner",
        ),
        (
            "GRANT tombola_locate TO tombola_server",
            "tombola_server is a member of tombola_locate",
        ),
        (
            "GRANT pg_read_all_data TO tombola_server",
            "tombola_server is a member of pg_read_all_data",
        ),
    ] {
        bench.tamper(tampering, &[words]).await;
    }
    lock.release().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_belongs_to_someone_else(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    for (tampering, words) in [
        (
            "ALTER TABLE rooms OWNER TO tombola_server",
            "TABLE public.rooms belongs to tombola_server",
        ),
        (
            "ALTER TABLE rooms OWNER TO postgres",
            "TABLE public.rooms belongs to postgres",
        ),
        (
            "ALTER SCHEMA tombola OWNER TO tombola_server",
            "SCHEMA tombola belongs to tombola_server",
        ),
        (
            "ALTER SCHEMA public OWNER TO postgres",
            "SCHEMA public belongs to postgres",
        ),
        (
            "CREATE VIEW every_room AS SELECT 1; ALTER VIEW every_room OWNER TO tombola_locate",
            "VIEW public.every_room belongs to tombola_locate",
        ),
    ] {
        bench.tamper(tampering, &[words]).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_path_that_leads_elsewhere(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    let tx = bench.superuser.begin().await.unwrap();
    execute(
        &tx,
        "CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO tombola_server",
    )
    .await;
    execute(&tx, "SET LOCAL search_path = elsewhere, public").await;
    let problems = check_as_server(&tx).await;
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("schema elsewhere first")),
        "{problems:#?}"
    );
}
