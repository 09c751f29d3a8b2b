//! What an organizer wants of a draw, and the policy that comes of it.

use chrono::{DateTime, Utc};
use draw::{Eligibility, Level, Policy, Prize, Time, TooFewEntrants, WeightRule, Weights};
use entity::{
    DrawId, PrizeId,
    room::{participant::ParticipantRole, prize, room},
};
use sea_orm::ActiveEnum;

use crate::{
    error::{Error, Result},
    validation::{self, MAX_PRIZES},
};

/// What an organizer wants.
#[derive(Clone, Debug)]
pub struct DrawPlan {
    /// What is drawn, in order.
    pub prizes: Vec<PlannedPrize>,
    /// Whether tickets count, and how many of one entrant at most.
    pub tickets: Option<Option<i64>>,
    /// Prizes that one entrant can win.
    pub win_limit: i32,
    /// Who is eligible by role.
    pub roles: Vec<ParticipantRole>,
    /// Only with a verified e-mail address.
    pub email_verified: bool,
    /// Only who joined before this time.
    pub joined_before: Option<DateTime<Utc>>,
    /// Members of the organization too.
    pub staff: bool,
    /// When the list closes.
    pub closes_at: Option<DateTime<Utc>>,
    /// How long a winner can claim, in seconds.
    pub claim_window_seconds: Option<i64>,
    /// Where the randomness comes from.
    pub randomness: Randomness,
    /// Whether a reviewer must approve the freeze.
    pub review: bool,
    /// What happens with fewer entrants than prizes.
    pub too_few_entrants: TooFewEntrants,
    /// The void draw that it replaces.
    pub supersedes: Option<DrawId>,
}

/// A prize of a plan.
#[derive(Clone, Debug)]
pub struct PlannedPrize {
    /// Which.
    pub prize: PrizeId,
    /// How many of it; all that are left when nothing is said.
    pub quantity: Option<i32>,
    /// Alternates, in case a winner falls out.
    pub alternates: i32,
}

/// Where a plan's randomness comes from.
#[derive(Clone, Copy, Debug)]
pub enum Randomness {
    /// The committed seed.
    Seed,
    /// And dice.
    Dice,
    /// And a drand round.
    DrandRound(i64),
    /// And the first drand round at or after a time.
    DrandAt(DateTime<Utc>),
}

/// The freeze comes at least this long before the round, in milliseconds.
pub(super) const ROUND_LEAD: i64 = 30_000;

/// Winners and alternates of all prizes together.
const MAX_RANKS: i64 = 2_000_000;

