//! A draw's policy: as an organizer asks for it, and as it was promised.

use ::draw::Role;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use entity::{PrizeId, draw::draw, room::participant::ParticipantRole as Stored};

use super::{DrawLevel, long};
use crate::{
    draw::{
        finder::moment,
        service::{DrawPlan, PlannedPrize, Randomness, policy_of},
    },
    error::{Error, Result},
    gql::{Int, Long, Nullable, OperationContext, Timestamp, id, load_with_deleted, optional_id},
    room::{ParticipantRole, Prize},
};

/// How an entrant's weight comes about.
#[derive(Clone, Copy, Default, PartialEq, Eq, Enum)]
pub enum DrawWeights {
    /// Everybody weighs 1.
    #[default]
    Equal,
    /// An entrant weighs as much as their tickets, at most ticketCap; without tickets they are not on the list.
    Tickets,
}

/// What happens when fewer are on the list than can win.
#[derive(Clone, Copy, Default, PartialEq, Eq, Enum)]
pub enum DrawFailureRule {
    /// What is left of a prize stays unawarded.
    #[default]
    LeaveUnawarded,
    /// The list is not frozen.
    Refuse,
}

/// How ties are broken.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum DrawTieRule {
    /// There are none: ranks are drawn one at a time.
    Impossible,
}

/// A prize to be drawn.
#[derive(InputObject)]
pub struct DrawPrizeInput {
    /// A prize of the room.
    prize_id: ID,
    /// How many of it, 1 to 1000000; all that are left when nothing is given.
    quantity: Option<Int>,
    /// How many alternates are ranked behind the winners, 0 to 1000000: they win when a winner falls out.
    #[graphql(default_with = "Int(0)")]
    alternates: Int,
}

/// Who may be on the list.
#[derive(InputObject)]
pub struct DrawEligibilityInput {
    /// Roles in the room; a VIEWER cannot win.
    #[graphql(default_with = "vec![ParticipantRole::Participant]")]
    roles: Vec<ParticipantRole>,
    /// Only people with a verified e-mail address.
    #[graphql(default = false)]
    email_verified: bool,
    /// Only people who joined before this time.
    joined_before: Option<Timestamp>,
    /// Members of the room's organization too.
    #[graphql(default = false)]
    staff: bool,
}

/// What a draw promises. It is hashed, signed and published, and nobody can change it afterwards. Ties need no rule:
/// ranks are drawn one at a time.
#[derive(InputObject)]
pub struct DrawPolicyInput {
    /// What is drawn, in this order: 1 to 1000 prizes.
    prizes: Vec<DrawPrizeInput>,
    /// How weights come about.
    #[graphql(default)]
    weights: DrawWeights,
    /// With TICKETS, what one entrant weighs at most: 1 to 4294967295; no cap when nothing is given.
    ticket_cap: Option<Long>,
    /// Prizes that one entrant can win in this draw, 1 to 1000.
    #[graphql(default_with = "Int(1)")]
    win_limit: Int,
    /// Who may be on the list; participants who are not of the organization when nothing is given.
    eligibility: Option<DrawEligibilityInput>,
    /// When the list closes: who joins later is not on it, and it cannot be frozen before. Open until the freeze when
    /// nothing is given.
    closes_at: Option<Timestamp>,
    /// Seconds that a winner has to claim, 60 to 31622400; no limit when nothing is given.
    claim_window_seconds: Option<Long>,
    /// Where the randomness comes from.
    level: DrawLevel,
    /// At L2 the drand round (quicknet); give this or drandAt.
    drand_round: Option<Long>,
    /// At L2 the time of the round: the first one at or after it.
    drand_at: Option<Timestamp>,
    /// Whether the freeze needs the approval of a REVIEWER of the organization who did not ask for it.
    #[graphql(default = false)]
    review: bool,
    /// What happens when fewer are on the list than can win.
    #[graphql(default)]
    too_few_entrants: DrawFailureRule,
}

impl DrawPolicyInput {
    /// What the service takes.
    pub fn plan(self, supersedes: Option<&ID>) -> Result<DrawPlan> {
        let randomness = self.randomness()?;
        let eligibility = self.eligibility.unwrap_or(DrawEligibilityInput {
            roles: vec![ParticipantRole::Participant],
            email_verified: false,
            joined_before: None,
            staff: false,
        });
        if self.weights == DrawWeights::Equal && self.ticket_cap.is_some() {
            return Err(Error::validation(
                "ticketCap",
                "ticketCap goes with weights: TICKETS only.",
            ));
        }
        Ok(DrawPlan {
            prizes: self.prizes.iter().map(DrawPrizeInput::plan).collect::<Result<_>>()?,
            tickets: (self.weights == DrawWeights::Tickets).then_some(self.ticket_cap.map(|cap| cap.0)),
            win_limit: self.win_limit.narrow("winLimit")?,
            roles: eligibility.roles.into_iter().map(Into::into).collect(),
            email_verified: eligibility.email_verified,
            joined_before: eligibility.joined_before.map(Timestamp::time),
            staff: eligibility.staff,
            closes_at: self.closes_at.map(Timestamp::time),
            claim_window_seconds: self.claim_window_seconds.map(|seconds| seconds.0),
            randomness,
            review: self.review,
            too_few_entrants: match self.too_few_entrants {
                DrawFailureRule::LeaveUnawarded => ::draw::TooFewEntrants::LeaveUnawarded,
                DrawFailureRule::Refuse => ::draw::TooFewEntrants::Refuse,
            },
            supersedes: optional_id("supersedes", supersedes)?,
        })
    }

