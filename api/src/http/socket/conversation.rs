//! A conversation over one socket, from `connection_init` to its end.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures::{StreamExt, stream::SplitStream};
use serde_json::{Map, Value as Json, json};
use tokio::{
    sync::oneshot,
    time::{Instant, MissedTickBehavior, interval_at},
};
use tokio_tungstenite::tungstenite::{self, error::ProtocolError};

use super::{
    chatter::Chatter,
    message::{Close, Received, ack, answer, pong},
    operation::SocketOperation,
    outbox::Outbox,
    running::{Full, Running},
    writer::{self, Farewell, GOODBYE},
};
use crate::{
    caller::Origin,
    error::{Error, RequestError},
    front::{self, Answer, AuthenticatedCaller, GraphqlRequest, RequestContext, bearer},
    http::{buffer_limit::BufferAccount, state::AppState, stream_limits::StreamPermit},
    limit::{Limit, RateState},
    rates::{RateKind, RateRefused},
    sessions::{Ending, Watch},
};

/// A socket, and what is known of whoever is at its other end.
struct Conversation {
    state: AppState,
    origin: Origin,
    outbox: Outbox,
    running: Running,
    /// Counts operations.
    serial: u64,
    chatter: Chatter,
    /// Who asks; nobody knows before `connection_init`.
    known: Option<Known>,
}

struct Known {
    identity: AuthenticatedCaller,
    watch: Option<Watch>,
    _places: StreamPermit,
}

/// The end of a conversation, and what its client is told.
enum End {
    /// What waits is not sent any more: the client broke the protocol, may no longer listen, or has left.
    AtOnce(Farewell),
    /// What waits is sent before.
    InOrder(Message),
}

impl End {
    fn because(close: Close, reason: impl AsRef<str>) -> Self {
        Self::AtOnce(Some(close.frame(reason.as_ref())))
    }

    /// The client has left, or does not answer.
    fn silent() -> Self {
        Self::AtOnce(None)
    }

    /// What cannot be read is no message.
    fn unreadable(cause: &axum::Error) -> Self {
        let cause = std::error::Error::source(cause).and_then(|cause| cause.downcast_ref());
        match cause {
            Some(tungstenite::Error::Capacity(_)) => Self::because(Close::TooLarge, "The message is too large."),
            Some(tungstenite::Error::Utf8(_)) => Self::because(Close::NotUtf8, "A text must be UTF-8."),
            Some(tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => Self::silent(),
            Some(tungstenite::Error::Protocol(cause)) => Self::because(Close::Malformed, cause.to_string()),
            _ => Self::silent(),
        }
    }
}

/// Holds the conversation until its client leaves, breaks the protocol or may no longer listen, or the server shuts down.
pub(super) async fn hold(socket: WebSocket, state: AppState, origin: Origin, keeper: BufferAccount, speaks: bool) {
    let _open = state.services.metrics.socket_opened();
    let limits = state.services.config.limits.clone();
    let (to_client, mut from_client) = socket.split();
    let (outbox, waiting) = Outbox::new(&limits, keeper.clone());
    let (farewell, last) = oneshot::channel();
    let reading = Duration::from_secs(limits.reading_seconds);
    let writing = tokio::spawn(writer::write(to_client, waiting, last, keeper, reading));
    let mut conversation = Conversation {
        state,
        origin,
        outbox,
        running: Running::default(),
        serial: 0,
        chatter: Chatter::new(),
        known: None,
    };
    let end = if speaks {
        conversation.listen(&mut from_client).await
    } else {
        End::because(Close::Protocol, "This socket speaks graphql-transport-ws.")
    };
    conversation.running.stop_all();
    match end {
        // A writer that has ended has nothing to say any more.
        End::AtOnce(last) => drop(farewell.send(last)),
        End::InOrder(goodbye) => {
            conversation.outbox.say(goodbye).await;
            drop(farewell);
        }
    }
    drop(conversation);
    // A client that is still speaking is heard until it has closed its side: its connection would be reset otherwise, and
    // the goodbye lost with it.
    let parting = async { while let Some(Ok(_)) = from_client.next().await {} };
    let _ = tokio::join!(writing, tokio::time::timeout(GOODBYE, parting));
}

impl Conversation {
    async fn listen(&mut self, from_client: &mut SplitStream<WebSocket>) -> End {
        let limits = self.state.services.config.limits.clone();
        let shutdown = self.state.shutdown.clone();
        let init = tokio::time::sleep(Duration::from_secs(limits.init_seconds));
        let mut init = std::pin::pin!(init);
        let every = Duration::from_secs(limits.ping_seconds);
        let mut ticks = interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let outbox = self.outbox.clone();
        let mut heard = true;
        // What a message is answered. Nothing more is read before it has a place in the queue.
        let mut reply: Option<Message> = None;
        loop {
            // Messages come last: whoever sends without end holds nothing up.
            tokio::select! {
                biased;
                () = shutdown.cancelled() => {
                    self.running.drain().await;
                    return End::InOrder(Close::Away.frame("The server is shutting down."));
                }
                ending = ended(&mut self.known) => return dismissed(ending),
                () = &mut init, if self.known.is_none() => {
                    return End::because(Close::InitTimeout, "Connection initialisation timeout");
                }
                () = outbox.closed() => return End::silent(),
                _ = ticks.tick() => {
                    if !heard && reply.is_none() {
                        return End::silent();
                    }
                    heard = false;
                    outbox.try_send(Message::Ping(Default::default()));
                }
                place = outbox.place(), if reply.is_some() => match (place, reply.take()) {
                    (Some(place), Some(message)) => place.send(message.into()),
                    _ => return End::silent(),
                },
                message = from_client.next(), if reply.is_none() => {
                    heard = true;
                    match self.take(message).await {
                        Ok(answer) => reply = answer,
                        Err(end) => return end,
                    }
                }
            }
        }
    }

