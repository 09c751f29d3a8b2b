//! Row-level security and its policies.

use rstest::rstest;

use super::*;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_dropped_policy(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    let policies = bench
        .texts("SELECT policyname || ' ON ' || tablename AS name FROM pg_policies")
        .await;
    assert_eq!(policies.len(), 49, "{policies:?}");
    for policy in policies {
        let (name, table) = policy.split_once(" ON ").unwrap();
        let words = [&format!("Table {table}: policy {name} is missing")[..]];
        bench.tamper(&format!("DROP POLICY {policy}"), &words).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_altered_expression(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    let policies = bench
        .texts("SELECT policyname || ' ON ' || tablename AS name FROM pg_policies")
        .await;
    for policy in policies {
        let (name, table) = policy.split_once(" ON ").unwrap();
        let expression = match name {
            "locate" => "USING (false)",
            // An INSERT has no rows to choose from.
            "platform" => "WITH CHECK (true)",
            _ => "USING (true)",
        };
        let words = [&format!("Table {table}: policy {name} is another one")[..]];
        bench
            .tamper(&format!("ALTER POLICY {policy} {expression}"), &words)
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_that_is_another_one(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    for tampering in [
        "ALTER POLICY own ON rooms WITH CHECK (true)",
        "ALTER POLICY seen ON rooms TO PUBLIC",
        "ALTER POLICY seen ON rooms TO tombola_server, tombola_owner",
        "ALTER POLICY seen ON rooms USING (organization_id = any ((select tombola.my_organizations())::uuid[])
           or (is_public and status <> 'DRAFT') or id = any ((select tombola.my_rooms())::uuid[]))",
        // What is hidden until its time.
        "ALTER POLICY seen ON winners USING (exists (select 1 from rooms r where r.id = winners.room_id))",
        "ALTER POLICY seen ON draw_rankings USING (exists (select 1 from rooms r where r.id = draw_rankings.room_id))",
        // A function of the same name in another schema.
        "CREATE SCHEMA evil; CREATE FUNCTION evil.tenant() RETURNS uuid LANGUAGE sql AS 'select null::uuid';
         ALTER POLICY own ON rooms USING (organization_id = (select evil.tenant()))",
        // The same words, for another command or of the other kind.
        "DROP POLICY seen ON rooms; CREATE POLICY seen ON rooms TO tombola_server USING (true)",
        "DROP POLICY seen ON apps; CREATE POLICY seen ON apps TO tombola_server
           USING (organization_id = any ((select tombola.my_organizations())::uuid[]))",
        "DROP POLICY seen ON apps; CREATE POLICY seen ON apps AS RESTRICTIVE FOR SELECT TO tombola_server
           USING (organization_id = any ((select tombola.my_organizations())::uuid[]))",
    ] {
        bench.tamper(tampering, &["is another one than it should be"]).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_extra_policy(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    for table in bench.tenant_tables().await.iter().chain(&["users".to_owned()]) {
        let words = [&format!("Table {table}: policy open does not belong there")[..]];
        bench
            .tamper(&format!("CREATE POLICY open ON {table} USING (true)"), &words)
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_that_lets_readers_see_who_is_behind_an_entry(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    bench
        .tamper(
            "CREATE POLICY seen ON draw_entrants FOR SELECT TO tombola_server
               USING (exists (select 1 from rooms r where r.id = draw_entrants.room_id))",
            &["Table draw_entrants: policy seen does not belong there"],
        )
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_table_whose_wall_is_down(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    for table in bench.tenant_tables().await {
        let words = [&format!("Table {table}: row-level security is not enabled")[..]];
        bench
            .tamper(&format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"), &words)
            .await;
        let words = [&format!("Table {table}: row-level security is not forced")[..]];
        bench
            .tamper(&format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"), &words)
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_table_of_tenants_without_a_wall(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    bench
        .tamper(
            "CREATE TABLE badges (organization_id uuid)",
            &["Table badges", "is not enabled"],
        )
        .await;
    bench
        .tamper(
            "CREATE TABLE badges (organization_id uuid)",
            &["Table badges", "is not forced"],
        )
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_is_gone(#[values(Database::Postgres)] database: Database) {
    let bench = Bench::new(database).await;
    let tx = bench.superuser.begin().await.unwrap();
    execute(&tx, "DROP TABLE winners").await;
    let problems = check_as_server(&tx).await;
    assert!(
        problems
            .iter()
            .any(|problem| problem.starts_with("Table winners is missing")),
        "{problems:#?}"
    );
}
