//! What can be done with accounts and sessions.

mod account;
mod refresh;
mod session;

pub use account::{Founding, ProfilePatch, SignedUp, sign_up, update_profile};
pub use refresh::refresh_session;
pub use session::{Tokens, authenticate, sign_in, sign_out};
