//! Following a room's live log: what was missed, then what comes, each event once and in order.

use std::{collections::VecDeque, net::IpAddr, sync::Arc, time::Duration};

use entity::{
    RoomId,
    room::{room_counter, room_event},
};
use futures::{Stream, stream};
use sea_orm::EntityTrait;
use tokio::sync::watch;

use crate::{
    caller::Caller,
    error::{Error, Result},
    operation::{Operation, Services},
    rates::Meter,
    room::finder,
    store::Scope,
};

/// Events read at once.
const BATCH: u64 = 100;

/// A stream's place in a room's log.
struct Follower {
    services: Arc<Services>,
    caller: Caller,
    room: RoomId,
    only: Option<&'static str>,
    last: i64,
    replay: Replay,
    ready: VecDeque<room_event::Model>,
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

/// The events of a room behind a sequence, and then as they come. No connection is held between them.
///
/// # Errors
/// `NOT_FOUND` for a room that the caller does not see. The stream ends with it when that becomes so later, with
/// `UNAUTHENTICATED` when the session ends, and with `RATE_LIMITED` when more of the past is replayed than the caller's
/// rate allows: they come back with the last sequence that they have.
pub async fn follow_room(
    operation: &Operation,
    room: RoomId,
    after: Option<i64>,
    only: Option<&'static str>,
    event_cost: u64,
) -> Result<impl Stream<Item = Result<room_event::Model>> + use<>> {
    let services = operation.services().clone();
    let caller = operation.caller().clone();
    let paid = services.config.limits.queue as u64;
    // Listening before the first read: nothing can fall between the two.
    let wakes = services.bus.listen(room);
    let (last, newest) = {
        let reading = services.store.read(&caller);
        finder::room(&reading, room).await?;
        let newest = newest(&reading, room).await?;
        match after {
            Some(after) if !(0..=newest).contains(&after) => {
                let message =
                    format!("after is {after}; the room's log goes from 1 to {newest}. Begin with 0, or leave it out.");
                return Err(Error::validation("after", message));
            }
            Some(after) => (after, newest),
            None => (newest, newest),
        }
    };
    let follower = Follower {
        services,
        caller,
        room,
        only,
        last,
        replay: Replay {
            newest,
            paid,
            cost: event_cost,
            events: 0,
            meter: Meter::default(),
            address: operation.origin().address,
        },
        ready: VecDeque::new(),
        wakes,
        behind: true,
    };
    Ok(stream::try_unfold(follower, |mut follower| async move {
        let row = follower.next().await?;
        Ok(Some((row, follower)))
    }))
}

/// The sequence of a room's newest event.
async fn newest(scope: &impl Scope, room: RoomId) -> Result<i64> {
    let counter = room_counter::Entity::find_by_id(room).one(scope).await?;
    Ok(counter.map_or(0, |counter| counter.next_sequence - 1))
}

impl Follower {
    async fn next(&mut self) -> Result<room_event::Model> {
        let mut is_out = false;
        loop {
            if let Some(row) = self.ready.pop_front() {
                self.charge(row.sequence)?;
                self.last = row.sequence;
                return Ok(row);
            }
            if !self.behind {
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
        let rows = finder::events_after(&reading, self.room, self.last, self.only, BATCH).await?;
        self.behind = rows.len() as u64 == BATCH;
        if rows.is_empty() {
            // Nothing new, or nothing that may still be seen.
            finder::room(&reading, self.room).await?;
            if self.only.is_some() {
                // Events of other kinds are not looked at again. The snapshot has no event behind its own counter's.
                self.last = self.last.max(newest(&reading, self.room).await?);
            }
        }
        drop(reading);
        self.still_signed_in().await?;
        self.ready.extend(rows);
        Ok(())
    }

    async fn still_signed_in(&self) -> Result<()> {
        match &self.caller {
            Caller::Anonymous | Caller::Server => Ok(()),
            Caller::User(session) => self
                .services
                .sessions
                .validate(session.user, session.session)
                .await
                .map(drop),
        }
    }
}
