//! Winners: announced outside a draw, and taken back.

use entity::{
    ParticipantId, PrizeId, WinnerId,
    room::{
        participant::ParticipantRole,
        room::RoomStatus,
        winner::{self, WinnerSource, WinnerStatus},
    },
};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{
    participant::participant_facts,
    quantity::take_of_prize,
    require_status,
    win::{Quantity, move_win},
};
use crate::{
    error::{Error, Result},
    operation::{Change, Operation},
    policy::Action,
    room::{
        audit::RoomAction,
        event::{Event, WinnerFacts},
        finder::{self, InRoom},
        rules::rules,
    },
    store::{AuditRecord, conflict_if_taken},
    validation,
};

/// Gives a prize to a participant who was picked outside a draw.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when nothing of it is left, they have it, or the room is not open.
pub async fn award_prize(operation: &Operation, prize: PrizeId, participant: ParticipantId) -> Result<winner::Model> {
    let Change { tx, held, .. } = operation.change_beside_others(prize, Action::ManageWinners).await?;
    let InRoom { room, row: mut prize } = held;
    require_status(&room, &[RoomStatus::Active], "prizes can be awarded")?;
    rules(operation)?.may_award_prize(&tx, prize.id).await?;
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
    prize.quantity_remaining = take_of_prize(&tx, prize.id, 1).await?.ok_or_else(|| {
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
    let facts = WinnerFacts::new(&winner, &prize, &participant_facts(&tx, &participant).await?);
    tx.announce(room.id, Event::WinnerAnnounced(facts).into_new()?);
    let after = json!({ "prizeId": prize.id.to_string(), "participantId": participant.id.to_string() });
    let audit = AuditRecord::new(RoomAction::PrizeAwarded, winner.id).changed(json!(null), after);
    tx.commit(audit, winner).await
}

/// Takes a win back and gives the prize its quantity back.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` for a win that is not live.
pub async fn revoke_winner(operation: &Operation, id: WinnerId, reason: &str) -> Result<winner::Model> {
    let reason = validation::text("reason", reason, validation::MAX_REASON)?;
    let Change { tx, held, .. } = operation.change_beside_others(id, Action::ManageWinners).await?;
    let InRoom { room, row: before } = held;
    tx.finishes();
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
    let winner = move_win(&tx, &before, revoked, because, Quantity::GivenBack).await?;
    let audit = AuditRecord::new(RoomAction::WinnerRevoked, id).because(json!({ "reason": reason }));
    tx.commit(audit, winner).await
}
