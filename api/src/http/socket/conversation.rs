//! A conversation over one socket, from `connection_init` to its end.

use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::extract::ws::{Message, WebSocket};
use futures::{StreamExt, stream::SplitStream};
use serde_json::{Map, Value as Json, json};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at},
};
use tokio_tungstenite::tungstenite;

use super::{
    message::{Close, Received, ack, answer, complete, pong},
    running::{Full, Run, Running},
    writer,
};
use crate::{
    caller::Origin,
    error::Error,
    http::{
        Edge,
        authentication::{Identity, bearer},
        following::{self, Outcome},
        graphql::{Answer, Asked, Asker, admit, execute, follow, prepare},
        occupancy::Places,
    },
    limit::Limit,
    sessions::{Ending, Watch},
};

/// A socket, and what is known of whoever is at its other end.
struct Conversation {
    edge: Edge,
    origin: Origin,
    queue: mpsc::Sender<Message>,
    running: Running,
    /// Counts operations.
    serial: u64,
    /// Who asks; nobody knows before `connection_init`.
    known: Option<Known>,
}

struct Known {
    identity: Identity,
    watch: Option<Watch>,
    _places: Places,
}

/// The end of a conversation, and what its client is told.
struct End(Option<Message>);

impl End {
    fn because(close: Close, reason: impl AsRef<str>) -> Self {
        Self(Some(close.frame(reason.as_ref())))
    }

    /// The client has left, or does not answer.
    fn silent() -> Self {
        Self(None)
    }
}

/// Holds the conversation until its client leaves, breaks the protocol or may no longer listen, or the server shuts down.
pub(super) async fn hold(socket: WebSocket, edge: Edge, origin: Origin, speaks: bool) {
    let _open = edge.services.metrics.socket_opened();
    let limits = edge.services.config.limits.clone();
    let (to_client, from_client) = socket.split();
    let (queue, waiting) = mpsc::channel(limits.queue);
    let writing = tokio::spawn(writer::write(
        to_client,
        waiting,
        Duration::from_secs(limits.reading_seconds),
    ));
    let mut conversation = Conversation {
        edge,
        origin,
        queue,
        running: Running::default(),
        serial: 0,
        known: None,
    };
    let end = if speaks {
        conversation.listen(from_client).await
    } else {
        End::because(Close::Protocol, "This socket speaks graphql-transport-ws.")
    };
    conversation.running.stop_all();
    if let End(Some(goodbye)) = end {
        // Behind what waits already; a client that does not read is not waited for.
        let _ = conversation.queue.send(goodbye).await;
    }
    drop(conversation);
    let _ = writing.await;
}

