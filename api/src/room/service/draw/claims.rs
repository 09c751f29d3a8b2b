//! What becomes of a win: claimed, turned down, run out, or taken away.

use draw::Ending;
use entity::{
    WinnerId,
    room::{
        draw::{self as row, DrawStatus},
        draw_step::DrawStepKind,
        room::RoomStatus,
        winner::{self, WinnerStatus},
    },
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

use super::{
    endings::{Endings, rank_of},
    history::{Step, record, require_draw_status},
};
use crate::{
    error::{Error, Result},
    operation::Operation,
    policy::{self, Action, Relation},
    room::{
        finder::{self, Lock},
        service::{
            require_status,
            win::{self, Quantity},
        },
    },
    store::{AuditRecord, Target, Writing},
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
    let winner = win::set_status(&tx, &before, WinnerStatus::Claimed, None, Quantity::Kept).await?;
    match draw {
        Some(draw) => {
            let step = Step::of(winner.prize_id, rank_of(&winner)?);
            record(&tx, &draw, DrawStepKind::Claimed, DrawStatus::Drawn, step).await?;
        }
        None => tx.audit(AuditRecord::new("PRIZE_CLAIMED", id)),
    }
    tx.commit(winner).await
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
            let winner = win::set_status(&tx, &before, declined, reason.clone(), Quantity::GivenBack).await?;
            tx.audit(AuditRecord::new("PRIZE_DECLINED", id).because(json!({ "reason": reason })));
            winner
        }
    };
    tx.commit(winner).await
}

/// Takes a win of a draw away, with a reason for everybody to read; the next alternate gets it.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when it is of no draw, not live, or not everything is announced yet.
pub async fn disqualify_winner(operation: &Operation, id: WinnerId, reason: &str) -> Result<winner::Model> {
    let reason = validation::text("reason", reason, validation::MAX_REASON)?;
    let tx = operation.write(Target::Winner(id)).await?;
    tx.finishes();
    let seen = finder::winner(&tx, id).await?;
    let room = finder::room_for_change(&tx, seen.room_id, Lock::Shared).await?;
    policy::to_room(&tx, &room).await?.allow(Action::RunDraws)?;
    require_status(&room, &ENDED_OR_NOT, "winners can be disqualified")?;
    let Some(draw) = seen.draw_id else {
        return Err(Error::conflict_of(
            "winnerId",
            "This prize was awarded by hand. Take it back with revokeWinner.",
        ));
    };
    let draw = finder::draw_for_change(&tx, draw).await?;
    require_presented(&draw)?;
    let before = finder::winner(&tx, id).await?;
    let winner = end(&tx, &draw, &before, Ending::Disqualified, Some(reason)).await?;
    tx.commit(winner).await
}

/// Lets the wins of a draw run out whose time to claim is over; answers whether there may be more.
pub(super) async fn expire(tx: &Writing, draw: &row::Model) -> Result<bool> {
    let over = winner::Entity::find()
        .filter(winner::Column::DrawId.eq(draw.id))
        .filter(winner::Column::Status.eq(WinnerStatus::Pending))
        .filter(winner::Column::ClaimBy.lte(tx.now()))
        .order_by_asc(winner::Column::Id)
        .limit(EXPIRED_AT_ONCE)
        .all(tx)
        .await?;
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
    let me = operation.signed_in()?.user;
    let tx = operation.write(Target::Winner(id)).await?;
    tx.takes_part();
    let own = finder::winner_of(&tx, id, me).await?;
    let (seen, relation) = match own {
        Some(own) => (own, Some(Relation::Oneself)),
        None => (finder::winner(&tx, id).await?, None),
    };
    let room = finder::room_held(&tx, seen.room_id).await?;
    if room.deleted_at.is_some() {
        return Err(Error::not_found("winner", "winnerId"));
    }
    policy::Relations::of(operation.caller())
        .and(relation)
        .allow(Action::ClaimPrize)?;
    require_status(&room, &ENDED_OR_NOT, "prizes can be claimed or declined")?;
    let draw = match seen.draw_id {
        Some(draw) => Some(finder::draw_for_change(&tx, draw).await?),
        None => {
            finder::prize_held(&tx, seen.prize_id).await?;
            None
        }
    };
    // Read again: now that the draw or the prize is held, nobody else moves its winners.
    let own = finder::winner_of(&tx, id, me).await?;
    Ok((tx, draw, own.ok_or_else(|| Error::not_found("winner", "winnerId"))?))
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
