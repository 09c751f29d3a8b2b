//! The draw itself: ranks are computed from what everybody can check, and written once.

use draw::{Hash, Policy, Progress, draw_key, prize_orders};
use entity::{
    DrawId,
    draw::{
        draw::{self as row, DrawStatus},
        draw_prize, draw_ranking,
    },
    room::room::RoomStatus,
};
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use tokio::sync::mpsc;

use super::{
    entropy::entropy_of,
    freeze::digest_of,
    history::require_draw_status,
    list, present,
    progress::tell_progress,
    stored::{hash_of, managed, policy_of, seed_of},
    winners::NewWinner,
};
use crate::{
    draw::finder,
    error::{Error, Result},
    operation::Operation,
    policy::Action,
    room::{DrawPhase, require_status, take_of_prize},
    store::{Audit, Unaudited, Writing, insert_all},
    validation,
};

/// From this many entrants on, a draw tells how far it is.
const LONG: usize = 100_000;

/// Seconds that a presentation may take: its winners times its pace.
const LONGEST_PRESENTATION: i64 = 86_400;

/// Computes the ranks and writes the winners. Whoever runs it again, or at the same time, gets the same answer. With a
/// pace, winners are announced one by one, so many seconds apart.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` before the freeze, without entropy, or when it is void.
pub async fn run_draw(operation: &Operation, id: DrawId, pace: Option<i32>) -> Result<row::Model> {
    let pace = pace
        .map(|pace| validation::integer("paceSeconds", pace, 1, 600))
        .transpose()?;
    let (tx, _, draw) = managed(operation, id, Action::RunDraws).await?;
    if draw.status == DrawStatus::Drawn {
        // Nothing to change; but a key is used up.
        return tx.commit(Unaudited::NothingChanged, draw).await;
    }
    require_draw_status(&draw, &[DrawStatus::Frozen], "it can be run")?;
    let policy = policy_of(&draw)?;
    let key = key_of(operation, &draw, &policy)?;
    let weights = list::weights(&tx, &draw).await?;
    // What follows changes nothing and may take long: nothing is held. Whatever it computes is the same for everybody.
    drop(tx);
    let rankings = rank(operation, &draw, &policy, weights, key).await?;

    let (tx, room, draw) = managed(operation, id, Action::RunDraws).await?;
    if draw.status == DrawStatus::Drawn {
        return tx.commit(Unaudited::NothingChanged, draw).await;
    }
    require_draw_status(&draw, &[DrawStatus::Frozen], "it can be run")?;
    require_status(&room, &[RoomStatus::Active], "draws can be run")?;
    let prizes = finder::draw_prizes(&tx, draw.id).await?;
    write_rankings(&tx, &prizes, &rankings).await?;
    let wins = take(&tx, &prizes, &rankings).await?;
    check_pace(pace, wins.len())?;
    let entropy = serde_json::to_string(&entropy_of(&draw)?)?;
    let mut change = draw.into_active_model();
    change.status = Set(DrawStatus::Drawn);
    change.entropy = Set(Some(entropy));
    change.drawn_at = Set(Some(tx.now()));
    change.pace_seconds = Set(pace);
    let draw = present::begin(&tx, &operation.services().key, change, wins).await?;
    tx.commit(Audit::Parts, draw).await
}

/// The seed comes with the last announcement: nobody shall wait for it for ever.
fn check_pace(pace: Option<i32>, wins: usize) -> Result<()> {
    let seconds = i64::from(pace.unwrap_or(0)) * i64::try_from(wins).map_err(Error::internal)?;
    if seconds <= LONGEST_PRESENTATION {
        return Ok(());
    }
    Err(Error::validation(
        "paceSeconds",
        format!(
            "{wins} winners at this pace would take {} hours; a presentation may take 24. Choose a faster pace.",
            (seconds + 3599) / 3600
        ),
    ))
}

fn key_of(operation: &Operation, draw: &row::Model, policy: &Policy) -> Result<Hash> {
    let entropy = entropy_of(draw)?.check(policy).map_err(Error::internal)?;
    let list = digest_of(draw)?.ok_or_else(|| Error::internal(anyhow::anyhow!("a frozen draw has no list")))?;
    let seed = seed_of(&operation.services().key, draw)?;
    Ok(draw_key(&seed, &hash_of(&draw.policy_hash)?, &list, &entropy))
}

/// Ranks on a thread that serves nobody, and says how far it is when the list is long.
async fn rank(
    operation: &Operation,
    draw: &row::Model,
    policy: &Policy,
    weights: Vec<u32>,
    key: Hash,
) -> Result<Vec<Vec<u32>>> {
    let (told, mut heard) = mpsc::channel::<Progress>(1);
    let (long, policy) = (weights.len() > LONG, policy.clone());
    let ranking = tokio::task::spawn_blocking(move || {
        // Nobody waits for a listener that is behind.
        let mut tell = |progress| told.try_send(progress).unwrap_or_default();
        draw::rank(&prize_orders(&policy), &weights, policy.win_limit, &key, &mut tell)
    });
    while let Some(progress) = heard.recv().await {
        if long {
            let Progress { ranked, of_at_most } = progress;
            tell_progress(operation, draw, DrawPhase::Ranking, ranked, of_at_most).await;
        }
    }
    ranking.await.map_err(Error::internal)
}

async fn write_rankings(tx: &Writing, prizes: &[draw_prize::Model], rankings: &[Vec<u32>]) -> Result<()> {
    let row = |(prize, ranking): (&draw_prize::Model, &Vec<u32>)| draw_ranking::ActiveModel {
        draw_id: Set(prize.draw_id),
        prize_id: Set(prize.prize_id),
        organization_id: Set(prize.organization_id),
        room_id: Set(prize.room_id),
        ranking: Set(ranking.iter().flat_map(|index| index.to_be_bytes()).collect()),
        presented: Set(false),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    Ok(insert_all(tx, prizes.iter().zip(rankings).map(row).collect()).await?)
}

/// Takes what is won off the prizes; answers the wins in the order of their announcement: the last prize first, and of
/// each the first rank last.
async fn take(tx: &Writing, prizes: &[draw_prize::Model], rankings: &[Vec<u32>]) -> Result<Vec<NewWinner>> {
    let mut wins = Vec::new();
    for (prize, ranking) in prizes.iter().zip(rankings).rev() {
        let quantity = usize::try_from(prize.quantity).map_err(Error::internal)?;
        let indexes = &ranking[..quantity.min(ranking.len())];
        take_quantity(tx, prize, indexes.len()).await?;
        let participants = list::participants(tx, prize.draw_id, indexes).await?;
        let ranked = (1..).zip(participants).map(|(rank, participant)| NewWinner {
            prize: prize.prize_id,
            rank,
            participant,
        });
        let mut ranked: Vec<_> = ranked.collect();
        ranked.reverse();
        wins.extend(ranked);
    }
    Ok(wins)
}

async fn take_quantity(tx: &Writing, prize: &draw_prize::Model, count: usize) -> Result<()> {
    let count = i32::try_from(count).map_err(Error::internal)?;
    if count == 0 || take_of_prize(tx, prize.prize_id, count).await?.is_some() {
        return Ok(());
    }
    Err(Error::internal(anyhow::anyhow!(
        "{} has fewer than the {count} that its frozen draw gives away",
        prize.prize_id
    )))
}
