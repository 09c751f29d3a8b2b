//! GraphQL over HTTP, WebSockets and server-sent events, to the letter.

mod attacks;
mod completion;
mod events;
mod family;
mod http;
mod limits;
mod modes;
mod sessions;
pub(crate) mod socket;
mod socket_abuse;
