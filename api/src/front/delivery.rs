//! Delivering a stream: as long as its source goes on, its caller may listen, and its client reads.

use std::time::Duration;

use futures::{Stream, StreamExt};

use super::subscription::Delivery;
use crate::{
    error::{Error, RequestError},
    limit::Limit,
    sessions::{Ending, Watch},
};

/// How a stream came to its end.
pub(crate) enum DeliveryEnd {
    /// The source has no more; if it failed, that was its last delivery.
    Ended,
    /// The caller may no longer listen, or does not read.
    Refused(Error),
    /// The client has left.
    Gone,
    /// The server shuts down.
    ShuttingDown,
}

/// Hands on what a stream brings, one delivery after the other, until `stop` says that and why it is enough. `send` says
/// whether anybody still takes it.
pub(crate) async fn deliver<F: Future<Output = bool>>(
    deliveries: impl Stream<Item = Delivery>,
    mut watch: Option<Watch>,
    stop: impl Future<Output = DeliveryEnd>,
    reading: Duration,
    send: impl Fn(Delivery) -> F,
) -> DeliveryEnd {
    let mut deliveries = std::pin::pin!(deliveries);
    let mut stop = std::pin::pin!(stop);
    loop {
        let delivery = tokio::select! {
            biased;
            ending = ended(&mut watch) => return DeliveryEnd::Refused(why(ending)),
            outcome = &mut stop => return outcome,
            delivery = deliveries.next() => delivery,
        };
        let Some(delivery) = delivery else {
            return DeliveryEnd::Ended;
        };
        let ends = delivery.failure.is_some();
        let sent = tokio::select! {
            biased;
            sent = tokio::time::timeout(reading, send(delivery)) => sent,
            ending = ended(&mut watch) => return DeliveryEnd::Refused(why(ending)),
            outcome = &mut stop => return outcome,
        };
        match sent {
            Ok(true) if ends => return DeliveryEnd::Ended,
            Ok(true) => {}
            Ok(false) => return DeliveryEnd::Gone,
            Err(_) => return DeliveryEnd::Refused(too_slow(reading).into()),
        }
    }
}

/// Waits until a caller may no longer listen; for ever, if there is nothing that could end.
pub(crate) async fn ended(watch: &mut Option<Watch>) -> Ending {
    match watch {
        Some(watch) => watch.ended().await,
        None => std::future::pending().await,
    }
}

/// What a caller is told who may no longer listen.
pub(crate) fn why(ending: Ending) -> Error {
    Error::Unauthenticated(match ending {
        Ending::Expired => "The access token has expired. Call refreshSession, and come back with the new one.".into(),
        Ending::Revoked => "The session has ended. Sign in again.".into(),
    })
}

/// What a client is told that does not read.
pub(crate) fn too_slow(reading: Duration) -> RequestError {
    let message = format!(
        "Nothing was read for {} seconds. Read faster, and come back with the sequence of the last event as “after”.",
        reading.as_secs()
    );
    RequestError::exceeded(Limit::Reading, message)
}