impl DrawPlan {
    /// Checks everything that needs no database.
    pub(super) fn check(mut self, now: DateTime<Utc>) -> Result<Self> {
        if self.prizes.is_empty() || self.prizes.len() > MAX_PRIZES {
            return Err(Error::validation("prizes", "A draw has 1 to 1000 prizes."));
        }
        let mut ids: Vec<_> = self.prizes.iter().map(|prize| prize.prize).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Error::validation(
                "prizes",
                "Each prize can be named once; raise its quantity instead.",
            ));
        }
        for prize in &self.prizes {
            prize
                .quantity
                .map(|quantity| validation::integer("quantity", quantity, 1, 1_000_000))
                .transpose()?;
            validation::integer("alternates", prize.alternates, 0, 1_000_000)?;
        }
        let ranks = |prize: &PlannedPrize| i64::from(prize.quantity.unwrap_or(0)) + i64::from(prize.alternates);
        if self.prizes.iter().map(ranks).sum::<i64>() > MAX_RANKS {
            return Err(Error::validation(
                "prizes",
                "A draw ranks 2000000 at most, winners and alternates of all prizes together. Make several draws.",
            ));
        }
        validation::integer("winLimit", self.win_limit, 1, 1000)?;
        if let Some(Some(cap)) = self.tickets {
            validation::number("ticketCap", cap, 1, u32::MAX.into())?;
        }
        if let Some(seconds) = self.claim_window_seconds {
            validation::number("claimWindowSeconds", seconds, 60, 366 * 86_400)?;
        }
        if self.roles.is_empty() || self.roles.contains(&ParticipantRole::Viewer) {
            return Err(Error::validation(
                "roles",
                "roles names at least one of ORGANIZER, MODERATOR and PARTICIPANT; a VIEWER cannot win.",
            ));
        }
        self.roles.sort_by_key(ActiveEnum::to_value);
        self.roles.dedup();
        self.closes_at = self
            .closes_at
            .map(|time| validation::moment("closesAt", time))
            .transpose()?;
        self.joined_before = self
            .joined_before
            .map(|time| validation::moment("joinedBefore", time))
            .transpose()?;
        if self.closes_at.is_some_and(|time| time <= now) {
            return Err(Error::validation(
                "closesAt",
                "closesAt is over; give a time that is to come, or none.",
            ));
        }
        self.check_round(now)?;
        Ok(self)
    }

    fn check_round(&self, now: DateTime<Utc>) -> Result<()> {
        let Some(round) = self.round()? else {
            return Ok(());
        };
        let field = match self.randomness {
            Randomness::DrandAt(_) => "drandAt",
            _ => "drandRound",
        };
        let time = draw::QUICKNET
            .round_time(round)
            .ok_or_else(|| Error::validation(field, format!("{field} is too far in the future.")))?;
        let latest = self.closes_at.map_or(now, |closes| closes.max(now)).timestamp_millis() + ROUND_LEAD;
        if time.0 >= latest {
            return Ok(());
        }
        Err(Error::validation(
            field,
            format!(
                "Round {round} of drand comes at {time}. The list must be frozen 30 seconds before it, and not before it closes: \
                 choose a later round."
            ),
        ))
    }

    fn round(&self) -> Result<Option<u64>> {
        Ok(match self.randomness {
            Randomness::Seed | Randomness::Dice => None,
            Randomness::DrandRound(round) => {
                let round = validation::number("drandRound", round, 1, (1 << 53) - 1)?;
                u64::try_from(round).ok()
            }
            Randomness::DrandAt(time) => {
                let time = milliseconds(validation::moment("drandAt", time)?);
                let round = draw::QUICKNET.round_at(time);
                // A round that began before the time is a moment too early.
                let late_enough = draw::QUICKNET.round_time(round).is_some_and(|begins| begins >= time);
                Some(if late_enough { round } else { round + 1 })
            }
        })
    }

    /// The policy: what will be hashed, signed and published.
    pub(super) fn policy(
        &self,
        id: DrawId,
        room: &room::Model,
        prizes: &[prize::Model],
        seed_commit: draw::Hash,
    ) -> Result<Policy> {
        let drand = self.round()?.map(|round| draw::DrandRound {
            chain: draw::QUICKNET.hash,
            round,
        });
        let policy = Policy {
            version: draw::Version::V1,
            draw: id.to_string(),
            room: room.id.to_string(),
            supersedes: self.supersedes.map(|draw| draw.to_string()),
            prizes: self
                .prizes
                .iter()
                .map(|planned| planned.policy(prizes))
                .collect::<Result<_>>()?,
            weights: Weights {
                rule: self.tickets.map_or(WeightRule::Equal, |_| WeightRule::Tickets),
                cap: self.tickets.flatten().and_then(|cap| u64::try_from(cap).ok()),
            },
            win_limit: u32::try_from(self.win_limit).unwrap_or(1),
            eligibility: Eligibility {
                roles: self.roles.iter().filter_map(role).collect(),
                email_verified: self.email_verified,
                joined_before: self.joined_before.map(milliseconds),
                staff: self.staff,
            },
            closes_at: self.closes_at.map(milliseconds),
            claim_window_seconds: self
                .claim_window_seconds
                .and_then(|seconds| u64::try_from(seconds).ok()),
            level: self.level(),
            drand,
            review: self.review,
            too_few_entrants: self.too_few_entrants,
            ties: draw::Ties::Impossible,
            seed_commit: draw::Hex(seed_commit),
        };
        policy.check().map_err(Error::internal)?;
        Ok(policy)
    }

    /// The assurance level.
    pub(super) fn level(&self) -> Level {
        match self.randomness {
            Randomness::Seed => Level::L0,
            Randomness::Dice => Level::L1,
            Randomness::DrandRound(_) | Randomness::DrandAt(_) => Level::L2,
        }
    }
}

impl PlannedPrize {
    /// The row that it names.
    pub(super) fn row<'a>(&self, prizes: &'a [prize::Model]) -> Result<&'a prize::Model> {
        prizes
            .iter()
            .find(|row| row.id == self.prize)
            .ok_or_else(|| Error::validation("prizes", "One of these prizes is not in this room. Check their ids."))
    }

    /// How many are drawn.
    pub(super) fn quantity(&self, row: &prize::Model) -> i32 {
        self.quantity.unwrap_or(row.quantity_remaining)
    }

    fn policy(&self, prizes: &[prize::Model]) -> Result<Prize> {
        let row = self.row(prizes)?;
        let number = |number: i32| u32::try_from(number).map_err(Error::internal);
        Ok(Prize {
            id: row.id.to_string(),
            name: row.name.clone(),
            quantity: number(self.quantity(row))?,
            alternates: number(self.alternates)?,
        })
    }
}

fn role(role: &ParticipantRole) -> Option<draw::Role> {
    match role {
        ParticipantRole::Organizer => Some(draw::Role::Organizer),
        ParticipantRole::Moderator => Some(draw::Role::Moderator),
        ParticipantRole::Participant => Some(draw::Role::Participant),
        ParticipantRole::Viewer => None,
    }
}

/// A time as the protocol counts it.
pub(super) fn milliseconds(time: DateTime<Utc>) -> Time {
    Time(time.timestamp_millis())
}
