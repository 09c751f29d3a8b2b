//! Root fields of mutations that are done once, however often their client asks under one `Idempotency-Key`.

use async_graphql::Context;
use futures::FutureExt;
use serde::de::DeserializeOwned;

use super::OperationContext;
use crate::{
    error::Result,
    operation::{Anew, Shown},
};

/// Runs a field's verb, or answers what came of it when its client asked for the same before. Every mutation calls its verb
/// through this.
///
/// # Errors
/// Those of the verb; `CONFLICT` as [`crate::operation::Operation::check_key`] has it.
pub fn once<'a, T: DeserializeOwned + Anew + Send + 'a>(
    ctx: &'a Context<'_>,
    verb: impl Future<Output = Result<T>> + Send + 'a,
) -> impl Future<Output = Result<T>> + Send + 'a {
    // On the heap: a verb's future is large, and each function that it is handed through would hold it once more.
    let verb = verb.boxed();
    async move { ctx.operation()?.once(field(ctx), verb).await }
}

/// The same for a verb whose answer holds a secret: it is stored nowhere, so that there is no second time.
///
/// # Errors
/// As [`once`].
pub fn once_shown<'a, T: Send + 'a>(
    ctx: &'a Context<'_>,
    verb: impl Future<Output = Result<T>> + Send + 'a,
) -> impl Future<Output = Result<Shown<T>>> + Send + 'a {
    let verb = verb.boxed();
    async move { ctx.operation()?.once_shown(field(ctx), verb).await }
}

/// The name under which the field answers: one operation has each once.
fn field<'a>(ctx: &'a Context<'_>) -> &'a str {
    &ctx.item.node.response_key().node
}
