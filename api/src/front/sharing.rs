//! One execution of an event for all who subscribed to the same: it reads the log once and writes one text.
//!
//! It is executed as somebody who is not signed in. Whatever they see, everybody sees, so the event itself is for each
//! subscriber. What is made of it is the same for each one when nothing asked for the caller or read as them; the operation
//! notes that. Otherwise the text is for those alone who are not signed in, and the others execute for themselves.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use crate::idempotency::Fingerprint;

/// Events that are kept for subscribers who have not taken them yet.
const EVENTS: usize = 64;
/// Bytes of events that are kept beside the newest one. A slower subscriber reads the log.
const BYTES: usize = 64 * 1024;

/// The shared executions of a process, by what they execute.
#[derive(Default)]
pub(super) struct SharedStreams(Mutex<HashMap<Fingerprint, Weak<SharedStream>>>);

/// One shared execution. It ends when its last subscriber leaves.
struct SharedStream {
    kept: Arc<Kept>,
    _task: AbortOnDropHandle<()>,
}

/// What its subscribers have not all taken yet.
struct Kept {
    ring: Mutex<Ring>,
    moved: watch::Sender<()>,
}

struct Ring {
    events: VecDeque<Waiting>,
    bytes: usize,
    /// Every event behind this sequence is among those that are kept.
    begins: i64,
    has_ended: bool,
    members: usize,
}

struct Waiting {
    event: SharedEvent,
    /// Subscribers who have not taken it.
    left: usize,
}

/// What was made of an event for many.
#[derive(Clone)]
pub(super) struct SharedEvent {
    pub(super) sequence: i64,
    /// The answer; nothing when each subscriber is to execute for itself.
    pub(super) text: Option<Arc<str>>,
    /// Whether it is for those alone who are not signed in.
    pub(super) is_personal: bool,
}

/// What a subscriber is brought next.
pub(super) enum Taken {
    /// An event.
    Event(SharedEvent),
    /// The next event is kept no more.
    Behind,
    /// The execution has ended.
    Ended,
}

/// A subscriber's part in a shared execution.
pub(super) struct Membership {
    stream: Arc<SharedStream>,
    moved: watch::Receiver<()>,
    /// The last event that it took.
    last: i64,
}

impl SharedStreams {
    /// Takes part in an execution behind a sequence. The first to do so has it run.
    pub(super) fn join<F>(&self, what: Fingerprint, last: i64, run: impl FnOnce(Publisher) -> F) -> Membership
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let running = streams.get(&what).and_then(Weak::upgrade);
        let stream = match running.filter(|stream| !stream.kept.ring().has_ended) {
            Some(stream) => stream,
            None => {
                streams.retain(|_, stream| stream.strong_count() > 0);
                let kept = Arc::new(Kept {
                    ring: Mutex::new(Ring::new(last)),
                    moved: watch::channel(()).0,
                });
                let task = tokio::spawn(run(Publisher(kept.clone())));
                let stream = Arc::new(SharedStream {
                    kept,
                    _task: AbortOnDropHandle::new(task),
                });
                streams.insert(what, Arc::downgrade(&stream));
                stream
            }
        };
        Membership::new(stream, last)
    }
}

/// Brings events to all who take part. However the execution ends, with a panic too, they are told.
pub(super) struct Publisher(Arc<Kept>);

impl Publisher {
    pub(super) fn publish(&self, event: SharedEvent) {
        self.0.ring().push(event);
        self.0.moved.send_replace(());
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.0.ring().has_ended = true;
        self.0.moved.send_replace(());
    }
}

impl SharedEvent {
    fn bytes(&self) -> usize {
        self.text.as_ref().map_or(0, |text| text.len())
    }
}

impl Kept {
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn new(begins: i64) -> Self {
        Self {
            events: VecDeque::new(),
            bytes: 0,
            begins,
            has_ended: false,
            members: 0,
        }
    }

    fn push(&mut self, event: SharedEvent) {
        self.bytes += event.bytes();
        self.events.push_back(Waiting {
            event,
            left: self.members,
        });
        while self.events.len() > 1 && (self.events.len() > EVENTS || self.bytes > BYTES) {
            self.forget_oldest();
        }
        self.forget_taken();
    }

    fn take_behind(&mut self, last: i64) -> Option<SharedEvent> {
        let first = self.first_behind(last);
        let waiting = self.events.get_mut(first)?;
        waiting.left = waiting.left.saturating_sub(1);
        let event = waiting.event.clone();
        self.forget_taken();
        Some(event)
    }

