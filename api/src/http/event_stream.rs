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

use super::{
    buffer_limit::BufferedBytes,
    connection::{AnswerBudget, BudgetPermit, Connection, kibibytes},
    respond::refusal,
    state::AppState,
};
use crate::{
    caller::Origin,
    error::Result,
    front::{Answer, AuthenticatedCaller, Delivery, DeliveryEnd, PreparedOperation, deliver, too_slow},
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

/// A refusal, as a stream.
pub(super) fn refused_stream(state: &AppState, answer: Answer) -> Response {
    single_stream(state, answer, &Connection::default(), &mut BudgetPermit::default())
}

/// One answer, as a stream, in the room that was taken for it.
pub(super) fn single_stream(
    state: &AppState,
    answer: Answer,
    connection: &Connection,
    taken: &mut BudgetPermit,
) -> Response {
    let text = answer.written();
    taken.shrink(text.len());
    let waiting = Waiting {
        event: next(&text, None),
        _held: connection.answers().hold(text.len()),
        _taken: std::mem::take(taken),
    };
    let events = stream::once(std::future::ready(waiting));
    respond(
        state,
        one_by_one(events).chain(stream::once(std::future::ready(COMPLETE))),
    )
}

/// An event that waits for its client.
struct Waiting {
    event: Bytes,
    _held: BufferedBytes,
    _taken: BudgetPermit,
}

/// Counts each event until the next one is asked for.
fn one_by_one(waiting: impl Stream<Item = Waiting>) -> impl Stream<Item = Bytes> {
    let mut waiting = Box::pin(waiting);
    let mut last: Option<(BufferedBytes, BudgetPermit)> = None;
    stream::poll_fn(move |context| {
        drop(last.take());
        waiting.as_mut().poll_next(context).map(|found| {
            let Waiting { event, _held, _taken } = found?;
            last = Some((_held, _taken));
            Some(event)
        })
    })
}

/// A subscription's events until it ends, its caller may no longer listen, or the server shuts down.
pub(super) fn subscription_stream(
    state: &AppState,
    identity: Result<AuthenticatedCaller>,
    origin: &Origin,
    connection: &Connection,
    prepared: PreparedOperation,
) -> Response {
    let identity = identity.unwrap_or(AuthenticatedCaller::NOBODY);
    let place = match state
        .streams
        .stream(&identity.caller, origin.address, &state.services.config.limits)
    {
        Ok(place) => place,
        Err(error) => return refusal(&error.into(), &origin.request_id),
    };
    let watch = identity.watch(&state.services);
    let deliveries = state.executor.follow(prepared);
    let request_id = origin.request_id.clone();
    let shutdown = state.shutdown.clone();
    let limits = &state.services.config.limits;
    let (sender, receiver) = mpsc::channel(limits.queue);
    let (keeper, room) = (connection.answers().sibling(), AnswerBudget::new(limits.socket_bytes));
    let (last, goodbye) = mpsc::channel(2);
    let cut = CancellationToken::new();
    let is_cut = cut.clone().cancelled_owned();
    let reading = Duration::from_secs(state.services.config.limits.reading_seconds);
    state.work.spawn(async move {
        let stop = async {
            tokio::select! {
                () = sender.closed() => DeliveryEnd::Gone,
                () = keeper.is_cut() => DeliveryEnd::Refused(too_slow(reading).into()),
                () = shutdown.cancelled() => DeliveryEnd::ShuttingDown,
            }
        };
        let send = |delivery: Delivery| {
            let (sender, room) = (&sender, &room);
            let (text, position) = (delivery.text, delivery.position);
            let held = keeper.hold(text.len());
            async move {
                let taken = room.take(kibibytes(text.len())).await;
                let event = next(&text, position);
                let waiting = Waiting {
                    event,
                    _held: held,
                    _taken: taken,
                };
                sender.send(waiting).await.is_ok()
            }
        };
        let outcome = deliver(deliveries, watch, stop, reading, send).await;
        let words = match outcome {
            DeliveryEnd::Ended => vec![COMPLETE],
            DeliveryEnd::Refused(error) => {
                // What waits is not for this client any more.
                cut.cancel();
                let answer = Answer::refused(&error, &request_id);
                vec![next(&answer.written(), None), COMPLETE]
            }
            // Without a word of its end the client comes back by itself.
            DeliveryEnd::Gone | DeliveryEnd::ShuttingDown => Vec::new(),
        };
        for word in words {
            // There is room for both.
            let _ = last.try_send(word);
        }
    });
    let events = one_by_one(ReceiverStream::new(receiver)).take_until(is_cut);
    let events = events.chain(ReceiverStream::new(goodbye));
    // The place is taken as long as the client has its stream.
    let events = events.inspect(move |_| {
        let _held = &place;
    });
    respond(state, events)
}

/// An event. JSON on one line has no line breaks.
fn next(text: &str, position: Option<i64>) -> Bytes {
    let id = position.map(|position| format!("id: {position}\n"));
    format!("event: next\n{}data: {text}\n\n", id.unwrap_or_default()).into()
}

fn respond(state: &AppState, events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let every = Duration::from_secs(state.services.config.limits.ping_seconds);
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