    /// What came over the socket, and what is answered.
    async fn take(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<Option<Message>, End> {
        match message {
            Some(Ok(Message::Text(text))) => self.hear(&text).await,
            Some(Ok(Message::Binary(_))) => Err(End::because(Close::BadRequest, "Messages are texts, not binary.")),
            // The library answers pings by itself.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => self.count_chatter().map(|()| None),
            Some(Err(cause)) => Err(End::unreadable(&cause)),
            Some(Ok(Message::Close(_))) | None => Err(End::silent()),
        }
    }

    async fn hear(&mut self, text: &str) -> Result<Option<Message>, End> {
        match Received::read(text).map_err(|reason| End::because(Close::BadRequest, reason))? {
            Received::Init(payload) => self.initialise(&payload).await.map(Some),
            Received::Ping(payload) => self.ping(&payload).await.map(Some),
            Received::Pong => self.count_chatter().map(|()| None),
            Received::Complete(id) => match self.running.stop(&id) {
                true => Ok(None),
                false => self.count_chatter().map(|()| None),
            },
            Received::Subscribe { id, request } => self.subscribe(&id, request),
        }
    }

    fn count_chatter(&mut self) -> Result<(), End> {
        match self.chatter.one_more() {
            true => Ok(()),
            false => Err(End::because(
                Close::TooMany,
                "Too many messages that ask for nothing. A ping in some seconds is enough.",
            )),
        }
    }

    /// Ends the conversation with a client that asks too often.
    fn count(&self, taken: Result<RateState, RateRefused>) -> Result<(), End> {
        match taken {
            Ok(_) => Ok(()),
            Err(refused) => {
                self.state.services.metrics.error(Error::from(refused.clone()).code());
                Err(End::because(Close::Later, refused.sentence))
            }
        }
    }

    async fn initialise(&mut self, payload: &Map<String, Json>) -> Result<Message, End> {
        if self.known.is_some() {
            return Err(End::because(Close::TooMany, "Too many initialisation requests"));
        }
        // To look at a token is work, as a request is; whose it is, is known afterwards.
        self.count(self.state.services.rates.enter(self.origin.address))?;
        let identity = match authorization(payload) {
            Some(Json::String(text)) => bearer(&self.state.services, text).await,
            Some(_) => {
                return Err(End::because(
                    Close::Forbidden,
                    "authorization must be a text: Bearer and the access token.",
                ));
            }
            None => Ok(AuthenticatedCaller::NOBODY),
        };
        let identity = identity.map_err(|error| End::because(Close::Forbidden, error.to_string()))?;
        if let Some(user) = identity.caller.user() {
            self.count(self.state.services.rates.check_user(user))?;
        }
        let limits = &self.state.services.config.limits;
        let places = self.state.streams.caller(&identity.caller, limits);
        let places = places.map_err(|error| End::because(Close::TooMany, error.to_string()))?;
        self.known = Some(Known {
            watch: identity.watch(&self.state.services),
            identity,
            _places: places,
        });
        Ok(ack())
    }

    /// A ping with an authorization brings a newer access token of the same session.
    async fn ping(&mut self, payload: &Map<String, Json>) -> Result<Message, End> {
        self.count_chatter()?;
        let Some(authorization) = authorization(payload) else {
            return Ok(pong(None));
        };
        let Some(known) = &self.known else {
            return Err(End::because(Close::Unauthorized, "Unauthorized"));
        };
        let (caller, address) = (&known.identity.caller, self.origin.address);
        let rates = &self.state.services.rates;
        self.count(rates.check(caller, address, RateKind::Request, 1))?;
        let text = authorization.as_str().unwrap_or_default();
        let fresh = bearer(&self.state.services, text)
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
        if let Some(known) = &mut self.known {
            known.identity = fresh;
        }
        Ok(pong(Some(json!({ "authorization": "accepted", "expiresAt": until }))))
    }

    /// Begins an operation, which is answered in its own time; or refuses it.
    fn subscribe(&mut self, id: &str, request: GraphqlRequest) -> Result<Option<Message>, End> {
        let Some(known) = &self.known else {
            return Err(End::because(Close::Unauthorized, "Unauthorized"));
        };
        self.serial += 1;
        let limits = &self.state.services.config.limits;
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
                let error = RequestError::exceeded(Limit::Subscriptions, message);
                let refused = Answer::refused(&error.into(), &self.origin.request_id);
                return Ok(Some(answer(id, &refused, true)));
            }
        };
        let context = RequestContext {
            caller: Ok(known.identity.caller.clone()),
            origin: self.origin.clone(),
            may_change: true,
            may_stream: true,
            explain: false,
            last_event: None,
            key: None,
            app: None,
        };
        let operation = SocketOperation {
            state: self.state.clone(),
            outbox: self.outbox.clone(),
            run,
        };
        self.state.work.spawn(operation.run(context, request));
        Ok(None)
    }
}

fn dismissed(ending: Ending) -> End {
    let error = front::why(ending);
    let close = match ending {
        Ending::Expired => Close::Forbidden,
        Ending::Revoked => Close::Unauthorized,
    };
    End::because(close, error.to_string())
}

async fn ended(known: &mut Option<Known>) -> Ending {
    match known {
        Some(known) => front::ended(&mut known.watch).await,
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
