//! Functions and triggers.

use rstest::rstest;

use super::*;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_function_that_is_gone(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    let functions = bench
        .texts("SELECT oid::regprocedure::text AS name FROM pg_proc WHERE pronamespace = 'tombola'::regnamespace")
        .await;
    assert_eq!(functions.len(), 14, "{functions:?}");
    for function in functions {
        let (name, _) = function.split_once('(').unwrap();
        // Takes the policies that ask it along.
        bench
            .tamper(
                &format!("DROP FUNCTION {function} CASCADE"),
                &[&format!("Function {name}("), "is missing"],
            )
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_changed(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    for (tampering, words) in [
        (
            "ALTER FUNCTION tombola.locate_room SECURITY INVOKER",
            "locate_room(wanted uuid) is not SECURITY DEFINER",
        ),
        (
            "ALTER FUNCTION tombola.tenant SECURITY DEFINER",
            "tenant() is not SECURITY INVOKER",
        ),
        (
            "ALTER FUNCTION tombola.my_rooms OWNER TO postgres",
            "my_rooms() belongs to postgres, not to tombola_locate",
        ),
        (
            "ALTER FUNCTION tombola.tenant OWNER TO tombola_server",
            "tenant() belongs to tombola_server, not to",
        ),
        (
            "ALTER FUNCTION tombola.locate_room RESET search_path",
            "not an empty search_path alone",
        ),
        (
            "ALTER FUNCTION tombola.locate_room SET search_path = public",
            "not an empty search_path alone",
        ),
        (
            "ALTER FUNCTION tombola.locate_room SET row_security = off",
            "not an empty search_path alone",
        ),
        (
            "CREATE OR REPLACE FUNCTION tombola.my_organizations() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
       SET search_path = '' AS 'select array_agg(organization_id) from public.memberships'",
            "my_organizations() does something else than it should",
        ),
        (
            "CREATE OR REPLACE FUNCTION tombola.due_draws(wanted timestamptz) RETURNS uuid[] LANGUAGE sql STABLE
       SECURITY DEFINER SET search_path = '' AS 'select array_agg(id) from public.draws'",
            "does something else than it should",
        ),
        (
            "ALTER FUNCTION tombola.locate_draw SECURITY INVOKER",
            "locate_draw(wanted uuid) is not SECURITY DEFINER",
        ),
        (
            "CREATE OR REPLACE FUNCTION tombola.refuse_change() RETURNS trigger LANGUAGE plpgsql
       SET search_path = '' AS 'begin return new; end'",
            "refuse_change() does something else than it should",
        ),
        (
            "CREATE FUNCTION tombola.read(text) RETURNS text LANGUAGE sql AS 'select $1'",
            "Function tombola.read(text) is in Tombola's own schema",
        ),
        (
            "CREATE FUNCTION public.read() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'select count(*) from users'",
            "Function public.read() runs as postgres, and tombola_server may call it",
        ),
        (
            "ALTER TABLE audit_logs DISABLE TRIGGER append_only",
            "Table audit_logs: trigger append_only",
        ),
        ("ALTER TABLE audit_logs DISABLE TRIGGER ALL", "is not enabled always"),
        (
            "ALTER TABLE room_events ENABLE TRIGGER append_only",
            "Table room_events: trigger append_only",
        ),
        (
            "ALTER TABLE room_events ENABLE REPLICA TRIGGER append_only",
            "is not enabled always",
        ),
        ("DROP TRIGGER append_only ON room_events", "is missing"),
        (
            "ALTER TABLE draw_steps DISABLE TRIGGER append_only",
            "Table draw_steps: trigger append_only",
        ),
        (
            "DROP TRIGGER append_only ON draw_chunks",
            "Table draw_chunks: trigger append_only",
        ),
        (
            "DROP TRIGGER append_only ON draw_entrants",
            "Table draw_entrants: trigger append_only",
        ),
        (
            "DROP TRIGGER append_only ON draw_exclusions",
            "Table draw_exclusions: trigger append_only",
        ),
        (
            "CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE ON audit_logs
       FOR EACH STATEMENT EXECUTE FUNCTION tombola.refuse_change()",
            "is another one than it should be",
        ),
        (
            "CREATE OR REPLACE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_logs
       FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION tombola.refuse_change()",
            "is another one than it should be",
        ),
    ] {
        bench.tamper(tampering, &[words]).await;
    }
}
