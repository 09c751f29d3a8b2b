//! Clients in JavaScript, each the usual one of its protocol or its framework.

use std::path::Path;

use rstest::rstest;
use tests::Database;

use super::program::{folder, runs};

#[rstest]
#[case::graphql_http_audits("audits.mjs")]
#[case::graphql_ws("graphql-ws.mjs")]
#[case::graphql_sse("graphql-sse.mjs")]
#[case::apollo("apollo.mjs")]
#[case::urql("urql.mjs")]
#[case::relay("relay.mjs")]
#[case::apollo_cache("apollo-cache.mjs")]
#[case::urql_cache("urql-cache.mjs")]
#[case::relay_cache("relay-cache.mjs")]
#[case::following("follow.mjs")]
#[case::fetch("fetch.mjs")]
#[case::persisted_queries("persisted.mjs")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_served(#[case] program: &str, #[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let installed = folder().join("node_modules/.package-lock.json");
    // What a test that failed left open would keep the program running.
    let arguments = ["--test-force-exit", "--test-reporter=spec", program];
    runs(database, Path::new("node"), &arguments, &installed).await;
}
