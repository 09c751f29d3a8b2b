//! Winners: announced outside a draw, and taken back.

use entity::{
    ParticipantId, PrizeId, WinnerId,
    room::{
        participant::ParticipantRole,
        prize,
        room::{self, RoomStatus},
        winner::{self, WinnerSource, WinnerStatus},
    },
};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{
    draw,
    participant::facts_user,
    quantity, require_status,
    win::{self, Quantity},
};
use crate::{
    error::{Error, Result},
    operation::Operation,
    policy::{self, Action},
    room::{
        event::{Event, ParticipantFacts, WinnerFacts},
        finder::{self, Lock},
    },
    store::{AuditRecord, Target, Writing, conflict_if_taken},
    validation,
};

/// Gives a prize to a participant who was picked outside a draw.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when nothing of it is left, they have it, or the room is not open.
pub async fn award_prize(operation: &Operation, prize: PrizeId, participant: ParticipantId) -> Result<winner::Model> {
    let tx = operation.write(Target::Prize(prize)).await?;
    let prize = finder::prize(&tx, prize).await?;
    let (room, mut prize) = managed(&tx, &prize).await?;
    require_status(&room, &[RoomStatus::Active], "prizes can be awarded")?;
    if prize.deleted_at.is_some() {
        return Err(Error::not_found("prize", "prizeId"));
    }
    draw::refuse_award(&tx, prize.id).await?;
    let participant = finder::participant(&tx, participant).await?;
    if participant.room_id != room.id {
        return Err(Error::validation(
            "participantId",
            "The participant is in another room than the prize.",
        ));
    }
    if participant.role == ParticipantRole::Viewer {
        return Err(Error::conflict_of(
            "participantId",
            "A VIEWER cannot win. Change their role first.",
        ));
    }
    prize.quantity_remaining = quantity::take(&tx, prize.id, 1).await?.ok_or_else(|| {
        Error::conflict_of(
            "prizeId",
            "Nothing of this prize is left. Raise its quantity, or revoke a winner.",
        )
    })?;
    let now = tx.now();
    let winner = winner::Model {
        id: tx.new_id(),
        organization_id: room.organization_id,
        room_id: room.id,
        prize_id: prize.id,
        participant_id: participant.id,
        draw_id: None,
        rank: None,
        source: WinnerSource::Award,
        status: WinnerStatus::Pending,
        announced_at: Some(now),
        claim_by: None,
        revoked_at: None,
        revoke_reason: None,
        metadata: json!({}),
        deleted_at: None,
        created_at: now,
        updated_at: now,
    };
    let insert = winner::Entity::insert(winner.clone().into_active_model())
        .exec_without_returning(&tx)
        .await;
    conflict_if_taken(insert, || {
        Error::conflict_of(
            "participantId",
            "This participant has won this prize already. Choose another.",
        )
    })?;
    let user = facts_user(&tx, &participant).await?;
    let facts = WinnerFacts::new(&winner, &prize, &ParticipantFacts::new(&participant, user.as_ref()));
    tx.announce(room.id, Event::WinnerAnnounced(facts).into_new()?);
    let after = json!({ "prizeId": prize.id.to_string(), "participantId": participant.id.to_string() });
    tx.audit(AuditRecord::new("PRIZE_AWARDED", winner.id).changed(json!(null), after));
    tx.commit(winner).await
}

/// Takes a win back and gives the prize its quantity back.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` for a win that is not live.
pub async fn revoke_winner(operation: &Operation, id: WinnerId, reason: &str) -> Result<winner::Model> {
    let reason = validation::text("reason", reason, validation::MAX_REASON)?;
    let tx = operation.write(Target::Winner(id)).await?;
    tx.finishes();
    let before = finder::winner(&tx, id).await?;
    let prize = prize::Entity::find_by_id(before.prize_id).one(&tx).await?;
    let prize = prize.ok_or_else(|| Error::not_found("winner", "winnerId"))?;
    let (room, _) = managed(&tx, &prize).await?;
    // Read again: now that the prize is held, nobody else moves its winners.
    let before = finder::winner(&tx, id).await?;
    require_status(
        &room,
        &[RoomStatus::Active, RoomStatus::Completed],
        "winners can be revoked",
    )?;

    if let Some(draw) = before.draw_id {
        let message =
            format!("{draw} drew this winner. Take the win away with disqualifyWinner: the next alternate gets it.");
        return Err(Error::conflict_of("winnerId", message));
    }

    let (revoked, because) = (WinnerStatus::Revoked, Some(reason.clone()));
    let winner = win::set_status(&tx, &before, revoked, because, Quantity::GivenBack).await?;
    tx.audit(AuditRecord::new("WINNER_REVOKED", id).because(json!({ "reason": reason })));
    tx.commit(winner).await
}

/// Holds the room against changes of its status, asks the policy, then holds the prize and reads it again.
async fn managed(tx: &Writing, prize: &prize::Model) -> Result<(room::Model, prize::Model)> {
    let room = finder::room_for_change(tx, prize.room_id, Lock::Shared).await?;
    policy::to_room(tx, &room).await?.allow(Action::ManageWinners)?;
    let prize = finder::prize_for_change(tx, prize.id).await?;
    Ok((room, prize))
}
