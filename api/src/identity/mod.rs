//! Accounts and sessions: who someone is, and how they prove it.

mod finder;
mod mutation;
mod query;
mod service;
mod types;

pub use mutation::IdentityMutation;
pub use query::IdentityQuery;
pub use service::{ProfileChange, authenticate, find_profile, sign_out, sign_up, update_profile};
pub use types::{Profile, Session};
