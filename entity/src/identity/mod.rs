//! Accounts and sessions.

pub mod profile;
pub mod refresh_token;
pub mod session;
pub mod user;
