//! What the end-to-end tests share: databases to work on, and later a server to talk to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on panics and says why"
)]

pub mod database;

pub use database::{Database, TestDatabase};
