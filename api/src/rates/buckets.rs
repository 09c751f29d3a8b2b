//! Buckets that fill at a rate and hold a burst, one for each who is counted.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{clock::Clock, limit::RateState};

/// Buckets that are all alike. Of each only the time is kept when it will be full again (GCRA, as in ITU-T I.371): what
/// that lies ahead of now is what was taken.
pub(super) struct Buckets<K> {
    full_at: Mutex<HashMap<K, u64>>,
    clock: Clock,
    /// Nanoseconds of the clock when the buckets were made.
    since: u128,
    burst: u32,
    /// Nanoseconds in which one comes back.
    refill: u64,
}

/// Where somebody stands who is refused, and how long they have to wait; nothing when no waiting helps.
pub(super) type Refusal = (RateState, Option<Duration>);

const MINUTE: u64 = 60 * 1_000_000_000;

impl<K: Eq + Hash> Buckets<K> {
    pub(super) fn new(each_minute: u32, burst: u32, clock: &Clock) -> Self {
        Self {
            full_at: Mutex::default(),
            clock: clock.clone(),
            since: clock.ticks().as_nanos(),
            burst: burst.max(1),
            refill: MINUTE / u64::from(each_minute.max(1)),
        }
    }

    /// Takes `count`, or nothing when the bucket does not hold as much.
    pub(super) fn take(&self, who: K, count: u32) -> Result<RateState, Refusal> {
        let now = self.now();
        let mut full_at = self.locked();
        let ahead = full_at.get(&who).map_or(0, |full| full.saturating_sub(now));
        let taken = self.after(ahead, count)?;
        full_at.insert(who, now.saturating_add(taken));
        Ok(self.state(taken))
    }

    /// Takes `count` although the bucket may not hold as much: what is owed beyond `most` is let off. Nothing else is taken
    /// before it is paid.
    pub(super) fn owe(&self, who: K, count: u32, most: u32) {
        let now = self.now();
        let mut full_at = self.locked();
        let ahead = full_at.get(&who).map_or(0, |full| full.saturating_sub(now));
        let whole = self.refill.saturating_mul(u64::from(self.burst) + u64::from(most));
        let taken = ahead.saturating_add(self.refill.saturating_mul(count.into()));
        full_at.insert(who, now.saturating_add(taken.min(whole).max(ahead)));
    }

    /// Whether nothing is owed.
    pub(super) fn owes_nothing(&self, who: &K) -> Result<(), Refusal> {
        let now = self.now();
        let ahead = self.locked().get(who).map_or(0, |full| full.saturating_sub(now));
        self.after(ahead, 0).map(drop)
    }

    /// Whether one could be taken.
    pub(super) fn look(&self, who: &K) -> Result<(), Refusal> {
        let now = self.now();
        let ahead = self.locked().get(who).map_or(0, |full| full.saturating_sub(now));
        self.after(ahead, 1).map(drop)
    }

    /// Puts one back that was taken.
    pub(super) fn give_back(&self, who: &K) {
        if let Some(full) = self.locked().get_mut(who) {
            *full = full.saturating_sub(self.refill);
        }
    }

    /// Forgets the buckets that are full again.
    pub(super) fn forget_idle(&self) {
        let now = self.now();
        let mut full_at = self.locked();
        full_at.retain(|_, full| *full > now);
        full_at.shrink_to_fit();
    }

    /// Buckets that are kept now.
    pub(super) fn kept(&self) -> usize {
        self.locked().len()
    }

    /// What has been taken when `count` is taken from a bucket of which `ahead` is taken already, both as the time in which
    /// it comes back.
    fn after(&self, ahead: u64, count: u32) -> Result<u64, Refusal> {
        if count > self.burst {
            return Err((self.state(0), None));
        }
        let taken = ahead.saturating_add(self.refill.saturating_mul(count.into()));
        match taken.checked_sub(self.refill.saturating_mul(self.burst.into())) {
            None | Some(0) => Ok(taken),
            Some(wait) => Err((self.state(u64::MAX), Some(Duration::from_nanos(wait)))),
        }
    }

    fn state(&self, taken: u64) -> RateState {
        let missing = u32::try_from(taken.div_ceil(self.refill)).unwrap_or(u32::MAX);
        let missing = missing.min(self.burst);
        let reset = Duration::from_nanos(self.refill.saturating_mul(missing.into()));
        RateState {
            limit: self.burst,
            remaining: self.burst - missing,
            reset_seconds: whole_seconds(reset),
        }
    }

    fn now(&self) -> u64 {
        let passed = self.clock.ticks().as_nanos().saturating_sub(self.since);
        u64::try_from(passed).unwrap_or(u64::MAX)
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<K, u64>> {
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Seconds, a part of one counting as a whole.
pub(super) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
