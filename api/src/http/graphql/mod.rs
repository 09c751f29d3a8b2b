//! GraphQL over HTTP (the GraphQL-over-HTTP specification): POST, GET, and streams of events.

mod answer;
mod asked;
pub(super) mod body;
mod counting;
mod dear;
mod entrance;
mod events;
mod explanation;
mod hidden;
mod negotiation;
mod published;

use async_graphql::parser::types::OperationType;
use axum::{
    body::Body,
    extract::{
        RawQuery, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Redirect, Response},
};
use serde_json::Value as Json;

use super::{
    Edge,
    admission::standing,
    authentication::{Authenticated, Identity},
    connection::{Connection, Taken},
    socket,
};
use crate::{
    caller::Origin,
    error::{Error, Result},
    idempotency::HEADER,
    limit::Limit,
};

pub(super) use answer::Answer;
pub(super) use asked::Asked;
pub(super) use counting::admit;
pub(super) use dear::Dear;
pub(super) use entrance::{Asker, Delivery, execute, follow, is_plain, prepare};
pub(super) use explanation::Explaining;
use negotiation::{Form, Streaming, accepted};

/// Asks for an explanation of the answer.
const EXPLAIN: HeaderName = HeaderName::from_static("tombola-explain");
/// The last event that a client has (HTML, server-sent events).
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The client id of the app whose published documents are meant.
const APP: HeaderName = HeaderName::from_static("tombola-app");

/// A request as it came.
struct Incoming {
    identity: Result<Identity>,
    origin: Origin,
    connection: Connection,
    headers: HeaderMap,
}

/// `POST /graphql`.
pub(super) async fn post(
    State(edge): State<Edge>,
    Authenticated(identity): Authenticated,
    origin: Origin,
    connection: Connection,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let incoming = Incoming {
        identity,
        origin,
        connection,
        headers,
    };
    let asker = asker(&incoming, true);
    let read = async {
        negotiation::is_json(&incoming.headers)?;
        body::read(
            &incoming.headers,
            body,
            &incoming.connection,
            &edge.services.config.limits,
        )
        .await
    };
    match read.await {
        Ok(Json::Array(list)) => batch(&edge, incoming, asker, list).await,
        Ok(body) => answered(&edge, incoming, asker, Asked::from_json(body)).await,
        Err(error) => incoming.refuse(&error),
    }
}

/// `GET /graphql`: queries, streams, and sockets. A person who comes here with a browser is shown to GraphiQL.
pub(super) async fn get(
    State(edge): State<Edge>,
    Authenticated(identity): Authenticated,
    origin: Origin,
    connection: Connection,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if socket::is_wanted(&headers) {
        return socket::upgrade(edge, origin, &connection, upgrade);
    }
    let incoming = Incoming {
        identity,
        origin,
        connection,
        headers,
    };
    let query = query.unwrap_or_default();
    if query.is_empty() && accepted(&incoming.headers).page {
        return Redirect::to("/").into_response();
    }
    let asker = asker(&incoming, false);
    answered(&edge, incoming, asker, Asked::from_query(&query)).await
}

/// Any other method.
pub(super) async fn other(origin: Origin, method: Method, headers: HeaderMap) -> Response {
    let message = format!("{method} is not for this address. Send POST, or GET to read.");
    let error = Error::unacceptable(405, "method", message);
    refuse(&headers, &origin.request_id, &error)
}

async fn answered(edge: &Edge, incoming: Incoming, asker: Asker, asked: Result<Asked>) -> Response {
    let accepted = accepted(&incoming.headers);
    let prepared = match asked {
        Ok(asked) => prepare(edge, &asker, asked).await,
        Err(error) => Err(error),
    };
    let prepared = match prepared {
        Ok(prepared) => prepared,
        // A client of streams is told of its document's faults in the stream.
        Err(error) if accepted.stream == Streaming::Preferred => {
            let answer = Answer::refused(&error, &incoming.origin.request_id);
            return match answer.is_transport() {
                true => respond(&answer, Form::Json, &incoming.connection),
                false => events::told(edge, answer),
            };
        }
        Err(error) => return incoming.refuse(&error),
    };
    let (kind, state) = (prepared.kind(), prepared.rate_state());
    let response = match accepted.form {
        _ if kind == OperationType::Subscription => events::followed(
            edge,
            incoming.identity,
            &incoming.origin,
            &incoming.connection,
            prepared,
        ),
        _ if accepted.stream == Streaming::Preferred => {
            let mut taken = incoming.connection.room().take(prepared.cost()).await;
            let answer = execute(edge, prepared).await;
            events::told_of(edge, answer, &incoming.connection, &mut taken)
        }
        None => incoming.refuse(&unacceptable()),
        Some(form) => {
            let taken = incoming.connection.room().take(prepared.cost()).await;
            let answer = execute(edge, prepared).await;
            let mut response = respond_in(&answer, form, &incoming.connection, taken);
            if !is_plain(&answer, kind) {
                response.extensions_mut().insert(super::NotCompressed);
            }
            response
        }
    };
    match state {
        Some(state) => standing(response, state),
        None => response,
    }
}

