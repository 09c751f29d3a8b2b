//! The tables as SeaORM entities: one file a table, one folder an area.
//!
//! Keys, checks and indexes live in the `migration` crate; a test holds the two together. Relations are
//! loaded by the server's batching loaders, so the entities name columns only.
#![allow(
    missing_docs,
    reason = "SeaORM's derives generate public items without documentation"
)]

pub mod draw;
pub mod folding;
pub mod id;
pub mod identity;
pub mod organization;
pub mod position;
pub mod principal;
pub mod room;
pub mod store;

pub use id::*;
pub use position::ByPosition;
pub use principal::{Principal, PrincipalKind};
