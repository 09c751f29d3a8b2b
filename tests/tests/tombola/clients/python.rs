//! Clients in Python.

use rstest::rstest;
use tests::Database;

use super::program::{folder, runs};

/// Right and wrong documents that each field of the schema gets at most, of either kind.
const EXAMPLES: &str = "10";

#[rstest]
#[case::gql(&["python/gql_client.py"])]
#[case::schemathesis(&["python/schema_run.py", EXAMPLES])]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_served(#[case] program: &[&str], #[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let environment = folder().join("python/.venv");
    let arguments = [&["-B"], program].concat();
    runs(
        database,
        &environment.join("bin/python"),
        &arguments,
        &environment.join("installed"),
    )
    .await;
}
