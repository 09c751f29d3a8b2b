//! A win's way from one status to the next, and what events say of it.

use entity::{
    identity::profile,
    room::{
        participant, prize,
        winner::{self, WinnerStatus},
    },
};
use sea_orm::{
    ActiveEnum,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

use super::quantity::give_back_to_prize;
use crate::{
    error::{Error, Result},
    room::{
        event::{Event, ParticipantFacts, Stored, WinnerFacts},
        finder,
    },
    store::{Writing, rows_by_id},
};

/// What becomes of the quantity that a win took.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// It stays taken: the win goes on, or an alternate has it.
    Kept,
    /// It can be won again, or stays unawarded.
    GivenBack,
}

/// Moves a win on: one conditional update, so that of many at once exactly one does.
///
/// # Errors
/// `CONFLICT` when it is not where it would have to be, or its time to be claimed is over.
pub async fn move_win(
    tx: &Writing,
    before: &winner::Model,
    status: WinnerStatus,
    reason: Option<String>,
    quantity: Quantity,
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
    if quantity == Quantity::GivenBack {
        // Before the event, which says how many are left.
        give_back_to_prize(tx, before.prize_id, 1).await?;
    }
    let winner = finder::winner_by_id(tx, before.id).await?;
    for winner_facts in winner_facts(tx, std::slice::from_ref(&winner)).await? {
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
    let now = finder::winner_by_id(tx, before.id).await?;
    Ok(match require_live_win(&now, wanted) {
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

/// Whether a win may come to a status from where it is.
///
/// # Errors
/// `CONFLICT`.
pub fn require_live_win(winner: &winner::Model, wanted: WinnerStatus) -> Result<()> {
    if allowed_before(wanted).contains(&winner.status) {
        return Ok(());
    }
    let (is, wanted) = (winner.status.to_value(), wanted.to_value());
    let message = format!("The win is {is}; it cannot become {wanted}.");
    Err(Error::conflict_of("winnerId", message))
}

/// What events say of wins.
///
/// # Errors
/// `INTERNAL` for a win without its prize or participant.
pub async fn winner_facts(tx: &Writing, winners: &[winner::Model]) -> Result<Vec<WinnerFacts>> {
    let places = winners.iter().map(|winner| winner.participant_id.0).collect();
    let places = rows_by_id::<participant::Entity>(tx, places).await?;
    let people = places
        .values()
        .filter_map(|place| place.user_id.map(|user| user.0))
        .collect();
    let people = rows_by_id::<profile::Entity>(tx, people).await?;
    let prizes = winners.iter().map(|winner| winner.prize_id.0).collect();
    let prizes = rows_by_id::<prize::Entity>(tx, prizes).await?;
    let fact = |winner: &winner::Model| {
        let (Some(place), Some(prize)) = (places.get(&winner.participant_id), prizes.get(&winner.prize_id)) else {
            return Err(Error::internal(anyhow::anyhow!(
                "{} lost its prize or participant",
                winner.id
            )));
        };
        let user = place.user_id.and_then(|user| people.get(&user));
        let name = user.map(|user| user.display_name.as_str());
        Ok(WinnerFacts::new(winner, prize, &ParticipantFacts::new(place, name)))
    };
    winners.iter().map(fact).collect()
}
