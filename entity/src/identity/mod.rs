//! Accounts and sessions.

pub mod idempotency_key;
pub mod refresh_token;
pub mod session;
pub mod user;
