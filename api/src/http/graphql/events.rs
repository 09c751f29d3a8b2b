//! Streams of server-sent events: the protocol of graphql-sse, distinct connections mode.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{
        HeaderName, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt, stream};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::{Answer, Delivery, entrance::Prepared, follow, refusal};
use crate::{
    caller::Origin,
    error::Result,
    http::{Edge, authentication::Identity, following},
};

/// Proxies that would otherwise hold events back until they have many.
const UNBUFFERED: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-accel-buffering"),
    HeaderValue::from_static("no"),
);

/// Keeps a connection busy on which nothing happens, and is handed on to nobody.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");
/// The end. A browser hands on no event without a line of data, however empty (HTML, server-sent events §9.2.6).
const COMPLETE: Bytes = Bytes::from_static(b"event: complete\ndata:\n\n");

/// One answer, as a stream.
pub(super) fn told(edge: &Edge, answer: Answer) -> Response {
    let delivery = Delivery { answer, position: None };
    respond(edge, stream::iter([next(&delivery), COMPLETE]))
}

/// A subscription's events until it ends, its caller may no longer listen, or the server shuts down.
pub(super) fn followed(edge: &Edge, identity: Result<Identity>, origin: &Origin, prepared: Prepared) -> Response {
    let identity = identity.unwrap_or(Identity::NOBODY);
    let place = match edge
        .occupancy
        .stream(&identity.caller, origin.address, &edge.services.config.limits)
    {
        Ok(place) => place,
        Err(error) => return refusal(&error, &origin.request_id),
    };
    let watch = identity.watch(&edge.services);
    let deliveries = follow(edge, prepared);
    let request_id = origin.request_id.clone();
    let shutdown = edge.shutdown.clone();
    let (sender, receiver) = mpsc::channel(edge.services.config.limits.queue);
    let (last, goodbye) = mpsc::channel(2);
    let cut = CancellationToken::new();
    let is_cut = cut.clone().cancelled_owned();
    let reading = Duration::from_secs(edge.services.config.limits.reading_seconds);
    edge.work.spawn(async move {
        let stop = async {
            tokio::select! {
                () = sender.closed() => following::Outcome::Gone,
                () = shutdown.cancelled() => following::Outcome::ShuttingDown,
            }
        };
        let send = |delivery| {
            let sent = sender.send(next(&delivery));
            async { sent.await.is_ok() }
        };
        let outcome = following::deliver(deliveries, watch, stop, reading, send).await;
        let words = match outcome {
            following::Outcome::Ended => vec![COMPLETE],
            following::Outcome::Refused(error) => {
                // What waits is not for this client any more.
                cut.cancel();
                let answer = Answer::refused(&error, &request_id);
                vec![next(&Delivery { answer, position: None }), COMPLETE]
            }
            // Without a word of its end the client comes back by itself.
            following::Outcome::Gone | following::Outcome::ShuttingDown => Vec::new(),
        };
        for word in words {
            // There is room for both.
            let _ = last.try_send(word);
        }
    });
    let events = ReceiverStream::new(receiver).take_until(is_cut);
    let events = events.chain(ReceiverStream::new(goodbye));
    // The place is taken as long as the client has its stream.
    let events = events.inspect(move |_| {
        let _held = &place;
    });
    respond(edge, events)
}

/// An event. JSON on one line has no line breaks.
fn next(delivery: &Delivery) -> Bytes {
    let id = delivery.position.map(|position| format!("id: {position}\n"));
    match serde_json::to_string(&delivery.answer) {
        Ok(data) => format!("event: next\n{}data: {data}\n\n", id.unwrap_or_default()).into(),
        Err(cause) => {
            tracing::error!(%cause, "an event could not be written");
            COMPLETE
        }
    }
}

fn respond(edge: &Edge, events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let every = Duration::from_secs(edge.services.config.limits.ping_seconds);
    let events = kept_alive(events, every).map(Ok::<_, Infallible>);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        UNBUFFERED,
    ];
    (headers, Body::from_stream(events)).into_response()
}

/// The same events, with a comment whenever none comes for so long.
fn kept_alive(events: impl Stream<Item = Bytes> + Send, every: Duration) -> impl Stream<Item = Bytes> + Send {
    stream::unfold(Box::pin(events), move |mut events| async move {
        match tokio::time::timeout(every, events.next()).await {
            Ok(event) => event.map(|event| (event, events)),
            Err(_) => Some((COMMENT, events)),
        }
    })
}