    fn randomness(&self) -> Result<Randomness> {
        match (self.level, self.drand_round, self.drand_at) {
            (DrawLevel::Seed, None, None) => Ok(Randomness::Seed),
            (DrawLevel::Dice, None, None) => Ok(Randomness::Dice),
            (DrawLevel::Drand, Some(round), None) => Ok(Randomness::DrandRound(round.0)),
            (DrawLevel::Drand, None, Some(time)) => Ok(Randomness::DrandAt(time.time())),
            (DrawLevel::Drand, _, _) => Err(Error::validation(
                "drandRound",
                "At L2 give either drandRound or drandAt.",
            )),
            _ => Err(Error::validation(
                "drandRound",
                "drandRound and drandAt go with level: L2 only.",
            )),
        }
    }
}

impl DrawPrizeInput {
    fn plan(&self) -> Result<PlannedPrize> {
        Ok(PlannedPrize {
            prize: id("prizeId", &self.prize_id)?,
            quantity: self.quantity.map(|quantity| quantity.narrow("quantity")).transpose()?,
            alternates: self.alternates.narrow("alternates")?,
        })
    }
}

/// A prize as a draw promised it.
pub struct DrawPrize {
    prize: PrizeId,
    promised: ::draw::Prize,
}

/// A prize as a draw promised it.
#[Object(serial)]
impl DrawPrize {
    /// The prize's id.
    async fn prize_id(&self) -> &str {
        &self.promised.id
    }

    /// What it was called.
    async fn name(&self) -> &str {
        &self.promised.name
    }

    /// How many of it can be won.
    async fn quantity(&self) -> Nullable<Long> {
        Ok(Some(long(self.promised.quantity.into())?))
    }

    /// How many alternates are ranked behind the winners.
    async fn alternates(&self) -> Nullable<Long> {
        Ok(Some(long(self.promised.alternates.into())?))
    }

    /// The prize as it is now.
    async fn prize(&self, ctx: &Context<'_>) -> Nullable<Prize> {
        Ok(load_with_deleted(ctx.operation()?, self.prize).await?)
    }
}

/// Who may be on the list of a draw.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct DrawEligibility {
    /// Roles in the room.
    roles: Vec<ParticipantRole>,
    /// Only people with a verified e-mail address.
    email_verified: bool,
    /// Only people who joined before this time.
    joined_before: Option<Timestamp>,
    /// Members of the organization too.
    staff: bool,
}

/// What a draw promised.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct DrawPolicy {
    /// What is drawn, in this order.
    prizes: Vec<DrawPrize>,
    /// How weights come about.
    weights: DrawWeights,
    /// What one entrant weighs at most.
    ticket_cap: Option<Long>,
    /// Prizes that one entrant can win.
    win_limit: Long,
    /// Who may be on the list.
    eligibility: DrawEligibility,
    /// When the list closes.
    closes_at: Option<Timestamp>,
    /// Seconds that a winner has to claim.
    claim_window_seconds: Option<Long>,
    /// The drand round, at L2.
    drand_round: Option<Long>,
    /// When that round comes.
    drand_at: Option<Timestamp>,
    /// Whether the freeze needs a REVIEWER.
    review: bool,
    /// What happens when fewer are on the list than can win.
    too_few_entrants: DrawFailureRule,
    /// How ties are broken.
    ties: DrawTieRule,
}

impl DrawPolicy {
    /// How many prizes it has.
    pub(super) fn len(&self) -> usize {
        self.prizes.len()
    }

    /// Reads what is stored.
    pub(super) fn read(row: &draw::Model) -> Result<Self> {
        let policy = policy_of(row)?;
        let round_time = policy.drand.as_ref().and_then(|round| {
            let chain = ::draw::Chain::pinned(&round.chain)?;
            chain.round_time(round.round)
        });
        let prize = |promised: ::draw::Prize| {
            let prize = promised
                .id
                .parse()
                .map_err(|_| Error::internal(anyhow::anyhow!("a policy names {}, which is no prize", promised.id)))?;
            Ok(DrawPrize { prize, promised })
        };
        Ok(Self {
            prizes: policy.prizes.into_iter().map(prize).collect::<Result<_>>()?,
            weights: match policy.weights.rule {
                ::draw::WeightRule::Equal => DrawWeights::Equal,
                ::draw::WeightRule::Tickets => DrawWeights::Tickets,
            },
            ticket_cap: policy.weights.cap.map(long).transpose()?,
            win_limit: long(policy.win_limit.into())?,
            eligibility: DrawEligibility {
                roles: policy.eligibility.roles.iter().map(role).collect(),
                email_verified: policy.eligibility.email_verified,
                joined_before: policy.eligibility.joined_before.map(timestamp).transpose()?,
                staff: policy.eligibility.staff,
            },
            closes_at: policy.closes_at.map(timestamp).transpose()?,
            claim_window_seconds: policy.claim_window_seconds.map(long).transpose()?,
            drand_round: policy.drand.map(|round| long(round.round)).transpose()?,
            drand_at: round_time.map(timestamp).transpose()?,
            review: policy.review,
            too_few_entrants: match policy.too_few_entrants {
                ::draw::TooFewEntrants::LeaveUnawarded => DrawFailureRule::LeaveUnawarded,
                ::draw::TooFewEntrants::Refuse => DrawFailureRule::Refuse,
            },
            ties: match policy.ties {
                ::draw::Ties::Impossible => DrawTieRule::Impossible,
            },
        })
    }
}

fn role(role: &Role) -> ParticipantRole {
    match role {
        Role::Moderator => Stored::Moderator,
        Role::Organizer => Stored::Organizer,
        Role::Participant => Stored::Participant,
    }
    .into()
}

fn timestamp(time: ::draw::Time) -> Result<Timestamp> {
    moment(time)
        .map(Timestamp)
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a policy holds a time that is none")))
}
