//! Keeping someone out of a draw, for everybody to see.

use entity::{
    DrawId, ParticipantId,
    draw::{
        draw::{self, DrawStatus},
        draw_exclusion,
        draw_step::DrawStepKind,
    },
    room::participant,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{
    history::{Step, record, require_draw_status, time_of_next},
    stored::managed,
};
use crate::{
    error::{Error, Result},
    operation::Operation,
    policy::Action,
    store::{Audit, Scope, conflict_if_taken, seen_row},
    validation,
};

/// Keeps a participant out of a draw whose list is still open.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when the list is closed or they are excluded already.
pub async fn exclude_from_draw(
    operation: &Operation,
    draw: DrawId,
    participant: ParticipantId,
    reason: &str,
) -> Result<(draw::Model, draw_exclusion::Model)> {
    let reason = validation::text("reason", reason, validation::MAX_REASON)?;
    let (tx, room, mut draw) = managed(operation, draw, Action::RunDraws).await?;
    require_draw_status(&draw, &[DrawStatus::Committed], "participants can be excluded")?;
    let participant = seen_row::<participant::Entity>(&tx, participant).await?;
    if participant.room_id != room.id {
        return Err(Error::validation(
            "participantId",
            "The participant is in another room than the draw.",
        ));
    }
    let organizer = tx.caller().identified()?;
    let exclusion = draw_exclusion::Model {
        id: tx.new_id(),
        organization_id: draw.organization_id,
        room_id: draw.room_id,
        draw_id: draw.id,
        participant_id: participant.id,
        excluded_by_kind: organizer.kind(),
        excluded_by_id: organizer.id(),
        reason: reason.clone(),
        created_at: time_of_next(&tx, &draw).await?,
    };
    let insert = draw_exclusion::Entity::insert(exclusion.clone().into_active_model())
        .exec_without_returning(&tx)
        .await;
    conflict_if_taken(insert, || {
        Error::conflict_of("participantId", "This participant is excluded from the draw already.")
    })?;
    // A freeze that was asked for before was asked for with this participant on the list.
    let mut change = draw.clone().into_active_model();
    change.set_freeze_requested_by(None);
    change.updated_at = Set(tx.now());
    draw = change.update(&tx).await?;
    let step = Step::about(participant.id).because(reason);
    record(&tx, &draw, DrawStepKind::Excluded, DrawStatus::Committed, step).await?;
    tx.commit(Audit::Parts, (draw, exclusion)).await
}
