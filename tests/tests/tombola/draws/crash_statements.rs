//! A server that is killed at any one statement of a freeze or of a draw leaves nothing of it.
//!
//! In the database, a trigger on every table lets the wanted statement wait. Then the process is killed, in the middle
//! of its transaction.

use std::time::Duration;

use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tests::Database;

use super::crash::{content, finish, is_done, organizer, prepared, program, stage, survives};

/// The k-th changing statement from now on waits.
async fn hold(db: &DatabaseConnection, at: u32) {
    let tables = "select format('create trigger held before insert or update on public.%I for each statement \
                  execute function held.hold()', relname) from pg_class where relnamespace = 'public'::regnamespace \
                  and relkind = 'r' and relname not in ('seaql_migrations', 'sessions')";
    let sql = format!(
        "create schema held; create sequence held.statements;
         create function held.hold() returns trigger language plpgsql security definer as $$
         begin
           if nextval('held.statements') = {at} then perform pg_sleep(600); end if;
           return null;
         end $$;
         do $$ declare one text; begin for one in {tables} loop execute one; end loop; end $$"
    );
    db.execute_unprepared(&sql).await.unwrap();
}

/// A statement waits.
async fn holds(db: &DatabaseConnection) -> bool {
    let sql = "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
    row.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap() > 0
}

/// Ends what waits, as the database itself would once it learns that nobody is there any more.
async fn release(db: &DatabaseConnection) {
    let sql = "select pg_terminate_backend(pid, 10000) from pg_stat_activity
               where datname = current_database() and wait_event = 'PgSleep'";
    db.execute_unprepared(sql).await.unwrap();
    db.execute_unprepared("drop schema held cascade").await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_at_any_statement_leaves_nothing_of_it(
    #[values(Database::Postgres)] database: Database,
    #[values("freezeDraw", "runDraw")] mutation: &str,
) {
    let stage = stage(database).await;
    let db = &stage.world().db;
    let program = program(&stage, &stage.world().database.server_url());
    let mut serving = program.serve(&["serve"]).await;
    let mut killed = 0;
    loop {
        let client = organizer(&stage, &serving);
        let (prize, draw) = prepared(&stage, &client, mutation).await;
        let before = content(&stage).await;
        hold(db, killed + 1).await;
        let looking = async {
            while !holds(db).await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let told = tokio::select! {
            told = survives(&client, mutation, &draw) => told,
            () = looking => false,
        };
        if told {
            release(db).await;
            assert!(is_done(&stage, mutation, &draw).await);
            finish(&stage, &client, mutation, true, &draw).await;
            break;
        }
        serving.kill();
        assert_eq!(serving.ended().await.code, None, "it was killed");
        release(db).await;
        killed += 1;
        assert!(!is_done(&stage, mutation, &draw).await, "killed at statement {killed}");
        assert_eq!(content(&stage).await, before, "killed at statement {killed}");
        serving = program.serve(&["serve"]).await;
        finish(&stage, &organizer(&stage, &serving), mutation, false, &draw).await;
        assert_eq!(stage.remaining(&prize).await, 0);
    }
    assert!(killed >= 6, "only {killed} statements were found in {mutation}");
    serving.stop().await.is_ok();
}
