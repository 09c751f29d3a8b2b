//! What the roles and PUBLIC hold.

use rstest::rstest;

use super::*;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_table_where_more_was_granted(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    for table in bench
        .texts("SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'")
        .await
    {
        let object = format!("on public.{table},");
        // Some rows may be forgotten, and then those of outcomes may not be changed.
        let privilege = match table.as_str() {
            "idempotency_keys" => "UPDATE",
            "sessions" | "refresh_tokens" | "documents" => "TRUNCATE",
            _ => "DELETE",
        };
        bench
            .tamper(
                &format!("GRANT {privilege} ON {table} TO tombola_server"),
                &[&format!("tombola_server holds {privilege}"), &object],
            )
            .await;
        bench
            .tamper(
                &format!("GRANT SELECT ON {table} TO PUBLIC"),
                &["PUBLIC holds SELECT", &object],
            )
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anything_granted_beyond(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    for (tampering, words) in [
        (
            "GRANT UPDATE ON audit_logs TO tombola_server",
            "tombola_server holds UPDATE on public.audit_logs,",
        ),
        (
            "GRANT UPDATE ON room_events TO tombola_server",
            "tombola_server holds UPDATE on public.room_events,",
        ),
        (
            "GRANT UPDATE ON draw_steps TO tombola_server",
            "tombola_server holds UPDATE on public.draw_steps,",
        ),
        (
            "GRANT UPDATE ON draw_chunks, draw_entrants, draw_exclusions TO tombola_server",
            "tombola_server holds UPDATE on public.draw_entrants,",
        ),
        (
            "GRANT SELECT (seed, sealed_seed) ON draws TO tombola_locate",
            "tombola_locate holds SELECT (sealed_seed) on public.draws,",
        ),
        (
            "GRANT SELECT ON draw_entrants TO tombola_locate",
            "tombola_locate holds SELECT on public.draw_entrants,",
        ),
        (
            "GRANT UPDATE (action) ON audit_logs TO tombola_server",
            "holds UPDATE (action) on public.audit_logs,",
        ),
        (
            "GRANT TRUNCATE ON rooms TO tombola_server",
            "tombola_server holds TRUNCATE on public.rooms,",
        ),
        (
            "GRANT TRIGGER ON rooms TO tombola_server",
            "tombola_server holds TRIGGER on public.rooms,",
        ),
        (
            "GRANT REFERENCES ON rooms TO tombola_server",
            "tombola_server holds REFERENCES on public.rooms,",
        ),
        (
            "GRANT SELECT ON rooms TO tombola_server WITH GRANT OPTION",
            "holds SELECT on public.rooms and may hand it on",
        ),
        (
            "GRANT INSERT ON seaql_migrations TO tombola_server",
            "holds INSERT on public.seaql_migrations,",
        ),
        (
            "GRANT SELECT ON users TO tombola_locate",
            "tombola_locate holds SELECT on public.users,",
        ),
        (
            "GRANT SELECT (title) ON rooms TO tombola_locate",
            "tombola_locate holds SELECT (title) on public.rooms,",
        ),
        (
            "GRANT UPDATE (deleted_at) ON rooms TO tombola_locate",
            "tombola_locate holds UPDATE (deleted_at)",
        ),
        (
            "GRANT USAGE ON SEQUENCE audit_logs_sequence_seq TO PUBLIC",
            "PUBLIC holds USAGE on SEQUENCE",
        ),
        (
            "GRANT CREATE ON SCHEMA public TO tombola_server",
            "tombola_server holds CREATE on SCHEMA public,",
        ),
        (
            "GRANT USAGE ON SCHEMA public TO PUBLIC",
            "PUBLIC holds USAGE on SCHEMA public,",
        ),
        (
            "GRANT CREATE ON SCHEMA tombola TO tombola_locate",
            "tombola_locate holds CREATE on SCHEMA tombola,",
        ),
        (
            "GRANT EXECUTE ON FUNCTION tombola.locate_room TO PUBLIC",
            "PUBLIC holds EXECUTE on FUNCTION tombola.locate_room",
        ),
        // A view runs as its owner: whoever may read it reads around the policies of its tables.
        (
            "CREATE VIEW every_room AS SELECT * FROM rooms; GRANT SELECT ON every_room TO tombola_server",
            "holds SELECT on public.every_room,",
        ),
        (
            "CREATE SCHEMA side; CREATE TABLE side.copy (id uuid); GRANT SELECT ON side.copy TO PUBLIC",
            "holds SELECT on side.copy,",
        ),
    ] {
        bench.tamper(tampering, &[words]).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anything_granted_on_the_database(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    let name = bench.texts("SELECT current_database()::text AS name").await.remove(0);
    for (privilege, grantee) in [
        ("TEMPORARY", "PUBLIC"),
        ("CONNECT", "PUBLIC"),
        ("CREATE", "tombola_server"),
    ] {
        let words = [&format!("{grantee} holds {privilege} on DATABASE {name},")[..]];
        bench
            .tamper(&format!("GRANT {privilege} ON DATABASE {name} TO {grantee}"), &words)
            .await;
    }
    let words = [&format!("tombola_server lacks CONNECT on DATABASE {name}.")[..]];
    bench
        .tamper(
            &format!("REVOKE CONNECT ON DATABASE {name} FROM tombola_server"),
            &words,
        )
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_table_where_something_is_lacking(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    let tables = bench.texts(
        "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'seaql_migrations'",
    );
    for table in tables.await {
        let words = [&format!("tombola_server lacks INSERT on public.{table}.")[..]];
        bench
            .tamper(&format!("REVOKE INSERT ON {table} FROM tombola_server"), &words)
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anything_lacking(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    for (tampering, words) in [
        (
            "REVOKE USAGE ON SCHEMA tombola FROM tombola_server",
            "lacks USAGE on SCHEMA tombola.",
        ),
        (
            "REVOKE USAGE ON SCHEMA public FROM tombola_locate",
            "tombola_locate lacks USAGE on SCHEMA public.",
        ),
        (
            "REVOKE SELECT (join_code) ON rooms FROM tombola_locate",
            "tombola_locate lacks SELECT (join_code) on public.rooms.",
        ),
        (
            "REVOKE SELECT (announce_at) ON draws FROM tombola_locate",
            "tombola_locate lacks SELECT (announce_at) on public.draws.",
        ),
        (
            "REVOKE EXECUTE ON FUNCTION tombola.my_rooms FROM tombola_server",
            "lacks EXECUTE on FUNCTION tombola.my_rooms()",
        ),
    ] {
        bench.tamper(tampering, &[words]).await;
    }
}
