//! Who asks, from where, and what they say about the way of their request.

use crate::{
    caller::{Caller, Origin},
    error::Result,
};

/// What is known of a request beside what it asks for.
#[derive(Clone)]
pub(crate) struct RequestContext {
    pub(crate) caller: Result<Caller>,
    pub(crate) origin: Origin,
    /// Whether changes may be made: not by GET.
    pub(crate) may_change: bool,
    /// Whether a stream of events can be delivered.
    pub(crate) may_stream: bool,
    /// Whether the answer shall explain itself.
    pub(crate) explain: bool,
    /// The last event that the client has, when it comes back.
    pub(crate) last_event: Option<i64>,
    /// The key of the request's headers; a request without headers has it among its extensions.
    pub(crate) key: Option<String>,
    /// The app whose published documents are meant, by its client id.
    pub(crate) app: Option<String>,
}

impl RequestContext {
    /// Who is counted: nobody in particular, when their token is none.
    pub(crate) fn counted(&self) -> &Caller {
        self.caller.as_ref().unwrap_or(&Caller::Anonymous)
    }
}
