//! What happens to a draw's wins once they are drawn: as steps, and as the transcript tells it.

use draw::{Event, SkipReason};
use entity::{
    Principal, PrizeId,
    draw::{draw as row, draw_step, draw_step::DrawStepKind},
};

use super::plan::milliseconds;
use crate::{
    draw::finder,
    error::{Error, Result},
    store::Scope,
};

/// What happened to a draw's wins, in order.
pub(super) async fn afterwards(scope: &impl Scope, draw: &row::Model) -> Result<Vec<draw_step::Model>> {
    let kinds = [
        DrawStepKind::Claimed,
        DrawStepKind::Declined,
        DrawStepKind::Expired,
        DrawStepKind::Disqualified,
        DrawStepKind::Promoted,
        DrawStepKind::Skipped,
        DrawStepKind::Voided,
    ];
    finder::steps_of(scope, draw.id, kinds).await
}

/// A step as the transcript tells it; none for those that it does not tell.
pub(super) fn event(step: &draw_step::Model) -> Result<Option<Event>> {
    let at = milliseconds(step.created_at);
    let incomplete = || Error::internal(anyhow::anyhow!("{} says too little", step.id));
    let prize = || {
        step.prize_id
            .map(|prize: PrizeId| prize.to_string())
            .ok_or_else(incomplete)
    };
    let rank = || {
        step.rank
            .and_then(|rank| u32::try_from(rank).ok())
            .ok_or_else(incomplete)
    };
    let reason = || step.reason.clone().ok_or_else(incomplete);
    let actor = || {
        step.actor()
            .filter(|actor| *actor != Principal::Server)
            .map(|actor| actor.to_string())
            .ok_or_else(incomplete)
    };
    Ok(Some(match step.kind {
        DrawStepKind::Claimed => Event::Claimed {
            at,
            prize: prize()?,
            rank: rank()?,
        },
        DrawStepKind::Expired => Event::Expired {
            at,
            prize: prize()?,
            rank: rank()?,
        },
        DrawStepKind::Promoted => Event::Promoted {
            at,
            prize: prize()?,
            rank: rank()?,
        },
        DrawStepKind::Declined => Event::Declined {
            at,
            prize: prize()?,
            rank: rank()?,
            reason: step.reason.clone(),
        },
        DrawStepKind::Skipped => Event::Skipped {
            at,
            prize: prize()?,
            rank: rank()?,
            reason: match reason()?.as_str() {
                "WIN_LIMIT" => SkipReason::WinLimit,
                "DISQUALIFIED" => SkipReason::Disqualified,
                _ => return Err(incomplete()),
            },
        },
        DrawStepKind::Disqualified => Event::Disqualified {
            at,
            prize: prize()?,
            rank: rank()?,
            reason: reason()?,
            actor: actor()?,
        },
        DrawStepKind::Voided => Event::Voided {
            at,
            reason: reason()?,
            actor: actor()?,
        },
        _ => return Ok(None),
    }))
}
