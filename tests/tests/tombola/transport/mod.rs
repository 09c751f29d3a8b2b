//! GraphQL over HTTP, WebSockets and server-sent events, to the letter.

mod admission;
mod attacks;
mod brevity;
mod coercion;
mod completion;
mod cost;
mod counting;
mod dice;
mod echo;
mod events;
mod family;
mod hoards;
mod http;
mod introspection;
mod limits;
mod modes;
mod nul;
mod oracle;
mod promises;
mod rules;
mod sessions;
pub(crate) mod socket;
mod socket_abuse;
mod values;
