//! How often somebody may ask: by caller, by address, and by address once more for signing in. What may cost much counts
//! as several requests.
//!
//! Each has a bucket that fills at the rate and holds the burst (GCRA). It lives in this process: several processes allow
//! as many times as much.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use entity::UserId;
use governor::{
    Quota, RateLimiter,
    clock::Clock as _,
    middleware::{StateInformationMiddleware, StateSnapshot},
    nanos::Nanos,
    state::keyed::DashMapStateStore,
};

use crate::{
    caller::Caller,
    clock::Clock,
    config::RatesConfig,
    error::Error,
    limit::RateState,
    telemetry::{Metrics, RateLimited},
};

/// All callers of an address together have this many times what one caller has: a school is one address, too.
const CALLERS_OF_AN_ADDRESS: u32 = 5;

/// The cost that counts as a request.
const COST_OF_REQUEST: u64 = 1000;
/// No operation counts as more than this part of a burst: what may be asked for can be asked for.
const DEAREST: u32 = 4;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateKind {
    /// An operation.
    Request,
    /// An operation that signs in, signs up or refreshes.
    SignIn,
}

/// Too often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateRefused {
    /// Where the caller stands.
    pub state: RateState,
    /// For `Retry-After`; none when no waiting helps.
    pub retry_after_seconds: Option<u64>,
    /// What happened and what to do.
    pub sentence: String,
}

impl From<RateRefused> for Error {
    fn from(refused: RateRefused) -> Self {
        Self::TooOften {
            message: refused.sentence.into(),
            retry_after: refused.retry_after_seconds.map(Duration::from_secs),
            state: refused.state,
        }
    }
}

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Counted {
    User(UserId),
    Address(IpAddr),
    Unknown,
}

/// The buckets of one server.
pub struct Rates {
    callers: Buckets,
    addresses: Buckets,
    sign_ins: Buckets,
    /// Requests for which an operation counts at most.
    dearest: u32,
    metrics: Metrics,
}

impl Rates {
    /// Buckets that are full.
    pub fn new(config: &RatesConfig, clock: &Clock, metrics: Metrics) -> Self {
        let (each_minute, burst) = (config.requests_per_minute, config.burst);
        let all = |one: u32| one.saturating_mul(CALLERS_OF_AN_ADDRESS);
        Self {
            callers: Buckets::new(each_minute, burst, clock),
            addresses: Buckets::new(all(each_minute), all(burst), clock),
            sign_ins: Buckets::new(config.sign_ins_per_minute, config.sign_in_burst, clock),
            dearest: burst / DEAREST,
            metrics,
        }
    }

    /// Takes `count` from the buckets of a caller and an address, or refuses.
    ///
    /// # Errors
    /// When one of them does not hold enough.
    pub fn check(
        &self,
        caller: &Caller,
        address: Option<IpAddr>,
        kind: RateKind,
        count: u32,
    ) -> Result<RateState, RateRefused> {
        let place = address.map_or(Counted::Unknown, |address| Counted::Address(counted(address)));
        let who = caller.user().map_or(place, Counted::User);
        let refused = |limit| move |refused| self.refused(limit, refused);
        let state = self.callers.take(who, count).map_err(refused(RateLimited::Caller))?;
        self.addresses
            .take(place, count)
            .map_err(refused(RateLimited::Address))?;
        match kind {
            RateKind::Request => Ok(state),
            RateKind::SignIn => self.sign_ins.take(place, count).map_err(refused(RateLimited::SignIn)),
        }
    }

    /// As how many requests the cost of an operation counts, beside the one that it came with.
    pub fn requests_for(&self, cost: u64) -> u32 {
        let requests = cost / COST_OF_REQUEST;
        u32::try_from(requests).unwrap_or(u32::MAX).min(self.dearest)
    }

    /// Forgets the buckets that are full again.
    pub fn forget_idle(&self) {
        for buckets in [&self.callers, &self.addresses, &self.sign_ins] {
            buckets.limiter.retain_recent();
            buckets.limiter.shrink_to_fit();
        }
    }

    /// Buckets that are kept now.
    pub fn kept(&self) -> usize {
        [&self.callers, &self.addresses, &self.sign_ins]
            .map(|buckets| buckets.limiter.len())
            .iter()
            .sum()
    }

    fn refused(&self, limit: RateLimited, (state, wait): (RateState, Option<Duration>)) -> RateRefused {
        self.metrics.rate_refused(limit);
        let who = match limit {
            RateLimited::Caller => "Too many requests",
            RateLimited::Address => "Too many requests from this network address",
            RateLimited::SignIn => "Too many attempts to sign in, sign up or refresh from this network address",
        };
        let seconds = wait.map(|wait| whole_seconds(wait).max(1));
        let advice = match seconds {
            Some(1) => "Try again in a second.".to_owned(),
            Some(seconds) => format!("Try again in {seconds} seconds."),
            None => format!("At most {} can be asked for at once: send fewer.", state.limit),
        };
        RateRefused {
            state,
            retry_after_seconds: seconds,
            sentence: format!("{who}. {advice}"),
        }
    }
}

/// As whom an address is counted: whoever has one of IPv6 has a whole /64.
pub fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address => address,
    }
}

/// One bucket for each who is counted, all alike.
struct Buckets {
    limiter: RateLimiter<Counted, DashMapStateStore<Counted>, Ticks, StateInformationMiddleware>,
    clock: Ticks,
    burst: NonZeroU32,
    refill: Duration,
}

impl Buckets {
    fn new(each_minute: u32, burst: u32, clock: &Clock) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let burst = at_least_one(burst);
        let quota = Quota::per_minute(at_least_one(each_minute)).allow_burst(burst);
        let clock = Ticks(clock.clone());
        Self {
            limiter: RateLimiter::new(quota, DashMapStateStore::default(), clock.clone()),
            clock,
            burst,
            refill: quota.replenish_interval(),
        }
    }

    fn take(&self, who: Counted, count: u32) -> Result<RateState, (RateState, Option<Duration>)> {
        let count = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        match self.limiter.check_key_n(&who, count) {
            Ok(Ok(snapshot)) => Ok(self.state(Self::remaining(&snapshot))),
            Ok(Err(until)) => Err((self.state(0), Some(until.wait_time_from(self.clock.now())))),
            Err(_) => Err((self.state(self.burst.get()), None)),
        }
    }

    fn remaining(snapshot: &StateSnapshot) -> u32 {
        snapshot.remaining_burst_capacity()
    }

    fn state(&self, remaining: u32) -> RateState {
        let missing = self.burst.get().saturating_sub(remaining);
        RateState {
            limit: self.burst.get(),
            remaining,
            reset_seconds: whole_seconds(self.refill.saturating_mul(missing)),
        }
    }
}

/// Seconds, a part of one counting as a whole.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// The server's clock as the buckets read it: never set back.
#[derive(Clone)]
struct Ticks(Clock);

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.0.ticks())
    }
}
