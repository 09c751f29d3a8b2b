//! What a draw is made of and what became of it: read once it is settled that the caller may.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{
    DrawId, PrizeId,
    draw::{
        draw_chunk, draw_entrant, draw_exclusion, draw_ranking,
        draw_step::{self, DrawStepKind},
    },
    room::winner::{self, WinnerStatus},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{error::Result, store::Scope};

/// The last step of a draw.
///
/// # Errors
/// When the database does not answer.
pub async fn last_step(scope: &impl Scope, draw: DrawId) -> Result<Option<draw_step::Model>> {
    let select = draw_step::Entity::find()
        .filter(draw_step::Column::DrawId.eq(draw))
        .order_by_desc(draw_step::Column::Position);
    Ok(select.one(scope).await?)
}

/// A draw's steps of some kinds, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn steps_of(
    scope: &impl Scope,
    draw: DrawId,
    kinds: impl IntoIterator<Item = DrawStepKind>,
) -> Result<Vec<draw_step::Model>> {
    let select = draw_step::Entity::find()
        .filter(draw_step::Column::DrawId.eq(draw))
        .filter(draw_step::Column::Kind.is_in(kinds))
        .order_by_asc(draw_step::Column::Position);
    Ok(select.all(scope).await?)
}

/// Who was kept out of a draw, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn exclusions_of(scope: &impl Scope, draw: DrawId) -> Result<Vec<draw_exclusion::Model>> {
    let select = draw_exclusion::Entity::find()
        .filter(draw_exclusion::Column::DrawId.eq(draw))
        .order_by_asc(draw_exclusion::Column::Id);
    Ok(select.all(scope).await?)
}

/// The rankings of a draw, by prize.
///
/// # Errors
/// When the database does not answer.
pub async fn rankings_of(scope: &impl Scope, draw: DrawId) -> Result<HashMap<PrizeId, Vec<u8>>> {
    let select = draw_ranking::Entity::find().filter(draw_ranking::Column::DrawId.eq(draw));
    let rows = select.all(scope).await?;
    Ok(rows.into_iter().map(|row| (row.prize_id, row.ranking)).collect())
}

/// A chunk of a published list.
///
/// # Errors
/// When the database does not answer.
pub async fn chunk(scope: &impl Scope, draw: DrawId, number: i32) -> Result<Option<draw_chunk::Model>> {
    Ok(draw_chunk::Entity::find_by_id((draw, number)).one(scope).await?)
}

/// Who is behind the entries of some chunks, in their order.
///
/// # Errors
/// When the database does not answer.
pub async fn entrants(scope: &impl Scope, draw: DrawId, chunks: &[i32]) -> Result<Vec<draw_entrant::Model>> {
    let select = draw_entrant::Entity::find()
        .filter(draw_entrant::Column::DrawId.eq(draw))
        .filter(draw_entrant::Column::Number.is_in(chunks.iter().copied()))
        .order_by_asc(draw_entrant::Column::Number);
    Ok(select.all(scope).await?)
}

/// The wins of a draw that are not announced yet, in the order of their announcement.
///
/// # Errors
/// When the database does not answer.
pub async fn hidden_winners(scope: &impl Scope, draw: DrawId, limit: u64) -> Result<Vec<winner::Model>> {
    let select = winner::Entity::find()
        .filter(winner::Column::DrawId.eq(draw))
        .filter(winner::Column::AnnouncedAt.is_null())
        .order_by_asc(winner::Column::Id)
        .limit(limit);
    Ok(select.all(scope).await?)
}

/// The pending wins of a draw that had to be claimed by a time.
///
/// # Errors
/// When the database does not answer.
pub async fn unclaimed_winners(
    scope: &impl Scope,
    draw: DrawId,
    by: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<winner::Model>> {
    let select = winner::Entity::find()
        .filter(winner::Column::DrawId.eq(draw))
        .filter(winner::Column::Status.eq(WinnerStatus::Pending))
        .filter(winner::Column::ClaimBy.lte(by))
        .order_by_asc(winner::Column::Id)
        .limit(limit);
    Ok(select.all(scope).await?)
}

/// The wins of a draw that stand, announced or not.
///
/// # Errors
/// When the database does not answer.
pub async fn standing_winners(scope: &impl Scope, draw: DrawId) -> Result<Vec<winner::Model>> {
    let select = winner::Entity::find()
        .filter(winner::Column::DrawId.eq(draw))
        .filter(winner::Column::Status.is_in([WinnerStatus::Pending, WinnerStatus::Claimed]));
    Ok(select.all(scope).await?)
}

/// A win of one of these prizes that stands.
///
/// # Errors
/// When the database does not answer.
pub async fn standing_winner_of(scope: &impl Scope, prizes: &[PrizeId]) -> Result<Option<winner::Model>> {
    let select = winner::Entity::find()
        .filter(winner::Column::PrizeId.is_in(prizes.iter().copied()))
        .filter(winner::Column::Status.is_in([WinnerStatus::Pending, WinnerStatus::Claimed]))
        .filter(winner::Column::DeletedAt.is_null());
    Ok(select.one(scope).await?)
}
