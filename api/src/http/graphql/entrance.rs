//! The one entrance for every operation, whichever way it comes: who asks, the document and its limits, the execution
//! on a task of its own, and the answer.

use std::{sync::Arc, time::Instant};

use async_graphql::{Response, Value, parser::types::OperationType, value};
use futures::{FutureExt, Stream, StreamExt};
use serde_json::Value as Json;
use tracing::Instrument;

use super::{
    answer::Answer,
    asked::Asked,
    counting::{count_cost, count_passwords, signs_in, told},
    explanation::{self, Explanation},
    hidden::{self, Written},
    published,
};
use crate::{
    caller::{Caller, Origin},
    document::{Chosen, Values, check_values},
    error::{Error, Result},
    gql::{self, Place},
    http::Edge,
    idempotency::{Fingerprint, IdempotencyKey},
    limit::{Limit, RateState},
    loaders::whole_batches,
    operation::{Allowance, Operation},
    store::{Tally, tallied},
    telemetry::{OperationKind, Outcome, operation_span},
};

/// Where a request without headers has its `Idempotency-Key`.
const KEY_EXTENSION: &str = "idempotencyKey";

/// Who asks, from where, and what they say about the way of their request.
#[derive(Clone)]
pub(in crate::http) struct Asker {
    pub(in crate::http) caller: Result<Caller>,
    pub(in crate::http) origin: Origin,
    /// Whether changes may be made: not by GET.
    pub(in crate::http) may_change: bool,
    /// Whether a stream of events can be delivered.
    pub(in crate::http) may_stream: bool,
    /// Whether the answer shall explain itself.
    pub(in crate::http) explain: bool,
    /// The last event that the client has, when it comes back.
    pub(in crate::http) last_event: Option<i64>,
    /// The key of the request's headers; a request without headers has it among its extensions.
    pub(in crate::http) key: Option<String>,
    /// The app whose published documents are meant, by its client id.
    pub(in crate::http) app: Option<String>,
}

/// An operation that may be executed.
pub(in crate::http) struct Prepared {
    pub(in crate::http) chosen: Chosen,
    values: Values,
    /// What may stand in an error, where not every name may.
    written: Option<Written>,
    caller: Caller,
    origin: Origin,
    cost: u64,
    /// Where its caller stands, if its cost counted as requests.
    state: Option<RateState>,
    explain: bool,
    last_event: Option<i64>,
    once: Option<(IdempotencyKey, Fingerprint)>,
}

impl Asker {
    /// Who is counted: nobody in particular, when their token is none.
    pub(in crate::http) fn counted(&self) -> &Caller {
        self.caller.as_ref().unwrap_or(&Caller::Anonymous)
    }
}

impl Prepared {
    /// Query, mutation or subscription.
    pub(in crate::http) fn kind(&self) -> OperationType {
        self.chosen.kind()
    }

    /// What it may cost: no more than so many KiB of answer, and one.
    pub(in crate::http) fn cost(&self) -> u64 {
        self.cost.saturating_add(1)
    }

    /// Where its caller stands, if that is not what it was when the request was admitted.
    pub(in crate::http) fn rate_state(&self) -> Option<RateState> {
        self.state
    }
}

/// Reads and checks what is asked. Nothing is executed before all of it holds.
///
/// # Errors
/// Why it is not executed.
pub(in crate::http) async fn prepare(edge: &Edge, asker: &Asker, asked: Asked) -> Result<Prepared> {
    read(edge, asker, asked).await.map_err(|error| told(edge, error))
}

async fn read(edge: &Edge, asker: &Asker, mut asked: Asked) -> Result<Prepared> {
    let services = &edge.services;
    asked.check_texts()?;
    check_values(&asked.variables, &services.config.limits)?;
    let text = published::text(services, asker.app.as_deref(), &mut asked).await?;
    let document = match edge.documents.read(&text) {
        Ok(document) => document,
        Err(error) => {
            let written = Written::to_hold_against(&services.config, &text, &asked.take_variables());
            return Err(hidden::without_others(error, written.as_ref()));
        }
    };
    let chosen = document.choose(asked.operation_name.as_deref())?;
    let caller = caller_of(asker, &chosen)?;
    // First: what another site can have a browser send must not use up what its visitors need to sign in.
    fits_its_way(asker, &chosen)?;
    hidden::keep_schema(&services.config, &chosen)?;
    count_passwords(services, &caller, &asker.origin, &chosen)?;
    let once = match chosen.kind() {
        OperationType::Mutation => once(asker, &asked, &text)?,
        _ => None,
    };
    let variables = asked.take_variables();
    let written = Written::to_hold_against(&services.config, &text, &variables);
    let values = chosen.coerce(variables);
    let values = values.map_err(|error| hidden::without_others(error, written.as_ref()))?;
    let cost = chosen.check(&values, &services.config.limits)?;
    let state = count_cost(services, &caller, &asker.origin, &chosen, cost)?;
    if asker.explain {
        explanation::allow(services, &caller).await?;
    }
    Ok(Prepared {
        state,
        chosen,
        values,
        written,
        caller,
        origin: asker.origin.clone(),
        cost,
        explain: asker.explain,
        last_event: asker.last_event,
        once,
    })
}

