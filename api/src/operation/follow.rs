//! Following a log: what was missed, then what comes, each event once and in order.

use std::{collections::VecDeque, net::IpAddr, sync::Arc, time::Duration};

use futures::{Stream, stream};
use tokio::sync::watch;

use super::{Operation, Services, StreamPosition};
use crate::{
    caller::Caller,
    error::{Error, Result},
    rates::Meter,
    store::{Log, Logged, events_after, newest_sequence},
};

/// Events read at once.
const BATCH: u64 = 100;

/// A stream's place in a log.
struct Follower<L> {
    services: Arc<Services>,
    caller: Caller,
    log: L,
    only: Option<&'static str>,
    last: i64,
    replay: Replay,
    position: Arc<StreamPosition>,
    ready: VecDeque<Logged<L>>,
    wakes: watch::Receiver<()>,
    /// Whether the log may hold more than was read.
    behind: bool,
}

/// What a stream replays of the past, and what each event may cost.
struct Replay {
    newest: i64,
    /// Events that the subscription was charged for when it began.
    paid: u64,
    cost: u64,
    events: u64,
    meter: Meter,
    address: Option<IpAddr>,
}

impl Operation {
    /// The events of a log behind a sequence, and then as they come; those of one kind, if that is wanted. No connection is held
    /// between them. `position` is told where the stream stands; where it has a place of its own, that goes before `after`.
    ///
    /// # Errors
    /// `NOT_FOUND` for a log that the caller does not see. The stream ends with it when that becomes so later, with
    /// `UNAUTHENTICATED` when the session ends, and with `RATE_LIMITED` when more of the past is replayed than the caller's
    /// rate allows: they come back with the last sequence that they have.
    pub async fn follow<L: Log>(
        &self,
        log: L,
        after: Option<i64>,
        only: Option<&'static str>,
        event_cost: u64,
        position: Arc<StreamPosition>,
    ) -> Result<impl Stream<Item = Result<Logged<L>>> + use<L>> {
        let services = self.services().clone();
        let caller = self.caller().clone();
        let after = position.after().or(after);
        let paid = services.config.limits.queue as u64;
        // Listening before the first read: nothing can fall between the two.
        let wakes = services.bus.listen(log);
        let (last, newest) = {
            let reading = services.store.read(&caller);
            log.require_seen(&reading).await?;
            let newest = newest_sequence(&reading, log).await?;
            match after {
                Some(after) if !(0..=newest).contains(&after) => {
                    let message =
                        format!("after is {after}; the log goes from 1 to {newest}. Begin with 0, or leave it out.");
                    return Err(Error::validation("after", message));
                }
                Some(after) => (after, newest),
                None => (newest, newest),
            }
        };
        let follower = Follower {
            services,
            caller,
            log,
            only,
            last,
            replay: Replay {
                newest,
                paid,
                cost: event_cost,
                events: 0,
                meter: Meter::default(),
                address: self.origin().address,
            },
            position,
            ready: VecDeque::new(),
            wakes,
            behind: last < newest,
        };
        Ok(stream::try_unfold(follower, |mut follower| async move {
            let row = follower.next().await?;
            Ok(Some((row, follower)))
        }))
    }
}

impl<L: Log> Follower<L> {
    async fn next(&mut self) -> Result<Logged<L>> {
        let mut is_out = false;
        loop {
            if let Some(row) = self.ready.pop_front() {
                self.charge(row.sequence)?;
                self.last = row.sequence;
                self.position.reach(self.last);
                return Ok(row);
            }
            if !self.behind {
                if !is_out {
                    self.position.rest(self.last);
                }
                self.wait().await;
            }
            match self.read().await {
                // Nothing is lost by looking again: at once, and then whenever there is a reason to.
                Err(Error::Outage(_)) => self.behind = !std::mem::replace(&mut is_out, true),
                outcome => {
                    outcome?;
                    is_out = false;
                }
            }
        }
    }

    /// What is replayed beyond what the subscription was charged for is charged as it goes: a log can be long, and read
    /// again and again.
    fn charge(&mut self, sequence: i64) -> Result<()> {
        let replay = &mut self.replay;
        if sequence > replay.newest {
            return Ok(());
        }
        replay.events += 1;
        if replay.events > replay.paid {
            let rates = &self.services.rates;
            rates.check_more(&self.caller, replay.address, &mut replay.meter, replay.cost)?;
        }
        Ok(())
    }

    /// Waits for a wake, or until it is time to look whether the caller may still listen, and for what no wake told.
    async fn wait(&mut self) {
        let poll = Duration::from_millis(self.services.config.events.poll_milliseconds);
        // Woken or not, the log is what counts.
        let _ = tokio::time::timeout(poll, self.wakes.changed()).await;
    }

    /// Reads on from the last sequence, as the caller is now.
    async fn read(&mut self) -> Result<()> {
        // What woke until now was committed before, so this read sees it.
        self.wakes.borrow_and_update();
        let reading = self.services.store.read(&self.caller);
        let rows = events_after(&reading, self.log, self.last, self.only, BATCH).await?;
        self.behind = rows.len() as u64 == BATCH;
        if rows.is_empty() {
            // Nothing new, or nothing that may still be seen.
            self.log.require_seen(&reading).await?;
            if self.only.is_some() {
                // Events of other kinds are not looked at again. The snapshot has no event behind its own counter's.
                self.last = self.last.max(newest_sequence(&reading, self.log).await?);
            }
        }
        drop(reading);
        self.services.sessions.require_live(&self.caller).await?;
        self.ready.extend(rows);
        Ok(())
    }
}
