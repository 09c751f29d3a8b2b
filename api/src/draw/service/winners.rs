//! The winners of a draw as rows and announcements.

use chrono::{DateTime, Utc};
use draw::{Outcome, Policy};
use entity::{
    ParticipantId, PrizeId, WinnerId,
    draw::{draw as row, draw_prize},
    room::winner::{self, WinnerSource, WinnerStatus},
};
use sea_orm::IntoActiveModel;
use serde_json::json;

use super::{
    afterwards::{afterwards, event},
    stored::policy_of,
};
use crate::{
    draw::finder,
    error::{Error, Result},
    room::{Event, winner_facts},
    store::{Scope, Writing, insert_all},
};

/// A win of a draw that is about to be written.
pub(super) struct NewWinner {
    /// What is won.
    pub(super) prize: PrizeId,
    /// From 1.
    pub(super) rank: u32,
    /// By whom.
    pub(super) participant: ParticipantId,
}

/// Writes wins; those that are announced can be claimed until `claim_by`.
pub(super) async fn insert(
    tx: &Writing,
    draw: &row::Model,
    wins: Vec<NewWinner>,
    announced_at: Option<DateTime<Utc>>,
    claim_by: Option<DateTime<Utc>>,
) -> Result<Vec<winner::Model>> {
    let now = tx.now();
    let mut rows = Vec::with_capacity(wins.len());
    for win in wins {
        rows.push(winner::Model {
            id: tx.new_id::<WinnerId>(),
            organization_id: draw.organization_id,
            room_id: draw.room_id,
            prize_id: win.prize,
            participant_id: win.participant,
            draw_id: Some(draw.id),
            rank: Some(i32::try_from(win.rank).map_err(Error::internal)?),
            source: WinnerSource::Draw,
            status: WinnerStatus::Pending,
            announced_at,
            claim_by,
            revoked_at: None,
            revoke_reason: None,
            metadata: json!({}),
            deleted_at: None,
            created_at: now,
            updated_at: now,
        });
    }
    let models = rows.iter().cloned().map(IntoActiveModel::into_active_model).collect();
    insert_all(tx, models).await?;
    Ok(rows)
}

/// Announces wins in this order.
pub(super) async fn announce(tx: &Writing, winners: &[winner::Model]) -> Result<()> {
    for facts in winner_facts(tx, winners).await? {
        tx.announce(winners[0].room_id, Event::WinnerAnnounced(facts).into_new()?);
    }
    Ok(())
}

/// When a win that is announced at a time can no longer be claimed.
pub(super) fn claim_by(policy: &Policy, announced: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let seconds = policy
        .claim_window_seconds
        .and_then(|seconds| i64::try_from(seconds).ok())?;
    announced.checked_add_signed(chrono::Duration::try_seconds(seconds)?)
}

/// The rankings of a draw, in the order of its policy; empty before it is run.
///
/// # Errors
/// `INTERNAL` when what is stored is no ranking.
pub(super) async fn rankings(scope: &impl Scope, prizes: &[draw_prize::Model]) -> Result<Vec<Vec<u32>>> {
    let Some(first) = prizes.first() else {
        return Ok(Vec::new());
    };
    let mut rows = finder::rankings_of(scope, first.draw_id).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ranking = |prize: &draw_prize::Model| {
        let bytes = rows.remove(&prize.prize_id);
        let bytes = bytes.ok_or_else(|| Error::internal(anyhow::anyhow!("a prize has no ranking")))?;
        let (indexes, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(Error::internal(anyhow::anyhow!("a ranking is cut off")));
        }
        Ok(indexes.iter().map(|index| u32::from_be_bytes(*index)).collect())
    };
    prizes.iter().map(ranking).collect()
}

/// Everything that a change of a win looks at.
pub(super) struct Standing {
    /// The promise.
    pub(super) policy: Policy,
    /// How every rank stands now: the same rules by which a transcript is checked.
    pub(super) outcome: Outcome,
}

/// How a draw's ranks stand, from its rankings and everything that happened since.
pub(super) async fn standing(tx: &Writing, draw: &row::Model) -> Result<Standing> {
    let policy = policy_of(draw)?;
    let prizes = finder::draw_prizes(tx, draw.id).await?;
    let rankings = rankings(tx, &prizes).await?;
    let mut outcome = Outcome::new(&policy, &rankings);
    for step in afterwards(tx, draw).await? {
        if let Some(event) = event(&step)? {
            outcome.apply(&event).map_err(Error::internal)?;
        }
    }
    Ok(Standing { policy, outcome })
}