/// Whether an operation may come the way that it came.
fn fits_its_way(asker: &Asker, chosen: &Chosen) -> Result<()> {
    match chosen.kind() {
        OperationType::Mutation if !asker.may_change => Err(Error::unacceptable(
            405,
            "method",
            "A change is made by POST. GET reads only.",
        )),
        OperationType::Subscription if !asker.may_stream => Err(Error::unacceptable(
            406,
            "Accept",
            "A subscription is a stream: use a WebSocket, or send “Accept: text/event-stream”.",
        )),
        _ => Ok(()),
    }
}

/// The key under which a change is to be made once, and what it stands for.
fn once(asker: &Asker, asked: &Asked, text: &str) -> Result<Option<(IdempotencyKey, Fingerprint)>> {
    let key = asked.said(asker.key.as_deref(), KEY_EXTENSION)?;
    let Some(key) = key else { return Ok(None) };
    let variables = Json::Object(asked.variables.clone());
    let fingerprint = Fingerprint::of(text, asked.operation_name.as_deref(), &variables);
    Ok(Some((IdempotencyKey::parse(key)?, fingerprint)))
}

/// Whoever has an old token must still be able to get a new one.
fn caller_of(asker: &Asker, chosen: &Chosen) -> Result<Caller> {
    match &asker.caller {
        Ok(caller) => Ok(caller.clone()),
        Err(_) if signs_in(chosen) => Ok(Caller::Anonymous),
        Err(error) => Err(error.clone()),
    }
}

/// Executes a query or mutation on a task of its own, to its end or its limit: a client that hangs up cannot cut it off
/// half-way.
pub(in crate::http) async fn execute(edge: &Edge, prepared: Prepared) -> Answer {
    let request_id = prepared.origin.request_id.clone();
    let (name, kind) = (prepared.chosen.name().map(ToOwned::to_owned), labelled(prepared.kind()));
    let span = operation_span(name.as_deref(), kind);
    let start = Instant::now();
    let task = {
        let edge = edge.clone();
        async move { run(&edge, prepared).await }
    };
    let answer = match edge.work.spawn(task.instrument(span).in_current_span()).await {
        Ok(answer) => answer,
        Err(crash) => Answer::refused(&Error::internal(crash), &request_id),
    };
    let metrics = &edge.services.metrics;
    let outcome = outcome(&answer);
    // The first names are told apart: nobody may fill their places with what is not executed.
    let name = name.filter(|_| outcome != Outcome::Refused);
    metrics.operation(name.as_deref(), kind, outcome, start.elapsed());
    answer.codes().for_each(|code| metrics.error(&code));
    answer
}

fn labelled(kind: OperationType) -> OperationKind {
    match kind {
        OperationType::Query => OperationKind::Query,
        OperationType::Mutation => OperationKind::Mutation,
        OperationType::Subscription => OperationKind::Subscription,
    }
}

fn outcome(answer: &Answer) -> Outcome {
    if answer.codes().any(|code| code == Limit::Time.code()) {
        return Outcome::TooLong;
    }
    match (answer.is_refused(), answer.errors().is_empty()) {
        (true, _) => Outcome::Refused,
        (false, true) => Outcome::Ok,
        (false, false) => Outcome::Errors,
    }
}

async fn run(edge: &Edge, prepared: Prepared) -> Answer {
    let request_id = prepared.origin.request_id.clone();
    let limit = edge.services.config.operation_limit();
    match tokio::time::timeout(limit, answered(edge, prepared)).await {
        Ok(answer) => answer,
        Err(_) => Answer::refused(&Error::too_long(limit), &request_id),
    }
}