fn asker(incoming: &Incoming, may_change: bool) -> Asker {
    let text = |name: &HeaderName| incoming.headers.get(name)?.to_str().ok();
    Asker {
        caller: incoming.identity.clone().map(|identity| identity.caller),
        origin: incoming.origin.clone(),
        may_change,
        may_stream: accepted(&incoming.headers).stream != Streaming::Refused,
        explain: text(&EXPLAIN).is_some_and(|value| value == "1"),
        last_event: text(&LAST_EVENT_ID).and_then(|value| value.parse().ok()),
        app: text(&APP).map(ToOwned::to_owned),
        key: incoming
            .headers
            .get(HEADER)
            .map(|key| key.to_str().unwrap_or_default().to_owned()),
    }
}

/// Several operations in one request, one after the other, when that is allowed.
async fn batch(edge: &Edge, incoming: Incoming, asker: Asker, list: Vec<Json>) -> Response {
    let most = edge.services.config.limits.batch;
    if list.is_empty() || list.len() > most {
        let message = match most {
            0 => "The request is a list; this server takes one operation at a time. Send a JSON object.".to_owned(),
            _ => format!(
                "The list has {} operations; 1 to {most} are allowed. Send fewer at once.",
                list.len()
            ),
        };
        return incoming.refuse(&Error::exceeded(Limit::Operations, message));
    }
    if incoming.headers.contains_key(HEADER) {
        let message = "One key stands for one operation. Send each with a key of its own.";
        return incoming.refuse(&Error::validation(HEADER, message));
    }
    let Some(form) = accepted(&incoming.headers).form else {
        return incoming.refuse(&unacceptable());
    };
    let asker = Asker {
        may_stream: false,
        ..asker
    };
    let mut answers = Vec::with_capacity(list.len());
    let mut state = None;
    for (place, body) in list.into_iter().enumerate() {
        // The first one is counted as the request that it came with.
        let admitted = match place {
            0 => Ok(()),
            _ => admit(edge, asker.counted(), &asker.origin).map(|admitted| state = Some(admitted)),
        };
        let prepared = match admitted.and_then(|()| Asked::from_json(body)) {
            Ok(asked) => prepare(edge, &asker, asked).await,
            Err(error) => Err(error),
        };
        answers.push(match prepared {
            Ok(prepared) => execute(edge, prepared).await,
            Err(error) => Answer::refused(&error, &incoming.origin.request_id),
        });
    }
    let written = serde_json::to_vec(&answers);
    let mut response = json(StatusCode::OK, form, written, &incoming.connection, Taken::default());
    response.extensions_mut().insert(super::NotCompressed);
    // Of several refusals the last one tells.
    let refused = answers.iter().rev().find_map(Answer::rate_state);
    match refused.or(state) {
        Some(state) => standing(response, state),
        None => response,
    }
}

fn unacceptable() -> Error {
    Error::unacceptable(
        406,
        "Accept",
        "The answer is application/graphql-response+json, application/json or text/event-stream. Accept one of them.",
    )
}

impl Incoming {
    fn refuse(&self, error: &Error) -> Response {
        let form = accepted(&self.headers).form.unwrap_or(Form::Json);
        respond(&Answer::refused(error, &self.origin.request_id), form, &self.connection)
    }
}

/// The answer to a request that is not answered, in the form that its headers ask for.
pub(super) fn refuse(headers: &HeaderMap, request_id: &str, error: &Error) -> Response {
    let form = accepted(headers).form.unwrap_or(Form::Json);
    respond(&Answer::refused(error, request_id), form, &Connection::default())
}

/// The error body of a request for a file that is not answered.
pub(super) fn refusal(error: &Error, request_id: &str) -> Response {
    respond(&Answer::refused(error, request_id), Form::Json, &Connection::default())
}

fn respond(answer: &Answer, form: Form, connection: &Connection) -> Response {
    respond_in(answer, form, connection, Taken::default())
}

/// Responds in the room that was taken for it.
fn respond_in(answer: &Answer, form: Form, connection: &Connection, taken: Taken) -> Response {
    let status = answer.status(form == Form::Json);
    let mut response = json(status, form, serde_json::to_vec(answer), connection, taken);
    let headers = response.headers_mut();
    match status {
        // RFC 9110 §11.6.1: who is to show credentials learns which.
        StatusCode::UNAUTHORIZED => drop(headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        // What is left of the body is not read (RFC 9112 §9.6).
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        // RFC 9110 §15.5.6.
        StatusCode::METHOD_NOT_ALLOWED => drop(headers.insert(ALLOW, HeaderValue::from_static("GET, POST, OPTIONS"))),
        _ => {}
    }
    if let Some(seconds) = answer.retry_after() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if answer.is_refused() {
        response.extensions_mut().insert(super::NotCompressed);
    }
    match answer.rate_state() {
        Some(state) => standing(response, state),
        None => response,
    }
}

fn json(
    status: StatusCode,
    form: Form,
    body: serde_json::Result<Vec<u8>>,
    connection: &Connection,
    taken: Taken,
) -> Response {
    let body = match body {
        Ok(body) => connection.keep(body, taken),
        Err(cause) => {
            tracing::error!(%cause, "an answer could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let headers = [
        (CONTENT_TYPE, form.content_type()),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (VARY, HeaderValue::from_static("accept, authorization")),
    ];
    (status, headers, body).into_response()
}
