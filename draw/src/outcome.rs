//! What becomes of the ranks after the draw: claims, endings, promotions (protocol, steps 7 and 8). There is no other
//! way to a win, and no reroll.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::{
    event::{Event, SkipReason},
    policy::Policy,
    shown::shown,
};

/// How a rank stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankState {
    /// A win that nobody has claimed yet.
    Pending,
    /// A final win.
    Claimed,
    /// A win that was declined.
    Declined,
    /// A win that was not claimed in time.
    Expired,
    /// A win that was taken away.
    Disqualified,
    /// Passed over when it was its turn.
    Skipped(SkipReason),
    /// Its turn has not come.
    Waiting,
}

/// How a win ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The winner does not want it.
    Declined,
    /// The time to claim is over.
    Expired,
    /// It is taken away; of a claimed win, too.
    Disqualified,
}

/// What must follow at once when a win ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// The rank that is promoted or passed over, of the same prize.
    pub rank: u32,
    /// Who has that rank: an index into the frozen list.
    pub index: u32,
    /// Which of the two.
    pub kind: Kind,
}

/// What happens to the next rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It wins.
    Promoted,
    /// It is passed over.
    Skipped(SkipReason),
}

/// Why something cannot happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The draw has no such prize, or is not drawn.
    #[error("no prize {} has been drawn", shown(.0))]
    NoPrize(String),
    /// The prize has no such rank.
    #[error("the prize has no rank {0}")]
    NoRank(u32),
    /// The rank is no pending win.
    #[error("rank {rank} is not a pending win ({state})")]
    NotPending {
        /// Which rank.
        rank: u32,
        /// How it stands.
        state: RankState,
    },
    /// Nothing happens in a draw that was voided.
    #[error("the draw was voided before")]
    Void,
    /// Something else must come first.
    #[error("rank {rank} of prize {} had to be {kind} at once", shown(.prize))]
    Due {
        /// The prize's public id.
        prize: String,
        /// Which rank.
        rank: u32,
        /// What had to happen to it.
        kind: Kind,
    },
    /// Nobody was to be promoted or passed over.
    #[error("no win has ended, so nobody can be promoted or skipped")]
    NothingDue,
}

/// The ranks of all prizes, and how they stand.
#[derive(Clone, Debug)]
pub struct Outcome {
    prizes: Vec<PrizeOutcome>,
    places: HashMap<String, usize>,
    win_limit: u32,
    /// Wins, pending or claimed, by entrant.
    held: HashMap<u32, u32>,
    disqualified: HashSet<u32>,
    /// What a transcript has to say next, by place of the prize.
    due: VecDeque<(usize, Consequence)>,
    voided: bool,
}

#[derive(Clone, Debug)]
struct PrizeOutcome {
    id: String,
    ranking: Vec<u32>,
    states: Vec<RankState>,
    /// How many ranks have been looked at.
    looked_at: usize,
}

impl Outcome {
    /// The outcome at the moment of the draw: of every prize the first ranks are pending wins. `rankings` are those of
    /// the policy's prizes, in order; without any, the draw is not drawn yet.
    #[must_use]
    pub fn new(policy: &Policy, rankings: &[Vec<u32>]) -> Self {
        let prizes = policy.prizes.iter().map(|prize| (prize.id.as_str(), prize.quantity));
        Self::of_prizes(prizes, policy.win_limit, rankings)
    }

    /// The same from prizes as public ids with quantities.
    #[must_use]
    pub fn of_prizes<'a>(
        prizes: impl IntoIterator<Item = (&'a str, u32)>,
        win_limit: u32,
        rankings: &[Vec<u32>],
    ) -> Self {
        let mut held: HashMap<u32, u32> = HashMap::new();
        let prizes: Vec<_> = prizes
            .into_iter()
            .zip(rankings)
            .map(|((id, quantity), ranking)| {
                let wins = usize::try_from(quantity).unwrap_or(usize::MAX).min(ranking.len());
                let mut states = vec![RankState::Pending; wins];
                states.resize(ranking.len(), RankState::Waiting);
                for index in ranking.iter().take(wins) {
                    *held.entry(*index).or_default() += 1;
                }
                PrizeOutcome {
                    id: id.to_owned(),
                    ranking: ranking.clone(),
                    states,
                    looked_at: wins,
                }
            })
            .collect();
        let places = prizes.iter().enumerate();
        Self {
            places: places.map(|(place, prize)| (prize.id.clone(), place)).collect(),
            prizes,
            win_limit,
            held,
            disqualified: HashSet::new(),
            due: VecDeque::new(),
            voided: false,
        }
    }

