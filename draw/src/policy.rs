//! The policy: what is promised before anybody enters (specification, section Policy).

use std::collections::HashSet;

use crate::{
    canonical::{MAX_INTEGER, canonical},
    drand::Chain,
    hash::{Hash, sha256},
    hex::Hex,
    shown::shown,
    strict::{object, words},
    time::Time,
};

words! {
    /// The version of the protocol.
    pub enum Version {
        /// The only one.
        V1 = "vdraw/1",
    }
}

words! {
    /// Where the randomness comes from, besides the seed (protocol, step 4).
    pub enum Level {
        /// From nowhere: tamper-evident, but the operator knows the seed.
        L0 = "L0",
        /// From dice thrown before witnesses.
        L1 = "L1",
        /// From a round of drand.
        L2 = "L2",
    }
}

words! {
    /// How an entrant's weight comes about.
    pub enum WeightRule {
        /// Everybody weighs 1.
        Equal = "EQUAL",
        /// An entrant weighs as much as their tickets, at most the cap.
        Tickets = "TICKETS",
    }
}

words! {
    /// What a member does in a room. The order is that of the policy's list.
    pub enum Role {
        /// Moderates.
        Moderator = "MODERATOR",
        /// Organizes.
        Organizer = "ORGANIZER",
        /// Takes part.
        Participant = "PARTICIPANT",
    }
}

words! {
    /// What happens when there are fewer entrants than prizes.
    pub enum TooFewEntrants {
        /// What is left of a prize stays unawarded.
        LeaveUnawarded = "LEAVE_UNAWARDED",
        /// The list is not frozen.
        Refuse = "REFUSE",
    }
}

words! {
    /// How ties are broken.
    pub enum Ties {
        /// There are none: ranks come one at a time.
        Impossible = "IMPOSSIBLE",
    }
}

object! {
    /// The promise of a draw. Its members are public and stay as they are: [`Policy::hash`] is signed.
    pub struct Policy {
        /// The protocol.
        pub version: Version,
        /// The draw's public id.
        pub draw: String,
        /// The room's public id.
        pub room: String,
        /// The public id of the void draw that this one replaces.
        pub supersedes: Option<String>,
        /// The prizes in the order of drawing, 1 to 1,000.
        pub prizes: Vec<Prize>,
        /// How weights come about.
        pub weights: Weights,
        /// Prizes that one entrant can win in this draw, 1 to 1,000.
        pub win_limit: u32,
        /// Who may enter.
        pub eligibility: Eligibility,
        /// When the list closes.
        pub closes_at: Option<Time>,
        /// Seconds to claim a win, at least 60; nothing: no limit.
        pub claim_window_seconds: Option<u64>,
        /// Where the randomness comes from.
        pub level: Level,
        /// The round of drand, at level L2 only.
        pub drand: Option<DrandRound>,
        /// Whether a second person must approve the freeze.
        pub review: bool,
        /// What happens when there are fewer entrants than prizes.
        pub too_few_entrants: TooFewEntrants,
        /// How ties are broken.
        pub ties: Ties,
        /// The promise of the seed, [`crate::seed_commitment`].
        pub seed_commit: Hex<32>,
    }
}

object! {
    /// A prize of a policy.
    pub struct Prize {
        /// Its public id.
        pub id: String,
        /// What it is called.
        pub name: String,
        /// How many of it can be won, 1 to 1,000,000.
        pub quantity: u32,
        /// How many further ranks are drawn, 0 to 1,000,000.
        pub alternates: u32,
    }
}

object! {
    /// How weights come about.
    pub struct Weights {
        /// The rule.
        pub rule: WeightRule,
        /// The largest weight, at least 1; nothing: no cap. Never with equal weights.
        pub cap: Option<u64>,
    }
}

object! {
    /// Who may enter.
    pub struct Eligibility {
        /// Roles in the room, sorted, each once.
        pub roles: Vec<Role>,
        /// Whether only confirmed addresses count.
        pub email_verified: bool,
        /// Who joined at this time or later may not enter.
        pub joined_before: Option<Time>,
        /// Whether members of the organization may enter.
        pub staff: bool,
    }
}

object! {
    /// A round of drand.
    pub struct DrandRound {
        /// The chain's name.
        pub chain: Hex<32>,
        /// The round's number, from 1.
        pub round: u64,
    }
}

