//! GraphQL over HTTP (the GraphQL-over-HTTP specification): POST, GET, and streams of events.

use axum::{
    body::Body,
    extract::{
        RawQuery, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, HeaderName, Method, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::Value as Json;

use super::{
    authentication::Authenticated,
    body,
    compression::NotCompressed,
    connection::{BudgetPermit, Connection},
    event_stream,
    negotiation::{Form, Streaming, accepted, is_json},
    rate_headers::standing,
    respond::{json, refuse, respond, respond_in},
    socket,
    state::AppState,
    status::is_refused_by_transport,
};
use crate::{
    caller::Origin,
    error::{Error, RequestError, RequestResult, Result},
    front::{Answer, AuthenticatedCaller, GraphqlRequest, RequestContext, admit},
    idempotency::HEADER,
    limit::Limit,
};

/// Asks for an explanation of the answer.
const EXPLAIN: HeaderName = HeaderName::from_static("tombola-explain");
/// The last event that a client has (HTML, server-sent events).
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The client id of the app whose published documents are meant.
const APP: HeaderName = HeaderName::from_static("tombola-app");

/// A request as it came.
struct Incoming {
    identity: Result<AuthenticatedCaller>,
    origin: Origin,
    connection: Connection,
    headers: HeaderMap,
}

/// `POST /graphql`.
pub(super) async fn post(
    State(state): State<AppState>,
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
    let context = context(&incoming, true);
    let read = async {
        is_json(&incoming.headers)?;
        body::read(
            &incoming.headers,
            body,
            &incoming.connection,
            &state.services.config.limits,
        )
        .await
    };
    match read.await {
        Ok(Json::Array(list)) => batch(&state, incoming, context, list).await,
        Ok(body) => answered(&state, incoming, context, GraphqlRequest::from_json(body)).await,
        Err(error) => incoming.refuse(&error),
    }
}

/// `GET /graphql`: queries, streams, and sockets. A person who comes here with a browser is shown to GraphiQL.
pub(super) async fn get(
    State(state): State<AppState>,
    Authenticated(identity): Authenticated,
    origin: Origin,
    connection: Connection,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if socket::is_wanted(&headers) {
        return socket::upgrade(state, origin, &connection, upgrade);
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
    let context = context(&incoming, false);
    answered(&state, incoming, context, GraphqlRequest::from_query(&query)).await
}

/// Any other method.
pub(super) async fn other(origin: Origin, method: Method, headers: HeaderMap) -> Response {
    let message = format!("{method} is not for this address. Send POST, or GET to read.");
    let error = RequestError::unacceptable(405, "method", message);
    refuse(&headers, &origin.request_id, &error.into())
}

async fn answered(
    state: &AppState,
    incoming: Incoming,
    context: RequestContext,
    request: RequestResult<GraphqlRequest>,
) -> Response {
    let accepted = accepted(&incoming.headers);
    let prepared = match request {
        Ok(request) => state.executor.prepare(&context, request).await,
        Err(error) => Err(error.into()),
    };
    let prepared = match prepared {
        Ok(prepared) => prepared,
        // A client of streams is told of its document's faults in the stream.
        Err(error) if accepted.stream == Streaming::Preferred => {
            let answer = Answer::refused(&error, &incoming.origin.request_id);
            return match is_refused_by_transport(&answer) {
                true => respond(&answer, Form::Json, &incoming.connection),
                false => event_stream::refused_stream(state, answer),
            };
        }
        Err(error) => return incoming.refuse(&error),
    };
    let (is_query, rate) = (prepared.is_query(), prepared.rate_state());
    let response = match accepted.form {
        _ if prepared.is_subscription() => event_stream::subscription_stream(
            state,
            incoming.identity,
            &incoming.origin,
            &incoming.connection,
            prepared,
        ),
        _ if accepted.stream == Streaming::Preferred => {
            let mut taken = incoming.connection.room().take(prepared.cost()).await;
            let answer = state.executor.execute(prepared).await;
            event_stream::single_stream(state, answer, &incoming.connection, &mut taken)
        }
        None => incoming.refuse(&unacceptable().into()),
        Some(form) => {
            let taken = incoming.connection.room().take(prepared.cost()).await;
            let answer = state.executor.execute(prepared).await;
            let mut response = respond_in(&answer, form, &incoming.connection, taken);
            if !(is_query && answer.is_plain()) {
                response.extensions_mut().insert(NotCompressed);
            }
            response
        }
    };
    match rate {
        Some(rate) => standing(response, rate),
        None => response,
    }
}

fn context(incoming: &Incoming, may_change: bool) -> RequestContext {
    let text = |name: &HeaderName| incoming.headers.get(name)?.to_str().ok();
    RequestContext {
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
async fn batch(state: &AppState, incoming: Incoming, context: RequestContext, list: Vec<Json>) -> Response {
    let most = state.services.config.limits.batch;
    if list.is_empty() || list.len() > most {
        let message = match most {
            0 => "The request is a list; this server takes one operation at a time. Send a JSON object.".to_owned(),
            _ => format!(
                "The list has {} operations; 1 to {most} are allowed. Send fewer at once.",
                list.len()
            ),
        };
        return incoming.refuse(&RequestError::exceeded(Limit::Operations, message).into());
    }
    if incoming.headers.contains_key(HEADER) {
        let message = "One key stands for one operation. Send each with a key of its own.";
        return incoming.refuse(&Error::validation(HEADER, message));
    }
    let Some(form) = accepted(&incoming.headers).form else {
        return incoming.refuse(&unacceptable().into());
    };
    let context = RequestContext {
        may_stream: false,
        ..context
    };
    let mut answers = Vec::with_capacity(list.len());
    let mut rate = None;
    for (place, body) in list.into_iter().enumerate() {
        // The first one is counted as the request that it came with.
        let admitted = match place {
            0 => Ok(()),
            _ => admit(&state.services, context.counted(), &context.origin).map(|admitted| rate = Some(admitted)),
        };
        let prepared = match admitted.and_then(|()| Ok(GraphqlRequest::from_json(body)?)) {
            Ok(request) => state.executor.prepare(&context, request).await,
            Err(error) => Err(error),
        };
        answers.push(match prepared {
            Ok(prepared) => state.executor.execute(prepared).await,
            Err(error) => Answer::refused(&error, &incoming.origin.request_id),
        });
    }
    let written = serde_json::to_vec(&answers);
    let mut response = json(
        StatusCode::OK,
        form,
        written,
        &incoming.connection,
        BudgetPermit::default(),
    );
    response.extensions_mut().insert(NotCompressed);
    // Of several refusals the last one tells.
    let refused = answers.iter().rev().find_map(Answer::rate_state);
    match refused.or(rate) {
        Some(rate) => standing(response, rate),
        None => response,
    }
}

fn unacceptable() -> RequestError {
    RequestError::unacceptable(
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
