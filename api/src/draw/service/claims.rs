//! What becomes of a win: claimed, turned down, run out, or taken away.

use draw::Ending;
use entity::{
    WinnerId,
    draw::{
        draw::{self as row, DrawStatus},
        draw_step::DrawStepKind,
    },
    room::{
        room::RoomStatus,
        winner::{self, WinnerStatus},
    },
};
use serde_json::json;

use super::{
    endings::{Endings, rank_of},
    history::{Step, record, require_draw_status},
};
use crate::{
    draw::finder::{self, DrawnWin, OwnWin},
    error::{Error, Result},
    operation::{Change, Operation},
    policy::Action,
    room::{InRoom, Quantity, RoomAction, move_win, require_status},
    store::{Audit, AuditRecord, Writing},
    validation,
};

const ENDED_OR_NOT: [RoomStatus; 2] = [RoomStatus::Active, RoomStatus::Completed];

/// Wins that one change lets run out: a long list is worked off in steps.
const EXPIRED_AT_ONCE: u64 = 500;

/// Takes what the caller has won.
///
/// # Errors
/// `NOT_FOUND`; `FORBIDDEN` for somebody else's win; `CONFLICT` when it is not PENDING or the time to claim is over.
pub async fn claim_prize(operation: &Operation, id: WinnerId) -> Result<winner::Model> {
    let (tx, draw, before) = own(operation, id).await?;
    let winner = move_win(&tx, &before, WinnerStatus::Claimed, None, Quantity::Kept).await?;
    match draw {
        Some(draw) => {
            let step = Step::of(winner.prize_id, rank_of(&winner)?);
            record(&tx, &draw, DrawStepKind::Claimed, DrawStatus::Drawn, step).await?;
        }
        None => tx.audit(AuditRecord::new(RoomAction::PrizeClaimed, id)),
    }
    tx.commit(Audit::Parts, winner).await
}

/// Turns down what the caller has won; the next alternate of the draw gets it.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when it is not PENDING, or not everything is announced yet.
pub async fn decline_prize(operation: &Operation, id: WinnerId, reason: Option<&str>) -> Result<winner::Model> {
    let reason = validation::optional_text("reason", reason, validation::MAX_REASON)?;
    let (tx, draw, before) = own(operation, id).await?;
    let winner = match draw {
        Some(draw) => {
            require_presented(&draw)?;
            end(&tx, &draw, &before, Ending::Declined, reason).await?
        }
        None => {
            let declined = WinnerStatus::Declined;
            let winner = move_win(&tx, &before, declined, reason.clone(), Quantity::GivenBack).await?;
            tx.audit(AuditRecord::new(RoomAction::PrizeDeclined, id).because(json!({ "reason": reason })));
            winner
        }
    };
    tx.commit(Audit::Parts, winner).await
}

/// Takes a win of a draw away, with a reason for everybody to read; the next alternate gets it.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when it is of no draw, not live, or not everything is announced yet.
pub async fn disqualify_winner(operation: &Operation, id: WinnerId, reason: &str) -> Result<winner::Model> {
    let reason = validation::text("reason", reason, validation::MAX_REASON)?;
    let change = operation.change_beside_others(DrawnWin(id), Action::RunDraws).await?;
    let Change { tx, held, .. } = change;
    tx.finishes();
    let InRoom { room, row: win } = held;
    require_status(&room, &ENDED_OR_NOT, "winners can be disqualified")?;
    let Some(draw) = win.draw else {
        return Err(Error::conflict_of(
            "winnerId",
            "This prize was awarded by hand. Take it back with revokeWinner.",
        ));
    };
    require_presented(&draw)?;
    let before = win.winner;
    let winner = end(&tx, &draw, &before, Ending::Disqualified, Some(reason)).await?;
    tx.commit(Audit::Parts, winner).await
}

/// Lets the wins of a draw run out whose time to claim is over; answers whether there may be more.
pub(super) async fn expire(tx: &Writing, draw: &row::Model) -> Result<bool> {
    let over = finder::unclaimed_winners(tx, draw.id, tx.now(), EXPIRED_AT_ONCE).await?;
    if over.is_empty() {
        return Ok(false);
    }
    let mut endings = Endings::of(tx, draw).await?;
    for winner in &over {
        endings.end(winner, Ending::Expired, None).await?;
    }
    endings.write().await?;
    Ok(over.len() as u64 == EXPIRED_AT_ONCE)
}

async fn end(
    tx: &Writing,
    draw: &row::Model,
    before: &winner::Model,
    ending: Ending,
    reason: Option<String>,
) -> Result<winner::Model> {
    let mut endings = Endings::of(tx, draw).await?;
    let winner = endings.end(before, ending, reason).await?;
    endings.write().await?;
    Ok(winner)
}

/// The caller's own win, with its draw held. Rooms that they left count too.
async fn own(operation: &Operation, id: WinnerId) -> Result<(Writing, Option<row::Model>, winner::Model)> {
    let change = operation.change_beside_others(OwnWin(id), Action::ClaimPrize).await?;
    let Change { tx, held, .. } = change;
    tx.takes_part();
    let InRoom { room, row: win } = held.win;
    require_status(&room, &ENDED_OR_NOT, "prizes can be claimed or declined")?;
    Ok((tx, win.draw, win.winner))
}

/// Who takes a place could tell who has won what is still hidden.
fn require_presented(draw: &row::Model) -> Result<()> {
    require_draw_status(draw, &[DrawStatus::Drawn], "wins can be given up")?;
    if draw.presented_at.is_some() {
        return Ok(());
    }
    Err(Error::conflict_of(
        "winnerId",
        "The winners of this draw are still being announced. Try again after the last one.",
    ))
}