impl Conversation {
    async fn listen(&mut self, mut from_client: SplitStream<WebSocket>) -> End {
        let limits = self.edge.services.config.limits.clone();
        let shutdown = self.edge.shutdown.clone();
        let init = tokio::time::sleep(Duration::from_secs(limits.init_seconds));
        let mut init = std::pin::pin!(init);
        let every = Duration::from_secs(limits.ping_seconds);
        let mut pings = interval_at(Instant::now() + every, every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = true;
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => {
                    self.running.drain().await;
                    return End::because(Close::Away, "The server is shutting down.");
                }
                ending = ended(&mut self.known) => return self.dismissed(ending).await,
                message = from_client.next() => {
                    heard = true;
                    let outcome = match message {
                        Some(Ok(Message::Text(text))) => self.hear(&text).await,
                        Some(Ok(Message::Binary(_))) => {
                            Err(End::because(Close::BadRequest, "Messages are texts, not binary."))
                        }
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                        Some(Err(ref cause)) if is_too_large(cause) => {
                            Err(End::because(Close::TooLarge, "The message is too large."))
                        }
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return End::silent(),
                    };
                    if let Err(end) = outcome {
                        return end;
                    }
                }
                () = &mut init, if self.known.is_none() => {
                    return End::because(Close::InitTimeout, "Connection initialisation timeout");
                }
                () = self.queue.closed() => return End::silent(),
                _ = pings.tick() => {
                    if !heard {
                        return End::silent();
                    }
                    heard = false;
                    // A full queue is the writer's business.
                    let _ = self.queue.try_send(Message::Ping(Default::default()));
                }
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), End> {
        match Received::read(text).map_err(|reason| End::because(Close::BadRequest, reason))? {
            Received::Init(payload) => self.initialise(&payload).await,
            Received::Ping(payload) => self.ping(&payload).await,
            Received::Pong => Ok(()),
            Received::Complete(id) => {
                self.running.stop(&id);
                Ok(())
            }
            Received::Subscribe { id, asked } => self.subscribe(&id, asked).await,
        }
    }

    async fn initialise(&mut self, payload: &Map<String, Json>) -> Result<(), End> {
        if self.known.is_some() {
            return Err(End::because(Close::TooMany, "Too many initialisation requests"));
        }
        let identity = match authorization(payload) {
            Some(Json::String(text)) => bearer(&self.edge.services, text)
                .await
                .map_err(|error| End::because(Close::Forbidden, error.to_string()))?,
            Some(_) => {
                return Err(End::because(
                    Close::Forbidden,
                    "authorization must be a text: Bearer and the access token.",
                ));
            }
            None => Identity::NOBODY,
        };
        let limits = &self.edge.services.config.limits;
        let places = self.edge.occupancy.caller(&identity.caller, limits);
        let places = places.map_err(|error| End::because(Close::TooMany, error.to_string()))?;
        self.known = Some(Known {
            watch: identity.watch(&self.edge.services),
            identity,
            _places: places,
        });
        self.send(ack()).await
    }

    /// A ping with an authorization brings a newer access token of the same session.
    async fn ping(&mut self, payload: &Map<String, Json>) -> Result<(), End> {
        let Some(authorization) = authorization(payload) else {
            return self.send(pong(None)).await;
        };
        let Some(known) = &mut self.known else {
            return Err(End::because(Close::Unauthorized, "Unauthorized"));
        };
        let text = authorization.as_str().unwrap_or_default();
        let fresh = bearer(&self.edge.services, text)
            .await
            .map_err(|error| End::because(Close::Forbidden, error.to_string()))?;
        if fresh.caller != known.identity.caller {
            let reason = "The token is of another session. Open a socket of its own for it.";
            return Err(End::because(Close::Forbidden, reason));
        }
        if let (Some(watch), Some(expires)) = (&known.watch, fresh.expires) {
            watch.prolong(expires);
        }
        let until = fresh
            .expires
            .map(|until| until.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        known.identity = fresh;
        self.send(pong(Some(json!({ "authorization": "accepted", "expiresAt": until }))))
            .await
    }

    async fn subscribe(&mut self, id: &str, asked: Asked) -> Result<(), End> {
        let Some(known) = &self.known else {
            return Err(End::because(Close::Unauthorized, "Unauthorized"));
        };
        self.serial += 1;
        let limits = &self.edge.services.config.limits;
        let run = match self.running.begin(id, self.serial, limits.subscriptions) {
            Ok(run) => run,
            Err(Full::Duplicate) => {
                return Err(End::because(
                    Close::Duplicate,
                    format!("Subscriber for {id} already exists"),
                ));
            }
            Err(Full::Limit) => {
                let message = format!(
                    "{} operations run on this socket, the most allowed. Complete one first.",
                    limits.subscriptions
                );
                let error = Error::exceeded(Limit::Subscriptions, message);
                let refused = Answer::refused(&error, &self.origin.request_id);
                return self.send(answer(id, &refused, true)).await;
            }
        };
        let asker = Asker {
            caller: Ok(known.identity.caller.clone()),
            origin: self.origin.clone(),
            may_change: true,
            may_stream: true,
            explain: false,
            last_event: None,
            key: None,
            app: None,
        };
        let operation = Operation {
            edge: self.edge.clone(),
            queue: self.queue.clone(),
            run,
        };
        self.edge.work.spawn(operation.run(asker, asked));
        Ok(())
    }

    async fn dismissed(&self, ending: Ending) -> End {
        let error = following::why(ending);
        let close = match ending {
            Ending::Expired => Close::Forbidden,
            Ending::Revoked => Close::Unauthorized,
        };
        End::because(close, error.to_string())
    }

    /// Queues a message. A full queue holds the conversation up; the writer ends it when nothing is read for too long.
    async fn send(&self, message: Message) -> Result<(), End> {
        self.queue.send(message).await.map_err(|_| End::silent())
    }
}

fn is_too_large(cause: &axum::Error) -> bool {
    let cause = std::error::Error::source(cause).and_then(|cause| cause.downcast_ref::<tungstenite::Error>());
    matches!(cause, Some(tungstenite::Error::Capacity(_)))
}

async fn ended(known: &mut Option<Known>) -> Ending {
    match known {
        Some(known) => following::ended(&mut known.watch).await,
        None => std::future::pending().await,
    }
}

/// `authorization` of a payload, in whichever case a client writes it.
fn authorization(payload: &Map<String, Json>) -> Option<&Json> {
    let mut entries = payload.iter();
    entries
        .find(|(key, _)| key.eq_ignore_ascii_case("authorization"))
        .map(|(_, value)| value)
}

/// The last word about an operation.
enum Last {
    /// It is not executed, or cannot go on.
    Error(Answer),
    /// Its one answer.
    Next(Answer),
    /// It brings no more.
    Complete,
}

/// One operation of a socket, on a task of its own.
struct Operation {
    edge: Edge,
    queue: mpsc::Sender<Message>,
    run: Run,
}

impl Operation {
    async fn run(self, asker: Asker, asked: Asked) {
        let prepared = match admit(&self.edge, &asker) {
            Ok(_) => prepare(&self.edge, &asker, asked).await,
            Err(error) => Err(error),
        };
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                let refused = Answer::refused(&error, &asker.origin.request_id);
                return self.finish(Last::Error(refused)).await;
            }
        };
        if prepared.kind() == OperationType::Subscription {
            self.run.is_stream();
            let deliveries = follow(&self.edge, prepared);
            return self.stream(deliveries).await;
        }
        // A change goes on to its end, whether or not anybody waits for its answer.
        let answer = execute(&self.edge, prepared).await;
        let last = match answer.is_refused() {
            true => Last::Error(answer),
            false => Last::Next(answer),
        };
        self.finish(last).await;
    }

