//! How far a long step of a draw is, for everybody who follows the room.

use entity::draw::draw as row;

use crate::{
    error::Result,
    operation::{Change, Operation},
    policy::Action,
    room::{DrawPhase, Event},
    store::Unaudited,
};

/// Tells how far it is. A draw does not fail because nobody could be told.
pub(super) async fn tell_progress(operation: &Operation, draw: &row::Model, phase: DrawPhase, done: u64, total: u64) {
    if let Err(error) = tell(operation, draw, phase, done, total).await {
        tracing::warn!(draw = %draw.id, %error, "progress could not be told");
    }
}

async fn tell(operation: &Operation, draw: &row::Model, phase: DrawPhase, done: u64, total: u64) -> Result<()> {
    let Change { tx, .. } = operation.change_beside_others(draw.id, Action::RunDraws).await?;
    tx.finishes();
    let progress = Event::DrawProgress {
        draw_id: draw.id.0,
        phase,
        done,
        total,
    };
    tx.announce(draw.room_id, progress.into_new()?);
    tx.commit_unfinished(Unaudited::GoesOn).await
}
