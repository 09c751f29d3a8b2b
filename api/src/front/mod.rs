//! The front of the server, whichever way a request comes: who asks and how often, reading a document, executing it, and the
//! answer. HTTP, sockets and streams call it; it knows none of them.

mod admission;
mod answer;
mod authentication;
mod context;
mod cost_limiter;
mod delivery;
mod documents;
mod execution;
mod executor;
mod explanation;
#[cfg(feature = "fuzzing")]
mod fuzzing;
pub(crate) mod json;
mod masking;
mod preparation;
mod published;
mod request;
mod sharing;
mod source;
mod subscription;

pub(crate) use admission::admit;
pub(crate) use answer::{Answer, Refusal};
pub(crate) use authentication::{AuthenticatedCaller, bearer};
pub(crate) use context::RequestContext;
pub(crate) use delivery::{DeliveryEnd, deliver, ended, too_slow, why};
pub(crate) use executor::Executor;
#[cfg(feature = "fuzzing")]
pub(crate) use fuzzing::OfflineExecutor;
pub(crate) use preparation::PreparedOperation;
pub(crate) use request::GraphqlRequest;
pub(crate) use subscription::Delivery;