    async fn stream(self, deliveries: impl futures::Stream<Item = crate::http::graphql::Delivery>) {
        let stop = self.run.stop.clone();
        let stopped = async {
            stop.cancelled().await;
            Outcome::Gone
        };
        let failed = std::sync::Mutex::new(None);
        // The writer ends the socket of a client that does not read.
        let patience = Duration::from_secs(self.edge.services.config.limits.reading_seconds * 2);
        let outcome = following::deliver(deliveries, None, stopped, patience, |delivery| {
            let (queue, id, failed) = (&self.queue, &self.run.id, &failed);
            async move {
                if delivery.answer.ends_stream() {
                    if let Ok(mut failed) = failed.lock() {
                        *failed = Some(delivery.answer);
                    }
                    return true;
                }
                queue.send(answer(id, &delivery.answer, false)).await.is_ok()
            }
        })
        .await;
        if matches!(outcome, Outcome::Ended) {
            let failed = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
            self.finish(failed.map_or(Last::Complete, Last::Error)).await;
        }
    }

    /// The last messages of an operation. Its id is free before its client reads them.
    async fn finish(self, last: Last) {
        let Self { queue, run, .. } = self;
        if run.stop.is_cancelled() {
            return;
        }
        let id = run.id.clone();
        let messages = match last {
            Last::Error(refused) => vec![answer(&id, &refused, true)],
            Last::Next(last) => vec![answer(&id, &last, false), complete(&id)],
            Last::Complete => vec![complete(&id)],
        };
        // Both have a place in the queue before the id is free: a shutdown that waits for the operation sends its
        // goodbye behind them.
        let Ok(permits) = queue.reserve_many(messages.len()).await else {
            return;
        };
        for (permit, message) in permits.zip(messages) {
            permit.send(message);
        }
        drop(run);
    }
}
