//! Announcing what was drawn: all at once, or one by one. Until its moment a win is hidden, by the database itself too.

use chrono::Duration;
use entity::{
    DrawId,
    draw::{
        draw::{self as row, DrawStatus},
        draw_ranking,
        draw_step::DrawStepKind,
    },
    room::winner::{self, WinnerStatus},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{self, Set},
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
};

use super::{
    history::{Step, record},
    stored::{policy_of, seed_of},
    winners::{self, NewWinner},
};
use crate::{credentials::SigningKey, draw::finder, error::Result, store::Writing};

/// Writes the wins of a draw that has just been run, in the order of their announcement, and announces the first of them,
/// or all.
pub(super) async fn begin(
    tx: &Writing,
    key: &SigningKey,
    mut draw: row::ActiveModel,
    wins: Vec<NewWinner>,
) -> Result<row::Model> {
    let now = tx.now();
    let one_by_one = matches!(draw.pace_seconds, ActiveValue::Set(Some(_))) && wins.len() > 1;
    draw.updated_at = Set(now);
    draw.announce_at = Set(one_by_one.then_some(now));
    let draw = draw.update(tx).await?;
    record(tx, &draw, DrawStepKind::Drawn, DrawStatus::Drawn, Step::default()).await?;
    let announced_at = (!one_by_one).then_some(now);
    let winners = winners::insert(tx, &draw, wins, announced_at, None).await?;
    if one_by_one {
        return announce_next(tx, key, draw).await;
    }
    winners::announce(tx, &winners).await?;
    end(tx, key, draw).await
}

/// Announces the next win, and with the last one shows everything else. The draw must be held.
pub(super) async fn announce_next(tx: &Writing, key: &SigningKey, draw: row::Model) -> Result<row::Model> {
    let now = tx.now();
    let mut hidden = finder::hidden_winners(tx, draw.id, 2).await?.into_iter();
    if let Some(next) = hidden.next() {
        let mut change = next.into_active_model();
        change.announced_at = Set(Some(now));
        change.updated_at = Set(now);
        let winner = change.update(tx).await?;
        winners::announce(tx, &[winner]).await?;
    }
    if hidden.next().is_none() {
        return end(tx, key, draw).await;
    }
    // After a pause, a restart say, it goes on at its pace and does not hurry.
    let pace = Duration::seconds(draw.pace_seconds.unwrap_or(1).into());
    let due = draw.announce_at.map_or(now, |due| due + pace);
    let next = if due > now { due } else { now + pace };
    let mut change = draw.into_active_model();
    change.announce_at = Set(Some(next));
    change.updated_at = Set(now);
    Ok(change.update(tx).await?)
}

/// Reveals the seed and the whole rankings; from now on winners can claim, and their time runs.
async fn end(tx: &Writing, key: &SigningKey, draw: row::Model) -> Result<row::Model> {
    let now = tx.now();
    let seed = seed_of(key, &draw)?;
    let claims = winner::ActiveModel {
        claim_by: Set(winners::claim_by(&policy_of(&draw)?, now)),
        ..Default::default()
    };
    winner::Entity::update_many()
        .set(claims)
        .filter(winner::Column::DrawId.eq(draw.id))
        .filter(winner::Column::Status.eq(WinnerStatus::Pending))
        .exec(tx)
        .await?;
    show_rankings(tx, draw.id).await?;
    let mut change = draw.into_active_model();
    change.seed = Set(Some(seed.to_vec()));
    change.presented_at = Set(Some(now));
    change.announce_at = Set(None);
    change.updated_at = Set(now);
    let draw = change.update(tx).await?;
    record(tx, &draw, DrawStepKind::Presented, DrawStatus::Drawn, Step::default()).await?;
    Ok(draw)
}

/// Lets everybody see in which order everything came out.
pub(super) async fn show_rankings(tx: &Writing, draw: DrawId) -> Result<()> {
    let shown = draw_ranking::ActiveModel {
        presented: Set(true),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    draw_ranking::Entity::update_many()
        .set(shown)
        .filter(draw_ranking::Column::DrawId.eq(draw))
        .exec(tx)
        .await?;
    Ok(())
}
