//! Executing a subscription: an answer for each event.

use std::sync::Arc;

use futures::{Stream, StreamExt};

use super::{
    answer::Answer,
    execution::{described, finished},
    executor::Executor,
    preparation::PreparedOperation,
};
use crate::{
    gql::StreamPosition,
    operation::{Allowance, Operation},
};

/// What a stream brings.
pub(crate) struct Delivery {
    pub(crate) answer: Answer,
    /// The event's sequence, with which a client comes back.
    pub(crate) position: Option<i64>,
}

impl Executor {
    /// Executes a subscription: an answer for each event. Each is an execution of its own, with its own limit.
    pub(crate) fn follow(&self, prepared: PreparedOperation) -> impl Stream<Item = Delivery> + Send + use<> {
        let PreparedOperation {
            chosen,
            values,
            names,
            caller,
            origin,
            cost,
            last_event,
            ..
        } = prepared;
        let request_id = origin.request_id.clone();
        let position = Arc::new(StreamPosition::new(last_event));
        let operation = Arc::new(Operation::new(self.services.clone(), caller.clone(), origin.clone()));
        let request = chosen.request(values);
        let request = request.data(operation).data(caller).data(origin);
        let request = request.data(position.clone()).data(Allowance(cost));
        let responses = self.streaming.execute_stream(request);
        let metrics = self.services.metrics.clone();
        let open = metrics.subscription_opened();
        responses.map(move |mut response| {
            let _open = &open;
            described(&mut response, names.as_ref(), &request_id);
            let answer = finished(&chosen, response, cost, None);
            answer.codes().for_each(|code| metrics.error(&code));
            Delivery {
                answer,
                position: position.reached(),
            }
        })
    }
}
