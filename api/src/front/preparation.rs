//! Reading and checking what is asked for, before anything is executed: the document and its limits, who may have it executed which
//! way, its variables, and what it may cost.

use async_graphql::parser::types::OperationType;
use serde_json::Value as Json;

use super::{
    admission::{count_cost, count_passwords, signs_in, told},
    context::RequestContext,
    executor::Executor,
    explanation,
    masking::{self, ClientNames},
    published,
    request::GraphqlRequest,
};
use crate::{
    caller::{Caller, Origin},
    document::{CoercedVariables, SelectedOperation, check_values},
    error::{RequestError, RequestResult, Result},
    idempotency::{Fingerprint, IdempotencyKey},
    limit::RateState,
};

/// Where a request without headers has its `Idempotency-Key`.
const KEY_EXTENSION: &str = "idempotencyKey";

/// An operation that may be executed.
pub(crate) struct PreparedOperation {
    pub(super) chosen: SelectedOperation,
    pub(super) values: CoercedVariables,
    /// What may stand in an error, where not every name may.
    pub(super) names: Option<ClientNames>,
    pub(super) caller: Caller,
    pub(super) origin: Origin,
    pub(super) cost: u64,
    /// Where its caller stands, if its cost counted as requests.
    pub(super) state: Option<RateState>,
    pub(super) explain: bool,
    pub(super) last_event: Option<i64>,
    pub(super) once: Option<(IdempotencyKey, Fingerprint)>,
    /// What a subscription asks for: document, operation and variables.
    pub(super) fingerprint: Option<Fingerprint>,
}

impl PreparedOperation {
    /// Whether it is a stream of events.
    pub(crate) fn is_subscription(&self) -> bool {
        self.chosen.kind() == OperationType::Subscription
    }

    /// Whether it reads only.
    pub(crate) fn is_query(&self) -> bool {
        self.chosen.kind() == OperationType::Query
    }

    /// What it may cost: no more than so many KiB of answer, and one.
    pub(crate) fn cost(&self) -> u64 {
        self.cost.saturating_add(1)
    }

    /// Where its caller stands, if that is not what it was when the request was admitted.
    pub(crate) fn rate_state(&self) -> Option<RateState> {
        self.state
    }
}

impl Executor {
    /// Reads and checks what is asked for. Nothing is executed before all of it holds.
    ///
    /// # Errors
    /// Why it is not executed.
    pub(crate) async fn prepare(&self, context: &RequestContext, request: GraphqlRequest) -> Result<PreparedOperation> {
        let prepared = read(self, context, request).await;
        prepared.map_err(|error| told(&self.services, error))
    }
}

async fn read(executor: &Executor, context: &RequestContext, mut request: GraphqlRequest) -> Result<PreparedOperation> {
    let services = &executor.services;
    request.check_texts()?;
    check_values(&request.variables, &services.config.limits)?;
    let text = published::text(services, context.app.as_deref(), &mut request).await?;
    let document = match executor.documents.read(&text) {
        Ok(document) => document,
        Err(error) => {
            let names = ClientNames::of(&services.config, &text, &request.take_variables());
            return Err(masking::masked_error(error, names.as_ref()).into());
        }
    };
    let chosen = document.choose(request.operation_name.as_deref())?;
    let caller = caller_of(context, &chosen)?;
    // First: what another site can have a browser send must not use up what its visitors need to sign in.
    fits_its_way(context, &chosen)?;
    masking::keep_schema(&services.config, &chosen)?;
    count_passwords(services, &caller, &context.origin, &chosen)?;
    let once = match chosen.kind() {
        OperationType::Mutation => once(context, &request, &text)?,
        _ => None,
    };
    let fingerprint = (chosen.kind() == OperationType::Subscription).then(|| fingerprint(&request, &text));
    let variables = request.take_variables();
    let names = ClientNames::of(&services.config, &text, &variables);
    let values = chosen.coerce(variables);
    let values = values.map_err(|error| masking::masked_error(error, names.as_ref()))?;
    let cost = chosen.check(&values, &services.config.limits)?;
    let state = count_cost(services, &caller, &context.origin, &chosen, cost)?;
    if context.explain {
        explanation::allow(services, &caller).await?;
    }
    Ok(PreparedOperation {
        state,
        chosen,
        values,
        names,
        caller,
        origin: context.origin.clone(),
        cost,
        explain: context.explain,
        last_event: context.last_event,
        once,
        fingerprint,
    })
}

/// Whether an operation may come the way that it came.
fn fits_its_way(context: &RequestContext, chosen: &SelectedOperation) -> RequestResult<()> {
    match chosen.kind() {
        OperationType::Mutation if !context.may_change => Err(RequestError::unacceptable(
            405,
            "method",
            "A change is made by POST. GET reads only.",
        )),
        OperationType::Subscription if !context.may_stream => Err(RequestError::unacceptable(
            406,
            "Accept",
            "A subscription is a stream: use a WebSocket, or send “Accept: text/event-stream”.",
        )),
        _ => Ok(()),
    }
}

/// The key under which a change is to be made once, and what it stands for.
fn once(
    context: &RequestContext,
    request: &GraphqlRequest,
    text: &str,
) -> Result<Option<(IdempotencyKey, Fingerprint)>> {
    let key = request.said(context.key.as_deref(), KEY_EXTENSION)?;
    let Some(key) = key else { return Ok(None) };
    Ok(Some((IdempotencyKey::parse(key)?, fingerprint(request, text))))
}

fn fingerprint(request: &GraphqlRequest, text: &str) -> Fingerprint {
    let variables = Json::Object(request.variables.clone());
    Fingerprint::of(text, request.operation_name.as_deref(), &variables)
}

/// Whoever has an old token must still be able to get a new one.
fn caller_of(context: &RequestContext, chosen: &SelectedOperation) -> Result<Caller> {
    match &context.caller {
        Ok(caller) => Ok(caller.clone()),
        Err(_) if signs_in(chosen) => Ok(Caller::Anonymous),
        Err(error) => Err(error.clone()),
    }
}
