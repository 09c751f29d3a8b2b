//! How often somebody may ask: by caller, by address, by what needs a password's hash; and how often somebody may guess.
//! What may cost much counts as several requests, and so does what writes much.
//!
//! Each has a bucket that fills at the rate and holds the burst (GCRA). It lives in this process: several processes allow
//! as many times as much, and a restart fills all of them.

mod buckets;
mod failures;
mod network;

use std::{net::IpAddr, time::Duration};

use entity::UserId;

use crate::{
    caller::Caller,
    clock::Clock,
    config::RatesConfig,
    credentials::Queue,
    error::{Error, RequestError, Result},
    limit::RateState,
    telemetry::{Metrics, RateLimited},
};
use buckets::{Buckets, Refusal, whole_seconds};
use failures::{AfterRight, Failures};

pub use failures::Guess;
pub use network::{NOWHERE, counted, wide};

/// How often callers that have gone are to be forgotten: what is kept of them must not grow without end.
pub const FORGETTING: Duration = Duration::from_secs(10);
/// The cost that counts as a request.
const COST_OF_REQUEST: u64 = 1000;
/// Bytes written that count as a request.
const BYTES_OF_REQUEST: u64 = 4096;
/// So many codes that are not known yet are looked up at once: what is being looked up is taken, and a hall of people who
/// all type the right one at once must not meet the bound of those who guess.
const UNKNOWN_CODES: usize = 8;
/// No operation counts as more than this part of a burst: what may be asked for can be asked for.
const DEAREST: u32 = 4;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateKind {
    /// An operation.
    Request,
    /// What an operation costs beyond a request. Strangers of one address share what one caller has.
    Cost,
    /// An operation that has a password hashed: it signs in or up.
    Password,
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
        Self::Request(RequestError::TooOften {
            message: refused.sentence.into(),
            retry_after: refused.retry_after_seconds.map(Duration::from_secs),
            state: refused.state,
        })
    }
}

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Counted {
    User(UserId),
    Address(IpAddr),
    Unknown,
}

impl Counted {
    fn place(address: Option<IpAddr>) -> Self {
        address.map_or(Self::Unknown, |address| Self::Address(counted(address)))
    }
}

/// What a change has written, whether it lasts or not: the work was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Bytes of the values that were stored: rows, events, audit records, outcomes.
    pub bytes: u64,
    /// Whether the change only finished what had begun.
    pub finishes: bool,
}

/// A cost that becomes known bit by bit, and counts as a request whenever there is enough of it.
#[derive(Debug, Default)]
pub struct Meter {
    uncounted: u64,
}

/// The buckets of one server.
pub struct Rates {
    callers: Buckets<Counted>,
    addresses: Buckets<Counted>,
    /// What an address may owe: one does not keep a hall waiting for long.
    most_of_address: u32,
    passwords: Buckets<Counted>,
    sign_ins: Failures,
    refreshes: Failures,
    join_codes: Failures,
    unknown_codes: Queue,
    /// Requests for which an operation counts at most.
    dearest: u32,
    metrics: Metrics,
}

impl Rates {
    /// Buckets that are full.
    pub fn new(config: &RatesConfig, clock: &Clock, metrics: Metrics) -> Self {
        let (each_minute, burst) = (config.requests_per_minute, config.burst);
        let all = |one: u32| one.saturating_mul(config.callers_per_address);
        let (sign_ins, sign_in_burst) = (config.sign_ins_per_minute, config.sign_in_burst);
        let (codes, code_burst) = (config.join_codes_per_minute, config.join_code_burst);
        Self {
            callers: Buckets::new(each_minute, burst, clock),
            addresses: Buckets::new(all(each_minute), all(burst), clock),
            most_of_address: all(burst),
            passwords: Buckets::new(config.passwords_per_minute, config.password_burst, clock),
            sign_ins: Failures::new(sign_ins, sign_in_burst, AfterRight::Apart, clock),
            refreshes: Failures::new(sign_ins, sign_in_burst, AfterRight::Apart, clock),
            join_codes: Failures::new(codes, code_burst, AfterRight::Nothing, clock),
            unknown_codes: Queue::new(UNKNOWN_CODES),
            dearest: burst / DEAREST,
            metrics,
        }
    }

