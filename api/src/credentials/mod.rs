//! Passwords, signing keys and tokens. Secrets leave here only as hashes, or once to their owner.

mod key;
mod password;
mod queue;
mod seal;
mod secret;
mod token;

pub use key::{KeyError, SigningKey};
pub use password::{Passwords, Turn};
pub use queue::{Queue, QueuePlace};
pub use secret::{Secret, SecretKind, hash_secret};
pub use token::{AccessClaims, AccessTokens};
