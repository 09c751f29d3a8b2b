//! The freeze: the list is closed, signed and published.

use draw::{ListDigest, Policy, TooFewEntrants, freeze_message};
use entity::{
    DrawId, PrizeId,
    draw::{
        draw::{self as row, DrawStatus},
        draw_step::DrawStepKind,
    },
    room::room::{self, RoomStatus},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use super::{
    history::{History, Step, record, require_draw_status, time_of_next},
    list,
    plan::{ROUND_LEAD, milliseconds},
    stored::{hash_of, managed, policy_of, require_key},
};
use crate::{
    credentials::SigningKey,
    draw::finder,
    error::{Error, Result},
    operation::Operation,
    policy::Action,
    room::{prizes, require_status},
    store::{Audit, Scope, Writing},
};

/// Closes the list; when the policy wants a reviewer, asks for one.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when it is closed already, too early or too late, or a prize has changed.
pub async fn freeze_draw(operation: &Operation, id: DrawId) -> Result<row::Model> {
    let (tx, room, draw) = managed(operation, id, Action::RunDraws).await?;
    let policy = check(&tx, &room, &draw).await?;
    if policy.review {
        if draw.freeze_requested_by().is_some() {
            return Err(Error::conflict_of(
                "drawId",
                "The freeze waits for a REVIEWER of the organization already: approveDraw.",
            ));
        }
        let mut change = draw.into_active_model();
        change.set_freeze_requested_by(Some(tx.caller().identified()?));
        change.updated_at = Set(tx.now());
        let draw = change.update(&tx).await?;
        record(&tx, &draw, DrawStepKind::FreezeRequested, draw.status, Step::default()).await?;
        return tx.commit(Audit::Parts, draw).await;
    }
    freeze(operation, tx, room, draw, policy, None).await
}

/// Closes the list that someone else asked to close.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN` for who is no REVIEWER or asked for the freeze; `CONFLICT` when nobody asked, and as
/// [`freeze_draw`].
pub async fn approve_draw(operation: &Operation, id: DrawId) -> Result<row::Model> {
    let (tx, room, draw) = managed(operation, id, Action::ReviewDraws).await?;
    let policy = check(&tx, &room, &draw).await?;
    let Some(asked) = draw.freeze_requested_by() else {
        return Err(Error::conflict_of(
            "drawId",
            "No freeze waits for an approval. Whoever runs the room asks for it with freezeDraw.",
        ));
    };
    if asked == tx.caller().identified()? {
        return Err(Error::Forbidden(
            "You asked for this freeze; another REVIEWER must approve it.".into(),
        ));
    }
    freeze(operation, tx, room, draw, policy, Some(DrawStepKind::FreezeApproved)).await
}

/// What must hold before a list is closed.
async fn check(tx: &Writing, room: &room::Model, draw: &row::Model) -> Result<Policy> {
    require_draw_status(draw, &[DrawStatus::Committed], "its list can be frozen")?;
    require_status(room, &[RoomStatus::Active], "draws can be frozen")?;
    let policy = policy_of(draw)?;
    let now = milliseconds(tx.now());
    if let Some(closes) = policy.closes_at.filter(|closes| now < *closes) {
        return Err(Error::conflict_of(
            "drawId",
            format!("The list is open until {closes}; freeze it then."),
        ));
    }
    check_round(&policy, now)?;
    check_prizes(tx, draw, &policy).await?;
    Ok(policy)
}

fn check_round(policy: &Policy, now: draw::Time) -> Result<()> {
    let Some(round) = &policy.drand else {
        return Ok(());
    };
    let time = draw::Chain::pinned(&round.chain).and_then(|chain| chain.round_time(round.round));
    if time.is_some_and(|time| now.0 + ROUND_LEAD <= time.0) {
        return Ok(());
    }
    Err(Error::conflict_of(
        "drawId",
        format!(
            "Round {} of drand comes in less than 30 seconds, or has come: too late to freeze the list. \
             Void the draw and make another with a later round.",
            round.round
        ),
    ))
}

/// The prizes are still what the policy says, and enough of each is left.
async fn check_prizes(tx: &Writing, draw: &row::Model, policy: &Policy) -> Result<()> {
    let rows = prizes(tx, draw.room_id).await?;
    for prize in &policy.prizes {
        let row = rows.iter().find(|row| row.id.to_string() == prize.id);
        let Some(row) = row.filter(|row| row.name == prize.name) else {
            return Err(Error::conflict_of(
                "drawId",
                format!(
                    "The prize “{}” was renamed or deleted since the draw was made. Void the draw.",
                    prize.name
                ),
            ));
        };
        if i64::from(row.quantity_remaining) < i64::from(prize.quantity) {
            return Err(Error::conflict_of(
                "drawId",
                format!(
                    "{} of “{}” are left, and the draw gives away {}. Revoke a winner, or void the draw.",
                    row.quantity_remaining, prize.name, prize.quantity
                ),
            ));
        }
    }
    Ok(())
}

async fn freeze(
    operation: &Operation,
    tx: Writing,
    room: room::Model,
    draw: row::Model,
    policy: Policy,
    approval: Option<DrawStepKind>,
) -> Result<row::Model> {
    let list = list::gather(&tx, &policy, &room, draw.id).await?;
    check_list(&tx, &draw, &policy, &list.digest).await?;
    let frozen_at = time_of_next(&tx, &draw).await?;
    check_round(&policy, milliseconds(frozen_at))?;
    let signature = sign(&operation.services().key, &draw, &list.digest, frozen_at)?;
    let (digest, number) = (list.digest, |number: u64| {
        i64::try_from(number).map_err(Error::internal)
    });
    list.write(&tx, &draw).await?;
    let mut change = draw.into_active_model();
    change.status = Set(DrawStatus::Frozen);
    change.list_root = Set(Some(digest.root.to_vec()));
    change.entrant_count = Set(Some(number(digest.n)?));
    change.total_weight = Set(Some(number(digest.total_weight)?));
    change.frozen_at = Set(Some(frozen_at));
    change.freeze_signature = Set(Some(signature));
    change.updated_at = Set(frozen_at);
    let draw = change.update(&tx).await?;
    let mut history = History::of(&tx, &draw).await?;
    if let Some(kind) = approval {
        history.add(kind, DrawStatus::Committed, Step::default())?;
    }
    history.add(DrawStepKind::Frozen, DrawStatus::Frozen, Step::default())?;
    history.write().await?;
    tx.commit(Audit::Parts, draw).await
}

async fn check_list(tx: &Writing, draw: &row::Model, policy: &Policy, list: &ListDigest) -> Result<()> {
    let wanted: u64 = policy.prizes.iter().map(|prize| u64::from(prize.quantity)).sum();
    if policy.too_few_entrants == TooFewEntrants::Refuse && list.n < wanted {
        return Err(Error::conflict_of(
            "drawId",
            format!(
                "{} are on the list and {wanted} prizes are to be won; the policy refuses that. Wait for more, or void the draw.",
                list.n
            ),
        ));
    }
    let prizes = finder::draw_prizes(tx, draw.id).await?;
    let prizes: Vec<PrizeId> = prizes.iter().map(|prize| prize.prize_id).collect();
    refuse_awarded(tx, "drawId", &prizes).await
}

/// Nobody can hold one prize twice, and whoever runs the room has picked some people by hand.
///
/// # Errors
/// `CONFLICT` when one of the prizes is held so.
pub(super) async fn refuse_awarded(tx: &Writing, field: &'static str, prizes: &[PrizeId]) -> Result<()> {
    match finder::standing_winner_of(tx, prizes).await? {
        None => Ok(()),
        Some(winner) => Err(Error::conflict_of(
            field,
            format!(
                "{} has one of these prizes already, awarded by hand ({}). Revoke it, or draw another prize.",
                winner.participant_id, winner.id
            ),
        )),
    }
}

fn sign(key: &SigningKey, draw: &row::Model, list: &ListDigest, at: chrono::DateTime<chrono::Utc>) -> Result<Vec<u8>> {
    require_key(key, draw)?;
    key.sign(&freeze_message(&hash_of(&draw.policy_hash)?, list, milliseconds(at)))
}

/// The frozen list as it was signed; none before the freeze.
///
/// # Errors
/// `INTERNAL` when what is stored is no list.
pub(super) fn digest_of(draw: &row::Model) -> Result<Option<ListDigest>> {
    let (Some(root), Some(n), Some(weight)) = (&draw.list_root, draw.entrant_count, draw.total_weight) else {
        return Ok(None);
    };
    let number = |number: i64| u64::try_from(number).map_err(Error::internal);
    Ok(Some(ListDigest {
        n: number(n)?,
        total_weight: number(weight)?,
        root: hash_of(root)?,
    }))
}
