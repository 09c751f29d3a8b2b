//! How far a long step of a draw is, for everybody who follows the room.

use entity::room::draw as row;

use crate::{
    error::Result,
    operation::Operation,
    room::{
        event::{DrawPhase, Event},
        finder,
    },
    store::Target,
};

/// Tells how far it is. A draw does not fail because nobody could be told.
pub(super) async fn tell_progress(operation: &Operation, draw: &row::Model, phase: DrawPhase, done: u64, total: u64) {
    if let Err(error) = tell(operation, draw, phase, done, total).await {
        tracing::warn!(draw = %draw.id, %error, "progress could not be told");
    }
}

async fn tell(operation: &Operation, draw: &row::Model, phase: DrawPhase, done: u64, total: u64) -> Result<()> {
    let tx = operation.write(Target::Draw(draw.id)).await?;
    tx.finishes();
    // As everybody else: whoever took the room's counter first would wait for its row, and be waited for.
    finder::room_held(&tx, draw.room_id).await?;
    let progress = Event::DrawProgress {
        draw_id: draw.id.0,
        phase,
        done,
        total,
    };
    tx.announce(draw.room_id, progress.into_new()?);
    tx.commit_unfinished().await
}
