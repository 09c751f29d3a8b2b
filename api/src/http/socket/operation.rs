//! One operation of a socket, on a task of its own.

use std::time::Duration;

use futures::Stream;

use super::{
    message::{answer, complete, event},
    outbox::Outbox,
    running::Run,
};
use crate::{
    front::{Answer, Delivery, DeliveryEnd, GraphqlRequest, RequestContext, admit, deliver},
    http::{connection::BudgetPermit, state::AppState},
};

/// The last word about an operation.
enum Last {
    /// It is not executed, or cannot go on.
    Error(Answer),
    /// Its one answer.
    Next(Answer),
    /// It brings no more.
    Complete,
}

/// An operation that has a place.
pub(super) struct SocketOperation {
    pub(super) state: AppState,
    pub(super) outbox: Outbox,
    pub(super) run: Run,
}

impl SocketOperation {
    /// Runs it to its end, or until its client wants no more of it.
    pub(super) async fn run(self, context: RequestContext, request: GraphqlRequest) {
        let prepared = match admit(&self.state.services, context.counted(), &context.origin) {
            Ok(_) => self.state.executor.prepare(&context, request).await,
            Err(error) => Err(error),
        };
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                let refused = Answer::refused(&error, &context.origin.request_id);
                return self.finish(Last::Error(refused), BudgetPermit::default()).await;
            }
        };
        if prepared.is_subscription() {
            self.run.is_stream();
            let deliveries = self.state.executor.follow(prepared);
            return self.stream(deliveries).await;
        }
        // Nothing more is made for a client that does not read what there is.
        let taken = self.outbox.room(prepared.cost()).await;
        // A change goes on to its end, whether or not anybody waits for its answer.
        let answer = self.state.executor.execute(prepared).await;
        let last = match answer.is_refused() {
            true => Last::Error(answer),
            false => Last::Next(answer),
        };
        self.finish(last, taken).await;
    }

    async fn stream(self, deliveries: impl Stream<Item = Delivery>) {
        let stop = self.run.stop.clone();
        let stopped = async {
            stop.cancelled().await;
            DeliveryEnd::Gone
        };
        let failed = std::sync::Mutex::new(None);
        // The writer ends the socket of a client that does not read.
        let patience = Duration::from_secs(self.state.services.config.limits.reading_seconds * 2);
        let outcome = deliver(deliveries, None, stopped, patience, |delivery| {
            let (outbox, id, failed) = (&self.outbox, &self.run.id, &failed);
            async move {
                if let Some(failure) = delivery.failure {
                    if let Ok(mut failed) = failed.lock() {
                        *failed = Some(failure);
                    }
                    return true;
                }
                outbox.send(event(id, &delivery.text)).await
            }
        })
        .await;
        if matches!(outcome, DeliveryEnd::Ended) {
            let failed = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
            let last = failed.map_or(Last::Complete, Last::Error);
            self.finish(last, BudgetPermit::default()).await;
        }
    }

    /// The last messages of an operation. Its id is free before its client reads them.
    async fn finish(self, last: Last, taken: BudgetPermit) {
        let Self { outbox, run, .. } = self;
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
        outbox.finish(messages, taken, run).await;
    }
}
