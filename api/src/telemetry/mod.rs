//! What operators watch: figures of this server, and traces of what it does.

mod labels;
mod metrics;
mod names;
mod traces;

pub use labels::{ConnectionLimit, OperationKind, Outcome, PoolState, Ran, RateLimited};
pub use metrics::{Metrics, Open};
pub use traces::{SPANS, Traces, batch_span, operation_span, statement_span};
