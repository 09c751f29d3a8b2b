//! GraphQL over HTTP, WebSockets and server-sent events, to the letter.

mod completion;
mod family;
mod http;
mod sessions;
mod socket;
