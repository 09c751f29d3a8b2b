//! Work whose time has come: winners to announce, claims that ran out. Every process looks; the draw's row lets one act.

use std::{sync::Arc, time::Duration};

use entity::DrawId;
use tokio_util::sync::CancellationToken;

use super::{claims, present};
use crate::{
    background::Background,
    caller::{Caller, Origin},
    draw::finder,
    error::Result,
    operation::Services,
    room::room_held,
    store::{Located, Unaudited},
};

/// Looks after draws.
pub fn begin_work(background: &Background, services: &Arc<Services>) {
    let every = Duration::from_millis(services.config.draws.tick_milliseconds);
    let services = services.clone();
    background.every("draws", every, move |shutdown| {
        let services = services.clone();
        async move { work_off(&services, &shutdown).await }
    });
}

async fn work_off(services: &Services, shutdown: &CancellationToken) -> Result<()> {
    for draw in finder::due_draws(&services.store, services.clock.now()).await? {
        if shutdown.is_cancelled() {
            return Ok(());
        }
        // One draw that fails must not keep the others waiting.
        if let Err(error) = advance(services, draw).await {
            tracing::warn!(%draw, %error, "a draw could not be taken further; trying again");
        }
    }
    Ok(())
}

/// Takes one draw further, in one change, if it is due still.
async fn advance(services: &Services, id: DrawId) -> Result<()> {
    let mut more = true;
    while more {
        let tx = services
            .store
            .write(&Caller::Server, &Origin::default(), id.target())
            .await?;
        let seen = finder::draw_by_id(&tx, id).await?;
        // In the order in which everybody else holds them.
        room_held(&tx, seen.room_id).await?;
        let draw = finder::draw_for_change(&tx, id).await?;
        more = match draw.announce_at {
            Some(due) if due <= tx.now() => {
                present::announce_next(&tx, &services.key, draw).await?;
                false
            }
            Some(_) => false,
            None => claims::expire(&tx, &draw).await?,
        };
        tx.commit_unfinished(Unaudited::GoesOn).await?;
    }
    Ok(())
}
