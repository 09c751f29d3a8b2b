//! Calling a draw off, in sight of everybody.

use std::collections::BTreeMap;

use entity::{
    DrawId, PrizeId,
    draw::{
        draw::{self as row, DrawStatus},
        draw_prize,
        draw_step::DrawStepKind,
    },
    room::winner::{self, WinnerStatus},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{
    history::{Step, record},
    present::show_rankings,
    stored::{managed, seed_of},
};
use crate::{
    draw::finder,
    error::{Error, Result},
    operation::Operation,
    policy::Action,
    room::{Event, give_back_to_prize, winner_facts},
    store::{Audit, Writing},
    validation,
};

/// Calls a draw off: its wins are taken back, and its seed is shown, so that everybody can compute what was thrown away.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when it is void already.
pub async fn void_draw(operation: &Operation, id: DrawId, reason: &str) -> Result<row::Model> {
    let reason = validation::text("reason", reason, validation::MAX_REASON)?;
    let (tx, _, draw) = managed(operation, id, Action::RunDraws).await?;
    if draw.status == DrawStatus::Void {
        return Err(Error::conflict_of(
            "drawId",
            "The draw is VOID; it cannot become VOID again. See its voidReason.",
        ));
    }
    revoke_all(&tx, &draw, &reason).await?;
    show_rankings(&tx, id).await?;
    let freed = draw_prize::ActiveModel {
        live: Set(false),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    draw_prize::Entity::update_many()
        .set(freed)
        .filter(draw_prize::Column::DrawId.eq(id))
        .exec(&tx)
        .await?;
    // Under a key that is lost the seed stays hidden for ever; the room must go on, and the transcript shows the lack.
    let seed = match &draw.seed {
        Some(seed) => Some(seed.clone()),
        None => seed_of(&operation.services().key, &draw)
            .inspect_err(|error| tracing::error!(draw = %id, %error, "a draw was voided, but its seed cannot be shown"))
            .map(|seed| seed.to_vec())
            .ok(),
    };
    let mut change = draw.into_active_model();
    change.status = Set(DrawStatus::Void);
    change.seed = Set(seed);
    change.announce_at = Set(None);
    change.void_reason = Set(Some(reason.clone()));
    change.voided_at = Set(Some(tx.now()));
    change.updated_at = Set(tx.now());
    let draw = change.update(&tx).await?;
    let step = Step::default().because(reason);
    record(&tx, &draw, DrawStepKind::Voided, DrawStatus::Void, step).await?;
    tx.commit(Audit::Parts, draw).await
}

/// Those that were not announced yet are taken back without a word.
async fn revoke_all(tx: &Writing, draw: &row::Model, reason: &str) -> Result<()> {
    let winners = finder::standing_winners(tx, draw.id).await?;
    let revoked = winner::ActiveModel {
        status: Set(WinnerStatus::Revoked),
        revoked_at: Set(Some(tx.now())),
        revoke_reason: Set(Some(reason.to_owned())),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    winner::Entity::update_many()
        .set(revoked)
        .filter(winner::Column::DrawId.eq(draw.id))
        .filter(winner::Column::Status.is_in([WinnerStatus::Pending, WinnerStatus::Claimed]))
        .exec(tx)
        .await?;
    let mut freed: BTreeMap<PrizeId, i32> = BTreeMap::new();
    for winner in &winners {
        *freed.entry(winner.prize_id).or_default() += 1;
    }
    for (prize, count) in freed {
        give_back_to_prize(tx, prize, count).await?;
    }
    let announced: Vec<_> = winners
        .into_iter()
        .filter(|winner| winner.announced_at.is_some())
        .collect();
    for winner in winner_facts(tx, &announced).await? {
        let event = Event::WinnerRevoked {
            winner,
            reason: reason.to_owned(),
        };
        tx.announce(draw.room_id, event.into_new()?);
    }
    Ok(())
}
