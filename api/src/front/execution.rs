//! Executing a query or mutation, on a task of its own, to its end or its limit.

use std::{sync::Arc, time::Instant};

use async_graphql::{Response, parser::types::OperationType, value};
use futures::FutureExt;
use tracing::Instrument;

use super::{
    answer::Answer, executor::Executor, explanation::Explanation, masking::ClientNames, preparation::PreparedOperation,
};
use crate::{
    document::SelectedOperation,
    error::{Error, RequestError},
    gql,
    limit::Limit,
    loaders::whole_batches,
    operation::{Allowance, Operation},
    store::{Tally, tallied},
    telemetry::{OperationKind, Outcome, operation_span},
};

impl Executor {
    /// Executes a query or mutation on a task of its own, to its end or its limit: a client that hangs up cannot cut it off
    /// half-way.
    pub(crate) async fn execute(self: &Arc<Self>, prepared: PreparedOperation) -> Answer {
        let request_id = prepared.origin.request_id.clone();
        let (name, kind) = (
            prepared.chosen.name().map(ToOwned::to_owned),
            labelled(prepared.chosen.kind()),
        );
        let span = operation_span(name.as_deref(), kind);
        let start = Instant::now();
        let task = {
            let executor = self.clone();
            async move { run(&executor, prepared).await }
        };
        let answer = match self.work.spawn(task.instrument(span).in_current_span()).await {
            Ok(answer) => answer,
            Err(crash) => Answer::refused(&Error::internal(crash), &request_id),
        };
        let metrics = &self.services.metrics;
        let outcome = outcome(&answer);
        // The first names are told apart: nobody may fill their places with what is not executed.
        let name = name.filter(|_| outcome != Outcome::Refused);
        metrics.operation(name.as_deref(), kind, outcome, start.elapsed());
        answer.codes().for_each(|code| metrics.error(&code));
        answer
    }
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

async fn run(executor: &Executor, prepared: PreparedOperation) -> Answer {
    let request_id = prepared.origin.request_id.clone();
    let limit = executor.services.config.operation_limit();
    match tokio::time::timeout(limit, answered(executor, prepared)).await {
        Ok(answer) => answer,
        Err(_) => Answer::refused(&RequestError::too_long(limit).into(), &request_id),
    }
}

async fn answered(executor: &Executor, prepared: PreparedOperation) -> Answer {
    let permit = executor.cost_limiter.permit(prepared.cost).await;
    executed(executor, prepared).await.holding(permit)
}

async fn executed(executor: &Executor, prepared: PreparedOperation) -> Answer {
    let PreparedOperation {
        chosen,
        values,
        names,
        caller,
        origin,
        cost,
        explain,
        once,
        ..
    } = prepared;
    let request_id = origin.request_id.clone();
    let request = chosen.request(values);
    let mut operation = Operation::new(executor.services.clone(), caller, origin).allowing(Allowance(cost));
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
            (Tally::telling(), executor.explaining.execute(request).boxed())
        }
        false => (Tally::default(), executor.schema.execute(request).boxed()),
    };
    let tally = Arc::new(tally);
    let mut response = whole_batches(tallied(tally.clone(), execution)).await;
    if let Some(refused) = gql::refused_by_rate(&response) {
        return Answer::refused(refused, &request_id);
    }
    described(&mut response, names.as_ref(), &request_id);
    let mut answer = finished(&chosen, response, cost, explain.then(|| tally.count()));
    // How far an operation came before it was refused would tell what is hidden from what is not there.
    if explain && answer.errors().is_empty() {
        answer.tell("explain", explanation.tell(&tally));
    }
    answer
}

/// Gives the errors of an answer the words that a client may read.
pub(super) fn described(response: &mut Response, names: Option<&ClientNames>, request_id: &str) {
    if let Some(names) = names {
        names.mask_others(response);
    }
    gql::finish(response, request_id);
}

/// Completes an answer, and says what it cost; in how many statements, where that is explained and nothing went wrong.
pub(super) fn finished(
    chosen: &SelectedOperation,
    mut response: Response,
    cost: u64,
    statements: Option<u64>,
) -> Answer {
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
