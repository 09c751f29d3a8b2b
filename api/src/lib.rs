//! The server of Tombola, from the command line down to the database.
//!
//! An import points downwards only: areas → `gql` → `operation` → `policy` → `store` → `events`; a test checks it.

pub mod app;
pub mod background;
pub mod caller;
pub mod cli;
pub mod clock;
pub mod config;
pub mod credentials;
pub mod demo;
pub mod document;
pub mod draw;
pub mod error;
pub mod events;
pub mod front;
pub mod gql;
pub mod http;
pub mod idempotency;
pub mod identity;
pub mod limit;
pub mod loaders;
pub mod operation;
pub mod organization;
pub mod outage;
pub mod outgoing;
pub mod patch;
pub mod policy;
pub mod published;
pub mod rates;
pub mod room;
pub mod schema;
pub mod sessions;
pub mod store;
pub mod telemetry;
pub mod validation;
