//! What the end-to-end tests share: databases to work on, a server to talk to, and clients that talk to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on panics and says why"
)]

pub mod answer;
pub mod attacks;
pub mod client;
pub mod database;
pub mod dump;
pub mod scene;
pub mod second;
pub mod socket;
pub mod world;

pub use answer::Answer;
pub use client::Client;
pub use database::{Database, TestDatabase};
pub use scene::Scene;
pub use second::Second;
pub use socket::Socket;
pub use world::World;
