//! A subscription of one client: what it missed is executed for it alone, what comes then is executed once for all who
//! subscribed to the same, as far as it is the same for them.

use std::sync::Arc;

use futures::{Stream, stream};

use super::{
    answer::Answer,
    executor::Executor,
    preparation::PreparedOperation,
    sharing::{Membership, Publisher, SharedEvent, Taken},
    source::{Event, Next, Source, Subscription},
};
use crate::caller::{Caller, Origin};

/// What a stream brings.
pub(crate) struct Delivery {
    /// The answer, as JSON on one line.
    pub(crate) text: Arc<str>,
    /// The event's sequence, with which a client comes back.
    pub(crate) position: Option<i64>,
    /// The answer with which the stream ends, if it does.
    pub(crate) failure: Option<Answer>,
}

struct Subscriber {
    executor: Arc<Executor>,
    subscription: Arc<Subscription>,
    caller: Caller,
    origin: Origin,
    supply: Supply,
    /// Whether what others are brought may be meant for this one, too.
    may_share: bool,
}

/// Where a subscriber has its events from.
enum Supply {
    /// An execution of its own.
    Alone(Box<Source>),
    /// One that it shares.
    Shared(Membership),
}

impl Executor {
    /// Executes a subscription: an answer for each event.
    pub(crate) fn follow(self: &Arc<Self>, prepared: PreparedOperation) -> impl Stream<Item = Delivery> + Send + use<> {
        let subscription = Arc::new(Subscription {
            chosen: prepared.chosen,
            values: prepared.values,
            names: prepared.names,
            cost: prepared.cost,
            fingerprint: prepared.fingerprint,
        });
        let (caller, origin) = (prepared.caller, prepared.origin);
        let begun = (caller.clone(), origin.clone());
        let alone = Source::new(self, subscription.clone(), begun.0, begun.1, prepared.last_event);
        let subscriber = Subscriber {
            executor: self.clone(),
            subscription,
            caller,
            origin,
            supply: Supply::Alone(Box::new(alone)),
            may_share: true,
        };
        let open = self.services.metrics.subscription_opened();
        stream::unfold((subscriber, open), |(mut subscriber, open)| async move {
            let delivery = subscriber.next().await?;
            Some((delivery, (subscriber, open)))
        })
    }
}

impl Subscriber {
    async fn next(&mut self) -> Option<Delivery> {
        loop {
            match &mut self.supply {
                Supply::Alone(source) if self.may_share => match source.next().await {
                    Next::Event(event) => return Some(self.own(*event)),
                    Next::Rests(last) => self.share(last),
                    Next::End => return None,
                },
                Supply::Alone(source) => return source.event().await.map(|event| self.own(event)),
                Supply::Shared(membership) => {
                    let last = membership.last();
                    let delivery = match membership.next().await {
                        Taken::Event(event) => self.fitting(event).await,
                        Taken::Behind => None,
                        Taken::Ended => {
                            // It was not for everybody any more.
                            self.may_share = self.caller == Caller::Anonymous;
                            None
                        }
                    };
                    match delivery {
                        Some(delivery) => return Some(delivery),
                        None => self.supply = Supply::Alone(Box::new(self.source(Some(last)))),
                    }
                }
            }
        }
    }

    fn source(&self, after: Option<i64>) -> Source {
        let (caller, origin) = (self.caller.clone(), self.origin.clone());
        Source::new(&self.executor, self.subscription.clone(), caller, origin, after)
    }

    fn share(&mut self, last: i64) {
        let Some(what) = self.subscription.fingerprint else {
            self.may_share = false;
            return;
        };
        let run = |publisher| run(self.executor.clone(), self.subscription.clone(), last, publisher);
        self.supply = Supply::Shared(self.executor.shared.join(what, last, run));
    }

    /// An event that was made for many, if it is meant for this subscriber, too.
    async fn fitting(&mut self, event: SharedEvent) -> Option<Delivery> {
        let is_meant = !event.is_personal || self.caller == Caller::Anonymous;
        if !is_meant
            || self
                .executor
                .services
                .sessions
                .require_live(&self.caller)
                .await
                .is_err()
        {
            self.may_share = false;
            return None;
        }
        Some(Delivery {
            text: event.text?,
            position: Some(event.sequence),
            failure: None,
        })
    }

    fn own(&self, event: Event) -> Delivery {
        let Event { answer, position, .. } = event;
        answer
            .codes()
            .for_each(|code| self.executor.services.metrics.error(&code));
        Delivery {
            text: answer.written().into(),
            position,
            failure: answer.ends_stream().then_some(answer),
        }
    }
}

/// Executes a subscription for all who asked for it, as somebody who is not signed in.
async fn run(executor: Arc<Executor>, subscription: Arc<Subscription>, last: i64, publisher: Publisher) {
    let origin = Origin::default();
    let mut source = Source::new(&executor, subscription, Caller::Anonymous, origin, Some(last));
    while let Some(event) = source.event().await {
        let Some(event) = event.shared() else {
            break;
        };
        // Should the database not answer, each subscriber looks for itself.
        let _ = executor.services.sessions.freshen_watched().await;
        publisher.publish(event);
    }
}
