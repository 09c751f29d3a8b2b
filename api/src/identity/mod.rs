//! Accounts and sessions: who someone is, and how they prove it.

mod audit;
mod finder;
mod forgotten;
mod mutation;
mod query;
mod service;
mod types;

pub use finder::{account, account_for_change, has_accounts, live_account};
pub use forgotten::{OLD_REFRESH_TOKENS, OLD_SESSIONS};
pub use mutation::IdentityMutation;
pub use query::IdentityQuery;
pub use service::{Founding, ProfilePatch, SignedUp, authenticate, sign_out, sign_up, update_profile};
pub use types::{Profile, Session, Viewer};
