//! How wins of a draw end, and who takes their place. There is no other way to a win, and no second draw.

use draw::{Ending, Kind};
use entity::{
    PrizeId,
    room::{
        draw::{self as row, DrawStatus},
        draw_step::DrawStepKind,
        prize,
        winner::{self, WinnerStatus},
    },
};
use sea_orm::{
    ActiveEnum,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query},
};

use super::{
    history::{History, Step},
    list,
    winners::{self, NewWinner, Standing, standing},
};
use crate::{
    error::{Error, Result},
    room::event::{Event, Stored},
    store::Writing,
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
        require_live(winner, status)?;
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
        let winner = set_status(self.tx, winner, status, reason.clone()).await?;
        self.history.add(
            kind,
            DrawStatus::Drawn,
            Step {
                of: Some((prize, rank)),
                reason,
            },
        )?;
        let mut promoted = false;
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
                    promoted = true;
                }
            }
        }
        if !promoted {
            give_back(self.tx, prize, 1).await?;
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

/// Moves a win on: one conditional update, so that of many at once exactly one does.
pub(super) async fn set_status(
    tx: &Writing,
    before: &winner::Model,
    status: WinnerStatus,
    reason: Option<String>,
) -> Result<winner::Model> {
    let from = allowed_before(status);
    let mut change = winner::ActiveModel {
        status: Set(status),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    if status == WinnerStatus::Revoked {
        change.revoked_at = Set(Some(tx.now()));
        change.revoke_reason = Set(reason.clone());
    }
    let mut update = winner::Entity::update_many()
        .set(change)
        .filter(winner::Column::Id.eq(before.id))
        .filter(winner::Column::Status.is_in(from.iter().copied()));
    if status == WinnerStatus::Claimed {
        let in_time = Expr::col(winner::Column::ClaimBy).gt(tx.now());
        update = update.filter(winner::Column::ClaimBy.is_null().or(in_time));
    }
    if update.exec(tx).await?.rows_affected != 1 {
        return Err(stands_otherwise(tx, before, status).await?);
    }
    let winner = winner::Entity::find_by_id(before.id).one(tx).await?;
    let winner = winner.ok_or_else(|| Error::not_found("winner", "winnerId"))?;
    for winner_facts in winners::facts(tx, std::slice::from_ref(&winner)).await? {
        let event = match status {
            WinnerStatus::Revoked => Event::WinnerRevoked {
                winner: winner_facts,
                reason: reason.clone().unwrap_or_default(),
            },
            _ => Event::WinnerStatusChanged {
                winner: winner_facts,
                status: Stored(status),
                reason: reason.clone(),
            },
        };
        tx.announce(winner.room_id, event.into_new()?);
    }
    Ok(winner)
}

async fn stands_otherwise(tx: &Writing, before: &winner::Model, wanted: WinnerStatus) -> Result<Error> {
    let now = winner::Entity::find_by_id(before.id).one(tx).await?;
    let now = now.ok_or_else(|| Error::not_found("winner", "winnerId"))?;
    Ok(match require_live(&now, wanted) {
        Err(error) => error,
        Ok(()) => Error::conflict_of("winnerId", "The time to claim this win is over."),
    })
}

/// Where a win may come from.
fn allowed_before(status: WinnerStatus) -> &'static [WinnerStatus] {
    match status {
        WinnerStatus::Revoked => &[WinnerStatus::Pending, WinnerStatus::Claimed],
        _ => &[WinnerStatus::Pending],
    }
}

fn require_live(winner: &winner::Model, wanted: WinnerStatus) -> Result<()> {
    if allowed_before(wanted).contains(&winner.status) {
        return Ok(());
    }
    let (is, wanted) = (winner.status.to_value(), wanted.to_value());
    let message = format!("The win is {is}; it cannot become {wanted}.");
    Err(Error::conflict_of("winnerId", message))
}

/// So many of a prize stay unawarded.
pub(super) async fn give_back(tx: &Writing, prize: PrizeId, count: i32) -> Result<()> {
    let left = Expr::col(prize::Column::QuantityRemaining);
    let update = Query::update()
        .table(prize::Entity)
        .value(prize::Column::QuantityRemaining, left.clone().add(count))
        .value(prize::Column::UpdatedAt, tx.now())
        .and_where(prize::Column::Id.eq(prize))
        .and_where(left.add(count).lte(Expr::col(prize::Column::Quantity)))
        .take();
    if tx.execute(&update).await?.rows_affected() == 1 {
        return Ok(());
    }
    Err(Error::internal(anyhow::anyhow!(
        "{count} wins of {prize} ended, but fewer were given away"
    )))
}