    /// Takes one request from the bucket of an address, before anything is known of who asks.
    ///
    /// # Errors
    /// When it is empty.
    pub fn enter(&self, address: Option<IpAddr>) -> Result<RateState, RateRefused> {
        self.take(&self.addresses, Counted::place(address), 1, RateLimited::Address)
    }

    /// Takes one request from the bucket of a user who has entered.
    ///
    /// # Errors
    /// When it is empty.
    pub fn check_user(&self, user: UserId) -> Result<RateState, RateRefused> {
        self.take(&self.callers, Counted::User(user), 1, RateLimited::Caller)
    }

    /// Takes `count` from the buckets of a caller and an address, or refuses. Strangers have no bucket but their address's,
    /// save for what costs much.
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
        let place = Counted::place(address);
        if kind == RateKind::Password {
            return self.take(&self.passwords, place, count, RateLimited::Password);
        }
        let who = caller.user().map(Counted::User);
        let who = who.or((kind == RateKind::Cost).then_some(place));
        let own = who.map(|who| self.take(&self.callers, who, count, RateLimited::Caller));
        let own = own.transpose()?;
        let of_address = self.take(&self.addresses, place, count, RateLimited::Address)?;
        Ok(own.unwrap_or(of_address))
    }

    /// Takes as many requests as a cost counts for, beside the one that it came with. Says where its caller stands, if it
    /// counts at all.
    ///
    /// # Errors
    /// When the caller or the address does not have as many.
    pub fn check_cost(
        &self,
        caller: &Caller,
        address: Option<IpAddr>,
        cost: u64,
    ) -> Result<Option<RateState>, RateRefused> {
        let requests = u32::try_from(cost / COST_OF_REQUEST).unwrap_or(u32::MAX);
        match requests.min(self.dearest) {
            0 => Ok(None),
            count => self.check(caller, address, RateKind::Cost, count).map(Some),
        }
    }

    /// Counts a cost that becomes known bit by bit, as [`Rates::check_cost`] counts one that is known before.
    ///
    /// # Errors
    /// When the caller or the address does not have as many requests.
    pub fn check_more(
        &self,
        caller: &Caller,
        address: Option<IpAddr>,
        meter: &mut Meter,
        cost: u64,
    ) -> Result<(), RateRefused> {
        let cost = meter.uncounted.saturating_add(cost);
        let requests = u32::try_from(cost / COST_OF_REQUEST).unwrap_or(u32::MAX);
        if requests > 0 {
            self.check(caller, address, RateKind::Cost, requests.min(self.dearest.max(1)))?;
        }
        meter.uncounted = cost % COST_OF_REQUEST;
        Ok(())
    }

    /// Takes one request for each 4 KiB that an operation writes, beside the one that it came with: who has not as many owes
    /// them. The operation had written `before` bytes already. What finishes a draw counts as a quarter of a burst at most,
    /// as what is asked for does.
    pub fn charge_written(&self, caller: &Caller, address: Option<IpAddr>, before: u64, written: Written) {
        let whole = before.saturating_add(written.bytes) / BYTES_OF_REQUEST;
        let requests = u32::try_from(whole - before / BYTES_OF_REQUEST).unwrap_or(u32::MAX);
        let requests = match written.finishes {
            true => requests.min(self.dearest),
            false => requests,
        };
        if requests == 0 {
            return;
        }
        let place = Counted::place(address);
        let who = caller.user().map_or(place, Counted::User);
        self.callers.owe(who, requests, u32::MAX);
        self.addresses.owe(place, requests, self.most_of_address);
    }

    /// Whether a caller has paid for what they wrote.
    ///
    /// # Errors
    /// While they have not.
    pub fn may_write(&self, caller: &Caller, address: Option<IpAddr>) -> Result<(), RateRefused> {
        let place = Counted::place(address);
        let who = caller.user().map_or(place, Counted::User);
        let paid = self.callers.owes_nothing(&who);
        paid.map_err(|refused| self.refused(RateLimited::Caller, refused))?;
        let paid = self.addresses.owes_nothing(&place);
        paid.map_err(|refused| self.refused(RateLimited::Address, refused))
    }

    /// Whether the password of an account may be tried from an address now. Takes nothing.
    ///
    /// # Errors
    /// When too many tries were wrong.
    pub fn may_sign_in(&self, email: &str, address: Option<IpAddr>) -> Result<(), RateRefused> {
        let may = self.sign_ins.look(email, Some(email), address);
        may.map_err(|refused| self.refused(RateLimited::SignIn, refused))
    }

    /// Takes a try of an account's password, which is given back unless it was wrong. A network from which the account was
    /// opened lately has a bucket of its own for it: nobody elsewhere can keep its owner out.
    ///
    /// # Errors
    /// When too many tries were wrong.
    pub fn try_password(&self, email: &str, address: Option<IpAddr>) -> Result<Guess<'_>, RateRefused> {
        let tried = self.sign_ins.guess(email, Some(email), address);
        tried.map_err(|refused| self.refused(RateLimited::SignIn, refused))
    }

    /// Counts a refresh token that was not good. A good one is never refused for others.
    ///
    /// # Errors
    /// When too many were not.
    pub fn refresh_failed(&self, address: Option<IpAddr>) -> Result<(), RateRefused> {
        let failed = self.refreshes.guess("", None, address).map(Guess::was_wrong);
        failed.map_err(|refused| self.refused(RateLimited::Refresh, refused))
    }

    /// Takes a try of a join code, which is given back unless no room has it. A code that was right from the same network
    /// lately stays open there, whatever others try.
    ///
    /// # Errors
    /// When too many tries were wrong.
    pub async fn try_join_code(&self, caller: &Caller, address: Option<IpAddr>, code: &str) -> Result<Guess<'_>> {
        let place = match self.join_codes.is_known(code, address) {
            true => None,
            false => Some(self.unknown_codes.place(address.map_or(NOWHERE, wide)).await?),
        };
        let name = caller.user().map(|user| user.to_string());
        let guess = self.join_codes.guess(code, name.as_deref(), address);
        let guess = guess.map_err(|refused| self.refused(RateLimited::JoinCode, refused))?;
        Ok(match place {
            Some(place) => guess.at(place),
            None => guess,
        })
    }

    /// Forgets the buckets that are full again.
    pub fn forget_idle(&self) {
        for buckets in [&self.callers, &self.addresses, &self.passwords] {
            buckets.forget_idle();
        }
        for failures in [&self.sign_ins, &self.refreshes, &self.join_codes] {
            failures.forget_idle();
        }
    }

    /// Buckets that are kept now.
    pub fn kept(&self) -> usize {
        let buckets = [&self.callers, &self.addresses, &self.passwords].map(Buckets::kept);
        let failures = [&self.sign_ins, &self.refreshes, &self.join_codes].map(Failures::kept);
        buckets.iter().chain(&failures).sum()
    }

    fn take(
        &self,
        buckets: &Buckets<Counted>,
        who: Counted,
        count: u32,
        limit: RateLimited,
    ) -> Result<RateState, RateRefused> {
        let taken = buckets.take(who, count);
        taken.map_err(|refused| self.refused(limit, refused))
    }

    fn refused(&self, limit: RateLimited, (state, wait): Refusal) -> RateRefused {
        self.metrics.rate_refused(limit);
        let who = match limit {
            RateLimited::Caller => "Too many requests",
            RateLimited::Address => "Too many requests from this network address",
            RateLimited::Password => "Too many people sign in or up from this network address",
            RateLimited::SignIn => "Too many attempts to sign in failed, for this account or from this network",
            RateLimited::Refresh => "Too many refresh tokens from this network were not valid",
            RateLimited::JoinCode => "Too many join codes were wrong, yours or those of this network",
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
