//! What a subscription brings, event by event, when it is executed for one caller.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use async_graphql::Response;
use futures::{Stream, StreamExt, future::poll_fn, stream::BoxStream};

use super::{
    answer::Answer,
    execution::{described, finished},
    executor::Executor,
    masking::ClientNames,
    sharing::SharedEvent,
};
use crate::{
    caller::{Caller, Origin},
    document::{CoercedVariables, SelectedOperation},
    idempotency::Fingerprint,
    operation::{Allowance, Operation, StreamPosition},
};

/// A subscription that may be executed, for whichever caller.
pub(super) struct Subscription {
    pub(super) chosen: SelectedOperation,
    pub(super) values: CoercedVariables,
    pub(super) names: Option<ClientNames>,
    pub(super) cost: u64,
    /// Document, operation and variables.
    pub(super) fingerprint: Option<Fingerprint>,
}

/// An execution for one caller: an answer for each event. Each is an execution of its own, with its own limit.
pub(super) struct Source {
    subscription: Arc<Subscription>,
    responses: BoxStream<'static, Response>,
    position: Arc<StreamPosition>,
    request_id: String,
}

/// What comes next.
pub(super) enum Next {
    /// An event.
    Event(Box<Event>),
    /// Nothing yet: it has brought everything up to this sequence.
    Rests(i64),
    /// Nothing more.
    End,
}

/// What was made of an event.
pub(super) struct Event {
    pub(super) answer: Answer,
    pub(super) position: Option<i64>,
    /// Whether it depends on the caller.
    pub(super) is_personal: bool,
}

impl Event {
    /// The same for many; nothing for the last word of a stream: why it ends is for each subscriber to find out.
    pub(super) fn shared(&self) -> Option<SharedEvent> {
        let sequence = self.position?;
        if self.answer.ends_stream() {
            return None;
        }
        // An error names the request that it belongs to.
        let text = self.answer.errors().is_empty().then(|| self.answer.written().into());
        Some(SharedEvent {
            sequence,
            text,
            is_personal: self.is_personal,
        })
    }
}

impl Source {
    /// Begins behind a sequence, or where the subscription says.
    pub(super) fn new(
        executor: &Executor,
        subscription: Arc<Subscription>,
        caller: Caller,
        origin: Origin,
        after: Option<i64>,
    ) -> Self {
        let position = Arc::new(StreamPosition::new(after));
        let request_id = origin.request_id.clone();
        let operation = Arc::new(Operation::new(
            executor.services.clone(),
            caller.clone(),
            origin.clone(),
        ));
        let request = subscription.chosen.request(subscription.values.clone());
        let request = request.data(operation).data(caller).data(origin);
        let request = request.data(position.clone()).data(Allowance(subscription.cost));
        Self {
            responses: executor.streaming.execute_stream(request).boxed(),
            subscription,
            position,
            request_id,
        }
    }

    /// The next event, or that there is none at present.
    pub(super) async fn next(&mut self) -> Next {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// The next event, whenever it comes.
    pub(super) async fn event(&mut self) -> Option<Event> {
        let response = self.responses.next().await?;
        Some(self.finish(response))
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Next> {
        match Pin::new(&mut self.responses).poll_next(context) {
            Poll::Ready(Some(response)) => Poll::Ready(Next::Event(Box::new(self.finish(response)))),
            Poll::Ready(None) => Poll::Ready(Next::End),
            Poll::Pending => match self.position.rests() {
                Some(sequence) => Poll::Ready(Next::Rests(sequence)),
                None => Poll::Pending,
            },
        }
    }

    fn finish(&self, mut response: Response) -> Event {
        let Subscription {
            chosen, names, cost, ..
        } = &*self.subscription;
        described(&mut response, names.as_ref(), &self.request_id);
        Event {
            answer: finished(chosen, response, *cost, None),
            position: self.position.reached(),
            is_personal: self.position.was_personal(),
        }
    }
}