    /// How a rank stands; nothing where there is no such prize or rank. Ranks count from 1.
    #[must_use]
    pub fn state(&self, prize: &str, rank: u32) -> Option<RankState> {
        let prize = self.prizes.get(*self.places.get(prize)?)?;
        prize.states.get(position(rank)?).copied()
    }

    /// All ranks of a prize, the first rank first: who has it, and how it stands.
    pub fn ranks(&self, prize: &str) -> impl Iterator<Item = (u32, RankState)> + '_ {
        let prize = self.places.get(prize).and_then(|place| self.prizes.get(*place));
        prize
            .into_iter()
            .flat_map(|prize| prize.ranking.iter().copied().zip(prize.states.iter().copied()))
    }

    /// Whether the draw was voided.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.voided
    }

    /// Makes a pending win final.
    ///
    /// # Errors
    /// When the rank is no pending win, or the draw was voided.
    pub fn claim(&mut self, prize: &str, rank: u32) -> Result<(), Refused> {
        let (_, _, state) = self.find(prize, rank)?;
        match *state {
            RankState::Pending => {
                *state = RankState::Claimed;
                Ok(())
            }
            state => Err(Refused::NotPending { rank, state }),
        }
    }

    /// Ends a win, and does what must follow: the next ranks of the prize are passed over until one is promoted, or none
    /// is left and this piece of the prize stays unawarded.
    ///
    /// # Errors
    /// When the rank is no pending win (nor, for a disqualification, a claimed one), or the draw was voided.
    pub fn end(&mut self, prize: &str, rank: u32, ending: Ending) -> Result<Vec<Consequence>, Refused> {
        let (place, index, state) = self.find(prize, rank)?;
        *state = match (*state, ending) {
            (RankState::Pending, Ending::Declined) => RankState::Declined,
            (RankState::Pending, Ending::Expired) => RankState::Expired,
            (RankState::Pending | RankState::Claimed, Ending::Disqualified) => RankState::Disqualified,
            (state, _) => return Err(Refused::NotPending { rank, state }),
        };
        if let Some(held) = self.held.get_mut(&index) {
            *held = held.saturating_sub(1);
        }
        if ending == Ending::Disqualified {
            self.disqualified.insert(index);
        }
        Ok(self.promote_next(place))
    }

    /// Voids the draw: nothing can happen any more.
    ///
    /// # Errors
    /// When it was voided before.
    pub fn void(&mut self) -> Result<(), Refused> {
        if self.voided {
            return Err(Refused::Void);
        }
        self.voided = true;
        Ok(())
    }

    /// Does what an event of a transcript says. What must follow an ending has to stand there, event by event, before
    /// anything else.
    ///
    /// # Errors
    /// When the event cannot happen, or another one had to come first.
    pub fn apply(&mut self, event: &Event) -> Result<(), Refused> {
        match event {
            Event::Promoted { prize, rank, .. } => self.expect(prize, *rank, Kind::Promoted),
            Event::Skipped {
                prize, rank, reason, ..
            } => self.expect(prize, *rank, Kind::Skipped(*reason)),
            other => {
                self.finish()?;
                self.apply_act(other)
            }
        }
    }

    fn apply_act(&mut self, event: &Event) -> Result<(), Refused> {
        match event {
            Event::Claimed { prize, rank, .. } => self.claim(prize, *rank),
            Event::Declined { prize, rank, .. } => self.announce(prize, *rank, Ending::Declined),
            Event::Expired { prize, rank, .. } => self.announce(prize, *rank, Ending::Expired),
            Event::Disqualified { prize, rank, .. } => self.announce(prize, *rank, Ending::Disqualified),
            Event::Voided { .. } => self.void(),
            Event::Promoted { .. } | Event::Skipped { .. } => Err(Refused::NothingDue),
        }
    }

    /// Checks that a transcript has said everything that had to follow.
    ///
    /// # Errors
    /// What is missing.
    pub fn finish(&self) -> Result<(), Refused> {
        match self.due.front() {
            Some((place, due)) => Err(self.missing(*place, due)),
            None => Ok(()),
        }
    }

    fn announce(&mut self, prize: &str, rank: u32, ending: Ending) -> Result<(), Refused> {
        let consequences = self.end(prize, rank, ending)?;
        let place = self.places.get(prize).copied().unwrap_or_default();
        self.due.extend(consequences.into_iter().map(|due| (place, due)));
        Ok(())
    }

    fn expect(&mut self, prize: &str, rank: u32, kind: Kind) -> Result<(), Refused> {
        let (place, due) = self.due.front().ok_or(Refused::NothingDue)?;
        if self.places.get(prize) != Some(place) || (due.rank, due.kind) != (rank, kind) {
            return Err(self.missing(*place, due));
        }
        self.due.pop_front();
        Ok(())
    }

    fn missing(&self, place: usize, due: &Consequence) -> Refused {
        Refused::Due {
            prize: self.prizes.get(place).map(|prize| prize.id.clone()).unwrap_or_default(),
            rank: due.rank,
            kind: due.kind,
        }
    }

    fn promote_next(&mut self, place: usize) -> Vec<Consequence> {
        let mut consequences = Vec::new();
        let Some(prize) = self.prizes.get_mut(place) else {
            return consequences;
        };
        while let Some(index) = prize.ranking.get(prize.looked_at).copied() {
            let held = self.held.entry(index).or_default();
            let (state, kind) = if self.disqualified.contains(&index) {
                skipped(SkipReason::Disqualified)
            } else if *held >= self.win_limit {
                skipped(SkipReason::WinLimit)
            } else {
                *held += 1;
                (RankState::Pending, Kind::Promoted)
            };
            if let Some(slot) = prize.states.get_mut(prize.looked_at) {
                *slot = state;
            }
            prize.looked_at += 1;
            let rank = u32::try_from(prize.looked_at).unwrap_or(u32::MAX);
            consequences.push(Consequence { rank, index, kind });
            if kind == Kind::Promoted {
                break;
            }
        }
        consequences
    }

    fn find(&mut self, prize: &str, rank: u32) -> Result<(usize, u32, &mut RankState), Refused> {
        if self.voided {
            return Err(Refused::Void);
        }
        let no_prize = || Refused::NoPrize(prize.to_owned());
        let place = *self.places.get(prize).ok_or_else(no_prize)?;
        let prize = self.prizes.get_mut(place).ok_or_else(no_prize)?;
        let position = position(rank).ok_or(Refused::NoRank(rank))?;
        let index = prize.ranking.get(position).ok_or(Refused::NoRank(rank))?;
        let state = prize.states.get_mut(position).ok_or(Refused::NoRank(rank))?;
        Ok((place, *index, state))
    }
}

fn position(rank: u32) -> Option<usize> {
    usize::try_from(rank.checked_sub(1)?).ok()
}

fn skipped(reason: SkipReason) -> (RankState, Kind) {
    (RankState::Skipped(reason), Kind::Skipped(reason))
}

impl core::fmt::Display for RankState {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(match self {
            Self::Pending => "it is pending",
            Self::Claimed => "it was claimed",
            Self::Declined => "it was declined",
            Self::Expired => "it expired",
            Self::Disqualified => "it was taken away",
            Self::Skipped(_) => "it was skipped",
            Self::Waiting => "its turn has not come",
        })
    }
}

impl core::fmt::Display for Kind {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Promoted => formatter.write_str("promoted"),
            Self::Skipped(reason) => write!(formatter, "skipped ({reason})"),
        }
    }
}