/// Why a policy is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No prizes, or too many.
    #[error("it has {0} prizes; there must be 1 to 1000")]
    Prizes(usize),
    /// Two prizes have one id.
    #[error("the prize {} is there twice", shown(.0))]
    PrizeTwice(String),
    /// A number is outside of its range.
    #[error("{place} is {found}; it must be {least} to {most}")]
    Range {
        /// Which number.
        place: String,
        /// Its value.
        found: u64,
        /// The smallest allowed.
        least: u64,
        /// The largest allowed.
        most: u64,
    },
    /// Equal weights with a cap.
    #[error("weights.cap must be null when all weights are equal")]
    CapOfEqual,
    /// Roles out of order, or one twice.
    #[error("eligibility.roles must be sorted, and name each role once")]
    Roles,
    /// A round without level L2, or the other way round.
    #[error("level {0} and drand do not go together: a round is named at L2, and only there")]
    Drand(Level),
    /// A chain whose key nobody here knows.
    #[error("drand.chain is not a chain whose key is known")]
    Chain,
    /// A round beyond the calendar.
    #[error("drand.round is {0}; its time would be after the year 9999")]
    RoundTime(u64),
    /// A time that cannot be written.
    #[error("{0} is outside of the years 1970 to 9999")]
    Time(&'static str),
}

const MOST_PRIZES: usize = 1000;
const MOST_RANKS: u64 = 1_000_000;
const MOST_WINS: u64 = 1000;
const SHORTEST_CLAIM_WINDOW: u64 = 60;

impl Policy {
    /// Checks everything that the types leave open (specification, section Policy).
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.check_prizes()?;
        within("win_limit", self.win_limit.into(), 1, MOST_WINS)?;
        if let Some(seconds) = self.claim_window_seconds {
            within("claim_window_seconds", seconds, SHORTEST_CLAIM_WINDOW, MAX_INTEGER)?;
        }
        match (self.weights.rule, self.weights.cap) {
            (WeightRule::Equal, Some(_)) => return Err(PolicyError::CapOfEqual),
            (WeightRule::Tickets, Some(cap)) => within("weights.cap", cap, 1, MAX_INTEGER)?,
            (_, None) => {}
        }
        if !self.eligibility.roles.is_sorted_by(|earlier, later| earlier < later) {
            return Err(PolicyError::Roles);
        }
        let times = [
            ("closes_at", self.closes_at),
            ("eligibility.joined_before", self.eligibility.joined_before),
        ];
        for (place, time) in times {
            if time.is_some_and(|time| !(Time(0)..Time::END).contains(&time)) {
                return Err(PolicyError::Time(place));
            }
        }
        self.check_drand()
    }

    fn check_prizes(&self) -> Result<(), PolicyError> {
        if self.prizes.is_empty() || self.prizes.len() > MOST_PRIZES {
            return Err(PolicyError::Prizes(self.prizes.len()));
        }
        let mut ids = HashSet::new();
        for (index, prize) in self.prizes.iter().enumerate() {
            if !ids.insert(prize.id.as_str()) {
                return Err(PolicyError::PrizeTwice(prize.id.clone()));
            }
            within(
                &format!("prizes[{index}].quantity"),
                prize.quantity.into(),
                1,
                MOST_RANKS,
            )?;
            within(
                &format!("prizes[{index}].alternates"),
                prize.alternates.into(),
                0,
                MOST_RANKS,
            )?;
        }
        Ok(())
    }

    fn check_drand(&self) -> Result<(), PolicyError> {
        match (&self.drand, self.level) {
            (Some(named), Level::L2) => {
                within("drand.round", named.round, 1, MAX_INTEGER)?;
                let chain = Chain::pinned(&named.chain).ok_or(PolicyError::Chain)?;
                chain
                    .round_time(named.round)
                    .ok_or(PolicyError::RoundTime(named.round))?;
                Ok(())
            }
            (None, Level::L0 | Level::L1) => Ok(()),
            _ => Err(PolicyError::Drand(self.level)),
        }
    }

    /// The canonical text of the policy (RFC 8785), which is hashed.
    #[must_use]
    pub fn canonical(&self) -> String {
        // Texts, integers and lists of them are always values, and a checked policy has no larger integers.
        serde_json::to_value(self)
            .ok()
            .and_then(|value| canonical(&value).ok())
            .unwrap_or_default()
    }

    /// `SHA256(canonical policy)` (protocol, step 1).
    #[must_use]
    pub fn hash(&self) -> Hash {
        sha256(&[self.canonical().as_bytes()])
    }

    /// The largest weight that an entrant can have.
    #[must_use]
    pub fn largest_weight(&self) -> u32 {
        match self.weights.rule {
            WeightRule::Equal => 1,
            WeightRule::Tickets => self
                .weights
                .cap
                .and_then(|cap| u32::try_from(cap).ok())
                .unwrap_or(u32::MAX),
        }
    }

    /// The time of the round that the policy names, if it names one.
    #[must_use]
    pub fn round_time(&self) -> Option<Time> {
        let named = self.drand.as_ref()?;
        Chain::pinned(&named.chain)?.round_time(named.round)
    }
}

fn within(place: &str, found: u64, least: u64, most: u64) -> Result<(), PolicyError> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err(PolicyError::Range {
        place: place.to_owned(),
        found,
        least,
        most,
    })
}
