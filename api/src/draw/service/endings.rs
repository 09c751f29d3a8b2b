//! How wins of a draw end, and who takes their place. There is no other way to a win, and no second draw.

use super::{
    history::{History, Step},
    list,
    winners::{self, NewWinner, Standing, standing},
};
use crate::{
    error::{Error, Result},
    room::{Quantity, move_win, require_live_win},
    store::Writing,
};
use draw::{Ending, Kind};
use entity::{
    PrizeId,
    draw::{
        draw::{self as row, DrawStatus},
        draw_step::DrawStepKind,
    },
    room::winner::{self, WinnerStatus},
};

/// Ends wins of one draw. The draw must be held.
pub(super) struct Endings<'a> {
    tx: &'a Writing,
    draw: &'a row::Model,
    standing: Standing,
    history: History<'a>,
}

impl<'a> Endings<'a> {
    /// Looks how everything stands.
    pub(super) async fn of(tx: &'a Writing, draw: &'a row::Model) -> Result<Self> {
        Ok(Self {
            tx,
            draw,
            standing: standing(tx, draw).await?,
            history: History::of(tx, draw).await?,
        })
    }

    /// Ends a win and promotes the next alternate who may win.
    pub(super) async fn end(
        &mut self,
        winner: &winner::Model,
        ending: Ending,
        reason: Option<String>,
    ) -> Result<winner::Model> {
        let (status, kind) = match ending {
            Ending::Declined => (WinnerStatus::Declined, DrawStepKind::Declined),
            Ending::Expired => (WinnerStatus::Expired, DrawStepKind::Expired),
            Ending::Disqualified => (WinnerStatus::Revoked, DrawStepKind::Disqualified),
        };
        require_live_win(winner, status)?;
        let rank = rank_of(winner)?;
        let prize = winner.prize_id;
        let outcome = &mut self.standing.outcome;
        let consequences = outcome
            .end(
                &prize.to_string(),
                u32::try_from(rank).map_err(Error::internal)?,
                ending,
            )
            .map_err(|refused| {
                Error::conflict_of("winnerId", format!("This cannot be: {refused}. Read the draw again."))
            })?;
        let is_promoted = consequences.iter().any(|step| matches!(step.kind, Kind::Promoted));
        let quantity = match is_promoted {
            true => Quantity::Kept,
            false => Quantity::GivenBack,
        };
        let winner = move_win(self.tx, winner, status, reason.clone(), quantity).await?;
        self.history.add(
            kind,
            DrawStatus::Drawn,
            Step {
                reason,
                ..Step::of(prize, rank)
            },
        )?;
        for consequence in consequences {
            let rank = i32::try_from(consequence.rank).map_err(Error::internal)?;
            let step = Step::of(prize, rank);
            match consequence.kind {
                Kind::Skipped(ground) => {
                    let step = step.because(ground.word());
                    self.history.add(DrawStepKind::Skipped, DrawStatus::Drawn, step)?;
                }
                Kind::Promoted => {
                    self.history.add(DrawStepKind::Promoted, DrawStatus::Drawn, step)?;
                    self.promote(prize, consequence.rank, consequence.index).await?;
                }
            }
        }
        Ok(winner)
    }

    async fn promote(&self, prize: PrizeId, rank: u32, index: u32) -> Result<()> {
        let participants = list::participants(self.tx, self.draw.id, &[index]).await?;
        let now = self.tx.now();
        let claim_by = winners::claim_by(&self.standing.policy, now);
        let wins = participants.into_iter().map(|participant| NewWinner {
            prize,
            rank,
            participant,
        });
        let winners = winners::insert(self.tx, self.draw, wins.collect(), Some(now), claim_by).await?;
        winners::announce(self.tx, &winners).await
    }

    /// Writes what happened.
    pub(super) async fn write(self) -> Result<()> {
        self.history.write().await
    }
}

/// A win's rank in its draw.
pub(super) fn rank_of(winner: &winner::Model) -> Result<i32> {
    winner
        .rank
        .ok_or_else(|| Error::internal(anyhow::anyhow!("{} is of a draw and has no rank", winner.id)))
}
