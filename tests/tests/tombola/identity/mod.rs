//! Accounts and sessions: who someone is, and how they prove it.

mod access_token;
pub(crate) mod account;
mod audit;
mod email;
mod forgery;
mod guessing;
mod profile;
mod refresh;
mod replay;
mod secrets;
mod session;
mod sign_in;
mod sign_up;