async fn answered(edge: &Edge, prepared: Prepared) -> Answer {
    let turn = edge.dear.turn(prepared.cost).await;
    executed(edge, prepared).await.in_turn(turn)
}

async fn executed(edge: &Edge, prepared: Prepared) -> Answer {
    let Prepared {
        chosen,
        values,
        written,
        caller,
        origin,
        cost,
        explain,
        once,
        ..
    } = prepared;
    let request_id = origin.request_id.clone();
    let request = chosen.request(values);
    let mut operation = Operation::new(edge.services.clone(), caller, origin).allowing(Allowance(cost));
    if let Some((key, fingerprint)) = once {
        operation = operation.keyed(key, fingerprint);
        if let Err(error) = operation.check_key().await {
            return Answer::refused(&error, &request_id);
        }
    }
    let operation = Arc::new(operation);
    let request = request.data(operation);
    let explanation = Arc::new(Explanation::default());
    let (tally, execution) = match explain {
        true => {
            let request = request.data(explanation.clone());
            (Tally::telling(), edge.explaining.execute(request).boxed())
        }
        false => (Tally::default(), edge.schema.execute(request).boxed()),
    };
    let tally = Arc::new(tally);
    let mut response = whole_batches(tallied(tally.clone(), execution)).await;
    if let Some(refused) = gql::refused_by_rate(&response) {
        return Answer::refused(refused, &request_id);
    }
    described(&mut response, written.as_ref(), &request_id);
    let mut answer = finished(&chosen, response, cost, explain.then(|| tally.count()));
    // How far an operation came before it was refused would tell what is hidden from what is not there.
    if explain && answer.errors().is_empty() {
        answer.tell("explain", explanation.tell(&tally));
    }
    answer
}

/// Gives the errors of an answer the words that a client may read.
fn described(response: &mut Response, written: Option<&Written>, request_id: &str) {
    if let Some(written) = written {
        written.hide_others(response);
    }
    gql::finish(response, request_id);
}

/// Completes an answer, and says what it cost; in how many statements, where that is explained and nothing went wrong.
fn finished(chosen: &Chosen, mut response: Response, cost: u64, statements: Option<u64>) -> Answer {
    chosen.complete(&mut response);
    let mut answer = Answer::executed(response);
    if let Some(data) = answer.data() {
        let actual = chosen.cost_of(data);
        let statements = statements.filter(|_| answer.errors().is_empty());
        answer.tell(
            "cost",
            match statements {
                Some(statements) => value!({ "requested": cost, "actual": actual, "statements": statements }),
                None => value!({ "requested": cost, "actual": actual }),
            },
        );
    }
    answer
}

/// What a stream brings.
pub(in crate::http) struct Delivery {
    pub(in crate::http) answer: Answer,
    /// The event's sequence, with which a client comes back.
    pub(in crate::http) position: Option<i64>,
}

/// Executes a subscription: an answer for each event. Each is an execution of its own, with its own limit.
pub(in crate::http) fn follow(edge: &Edge, prepared: Prepared) -> impl Stream<Item = Delivery> + Send + use<> {
    let Prepared {
        chosen,
        values,
        written,
        caller,
        origin,
        cost,
        last_event,
        ..
    } = prepared;
    let request_id = origin.request_id.clone();
    let place = Arc::new(Place::new(last_event));
    let operation = Arc::new(Operation::new(edge.services.clone(), caller.clone(), origin.clone()));
    let request = chosen.request(values);
    let request = request.data(operation).data(caller).data(origin);
    let request = request.data(place.clone()).data(Allowance(cost));
    let responses = edge.streaming.execute_stream(request);
    let metrics = edge.services.metrics.clone();
    let open = metrics.subscription_opened();
    responses.map(move |mut response| {
        let _open = &open;
        described(&mut response, written.as_ref(), &request_id);
        let answer = finished(&chosen, response, cost, None);
        answer.codes().for_each(|code| metrics.error(&code));
        Delivery {
            answer,
            position: place.reached(),
        }
    })
}

/// Whether an answer is a query's data alone. Of what a request says, only the names that it gives to fields stand in it:
/// who chooses those sends the token, too, and reads the answer anyway. An error may repeat what somebody else chose.
pub(in crate::http) fn is_plain(answer: &Answer, kind: OperationType) -> bool {
    kind == OperationType::Query && answer.errors().is_empty() && !matches!(answer.data(), None | Some(Value::Null))
}
