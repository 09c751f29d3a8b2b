//! How often somebody may guess wrong. What was right takes nothing, so that a hall of people gets in behind one address;
//! what is being tried is taken already, so that many tries at once are no more than one after another.

use std::{net::IpAddr, time::Duration};

use moka::sync::Cache;

use super::{
    buckets::{Buckets, Refusal},
    network::{NOWHERE, counted, wide},
};
use crate::{clock::Clock, credentials::QueuePlace};

/// A network may guess wrong so many times as often as one account or user, and an IPv6 /48 as many times as often again.
const NETWORK: u32 = 10;
/// How long it is known from where a guess was right: as long as a session lives by default.
const KNOWN_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// So many secrets are known at most, each with its network.
const KNOWN: u64 = 100_000;

/// What is counted of those who guess from a network what was guessed right there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterRight {
    /// Their wrong guesses, apart from all others: the secret belongs to a name.
    Apart,
    /// Nothing: the secret itself is known there.
    Nothing,
}

/// The buckets of one kind of guess.
pub(super) struct Failures {
    after_right: AfterRight,
    ones: Buckets<One>,
    networks: Buckets<IpAddr>,
    /// Of IPv6 alone.
    wide: Buckets<IpAddr>,
    known: Cache<(Box<str>, IpAddr), ()>,
}

/// Who is counted beside networks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum One {
    /// The account whose secret is guessed, or the user who guesses.
    Name(Box<str>),
    /// Those who guess from a network what was guessed right there before.
    Known(Box<str>, IpAddr),
}

/// The buckets that a guess is taken from.
#[derive(Default)]
struct Places {
    one: Option<One>,
    network: Option<IpAddr>,
    wide: Option<IpAddr>,
}

/// A guess that was taken. It is given back unless it is said to have been wrong.
#[must_use = "say whether it was right or wrong"]
pub struct Guess<'a> {
    failures: &'a Failures,
    secret: Box<str>,
    network: IpAddr,
    taken: Places,
    /// The place in a queue of those who guess, if there is one.
    place: Option<QueuePlace>,
}

impl Failures {
    /// One who is counted may guess wrong `each_minute`, and `burst` at once.
    pub(super) fn new(each_minute: u32, burst: u32, after_right: AfterRight, clock: &Clock) -> Self {
        let times = |factor: u32| (each_minute.saturating_mul(factor), burst.saturating_mul(factor));
        let (network, wide) = (times(NETWORK), times(NETWORK * NETWORK));
        Self {
            after_right,
            ones: Buckets::new(each_minute, burst, clock),
            networks: Buckets::new(network.0, network.1, clock),
            wide: Buckets::new(wide.0, wide.1, clock),
            known: Cache::builder().max_capacity(KNOWN).time_to_live(KNOWN_FOR).build(),
        }
    }

    /// Takes a guess at a secret, counted for `name`, if there is one, and for the network.
    pub(super) fn guess(&self, secret: &str, name: Option<&str>, from: Option<IpAddr>) -> Result<Guess<'_>, Refusal> {
        let wanted = self.places(secret, name, from);
        // Dropped half-way, it gives back what it has.
        let mut guess = Guess {
            failures: self,
            secret: secret.into(),
            network: counted(from.unwrap_or(NOWHERE)),
            taken: Places::default(),
            place: None,
        };
        if let Some(one) = wanted.one {
            self.ones.take(one.clone(), 1)?;
            guess.taken.one = Some(one);
        }
        if let Some(network) = wanted.network {
            self.networks.take(network, 1)?;
            guess.taken.network = Some(network);
        }
        if let Some(wide) = wanted.wide {
            self.wide.take(wide, 1)?;
            guess.taken.wide = Some(wide);
        }
        Ok(guess)
    }

    /// Whether a guess could be taken.
    pub(super) fn look(&self, secret: &str, name: Option<&str>, from: Option<IpAddr>) -> Result<(), Refusal> {
        let Places { one, network, wide } = self.places(secret, name, from);
        one.map_or(Ok(()), |one| self.ones.look(&one))?;
        network.map_or(Ok(()), |network| self.networks.look(&network))?;
        wide.map_or(Ok(()), |wide| self.wide.look(&wide))
    }

    /// Whether it was guessed right in this network before.
    pub(super) fn is_known(&self, secret: &str, from: Option<IpAddr>) -> bool {
        let network = counted(from.unwrap_or(NOWHERE));
        self.known.contains_key(&(secret.into(), network))
    }

    /// What was guessed right in a network stays open there, whatever is guessed elsewhere or beside it.
    fn places(&self, secret: &str, name: Option<&str>, from: Option<IpAddr>) -> Places {
        let from = from.unwrap_or(NOWHERE);
        let network = counted(from);
        if self.is_known(secret, Some(from)) {
            let apart = One::Known(secret.into(), network);
            return Places {
                one: (self.after_right == AfterRight::Apart).then_some(apart),
                ..Places::default()
            };
        }
        Places {
            one: name.map(|name| One::Name(name.into())),
            network: Some(network),
            wide: network.is_ipv6().then(|| wide(from)),
        }
    }

    pub(super) fn forget_idle(&self) {
        self.ones.forget_idle();
        self.networks.forget_idle();
        self.wide.forget_idle();
    }

    pub(super) fn kept(&self) -> usize {
        self.ones.kept() + self.networks.kept() + self.wide.kept()
    }
}

impl Guess<'_> {
    /// The same guess, which keeps its place in a queue until it is judged.
    pub(super) fn at(mut self, place: QueuePlace) -> Self {
        self.place = Some(place);
        self
    }

    /// It was right: it is given back, and what follows from this network is counted apart.
    pub fn was_right(self) {
        let known = (self.secret.clone(), self.network);
        self.failures.known.insert(known, ());
    }

    /// It was wrong, and stays taken.
    pub fn was_wrong(mut self) {
        self.taken = Places::default();
    }
}

impl Drop for Guess<'_> {
    fn drop(&mut self) {
        let Places { one, network, wide } = std::mem::take(&mut self.taken);
        let failures = self.failures;
        drop(self.place.take());
        one.iter().for_each(|one| failures.ones.give_back(one));
        network.iter().for_each(|network| failures.networks.give_back(network));
        wide.iter().for_each(|wide| failures.wide.give_back(wide));
    }
}