    fn join(&mut self, last: i64) {
        self.members += 1;
        let first = self.first_behind(last);
        self.events.iter_mut().skip(first).for_each(|waiting| waiting.left += 1);
    }

    fn leave(&mut self, last: i64) {
        self.members -= 1;
        let first = self.first_behind(last);
        for waiting in self.events.iter_mut().skip(first) {
            waiting.left = waiting.left.saturating_sub(1);
        }
        self.forget_taken();
    }

    fn first_behind(&self, last: i64) -> usize {
        self.events.partition_point(|waiting| waiting.event.sequence <= last)
    }

    fn forget_taken(&mut self) {
        while self.events.front().is_some_and(|waiting| waiting.left == 0) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.events.pop_front() {
            self.bytes -= oldest.event.bytes();
            self.begins = oldest.event.sequence;
        }
    }
}

impl Membership {
    fn new(stream: Arc<SharedStream>, last: i64) -> Self {
        stream.kept.ring().join(last);
        Self {
            moved: stream.kept.moved.subscribe(),
            stream,
            last,
        }
    }

    /// The last event that was taken.
    pub(super) fn last(&self) -> i64 {
        self.last
    }

    /// The next event, when it comes.
    pub(super) async fn next(&mut self) -> Taken {
        loop {
            self.moved.borrow_and_update();
            {
                let mut ring = self.stream.kept.ring();
                if self.last < ring.begins {
                    return Taken::Behind;
                }
                if let Some(event) = ring.take_behind(self.last) {
                    self.last = event.sequence;
                    return Taken::Event(event);
                }
                if ring.has_ended {
                    return Taken::Ended;
                }
            }
            // The other half lives as long as the stream that this is a part of.
            let _ = self.moved.changed().await;
        }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.stream.kept.ring().leave(self.last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(members: usize) -> Ring {
        Ring {
            members,
            ..Ring::new(10)
        }
    }

    fn event(sequence: i64, bytes: usize) -> SharedEvent {
        SharedEvent {
            sequence,
            text: Some("x".repeat(bytes).into()),
            is_personal: false,
        }
    }

    fn taken(ring: &mut Ring, last: i64) -> Option<i64> {
        ring.take_behind(last).map(|event| event.sequence)
    }

    #[test]
    fn an_event_is_kept_until_every_member_has_taken_it() {
        let mut ring = ring(2);
        ring.push(event(11, 1));
        ring.push(event(14, 1));
        assert_eq!(taken(&mut ring, 10), Some(11));
        assert_eq!(taken(&mut ring, 11), Some(14));
        assert_eq!(taken(&mut ring, 14), None);
        assert_eq!((ring.events.len(), ring.begins), (2, 10));
        assert_eq!(taken(&mut ring, 10), Some(11));
        assert_eq!((ring.events.len(), ring.begins), (1, 11));
        ring.leave(11);
        assert_eq!((ring.events.len(), ring.begins, ring.bytes), (0, 14, 0));
    }

    #[test]
    fn a_member_who_comes_later_is_waited_for_too() {
        let mut ring = ring(1);
        ring.push(event(11, 1));
        ring.push(event(12, 1));
        ring.join(11);
        assert_eq!(taken(&mut ring, 10), Some(11));
        assert_eq!(taken(&mut ring, 11), Some(12));
        assert_eq!(ring.begins, 11);
        assert_eq!(taken(&mut ring, 11), Some(12));
        assert_eq!(ring.begins, 12);
    }

    #[test]
    fn what_is_kept_for_slow_members_is_bounded() {
        let mut many = ring(1);
        for number in 0..EVENTS as i64 + 3 {
            many.push(event(11 + number, 1));
        }
        assert_eq!((many.events.len(), many.begins), (EVENTS, 13));
        let mut large = ring(1);
        for number in 0..4 {
            large.push(event(11 + number, BYTES / 2));
        }
        assert_eq!((large.bytes, large.begins), (BYTES, 12));
        large.push(event(15, BYTES * 2));
        assert_eq!((large.events.len(), large.begins), (1, 14));
    }

    #[test]
    fn nothing_is_kept_for_nobody() {
        let mut ring = ring(0);
        ring.push(event(11, 1));
        assert_eq!((ring.events.len(), ring.begins), (0, 11));
    }
}
