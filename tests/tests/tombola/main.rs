//! End-to-end tests, a folder per topic. Each runs on SQLite and on PostgreSQL where both can do it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on panics and says why"
)]

mod apps;
mod catalogue;
mod clients;
mod database;
mod demo;
mod draws;
mod edge;
mod identity;
mod isolation;
mod live;
mod mutations;
mod once;
mod operations;
mod organization;
mod paging;
mod policy;
mod program;
mod project;
mod proof;
mod relations;
mod room;
mod storage;
mod transport;
