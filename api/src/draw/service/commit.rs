//! The commitment: policy and seed, before anybody knows who is on the list.

use draw::{commit_message, seed_commitment};
use entity::{
    DrawId, PrizeId, RoomId,
    draw::{
        draw::{self as row, DrawLevel, DrawStatus},
        draw_prize,
        draw_step::DrawStepKind,
    },
    room::{prize, room},
};
use sea_orm::{ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{
    freeze::refuse_awarded,
    history::{Step, record},
    plan::DrawPlan,
    stored::SEED,
};
use crate::{
    clock::random_bytes,
    draw::finder,
    error::{Error, Result},
    operation::{Change, Operation},
    policy::Action,
    room::{OPEN, prizes, require_status},
    store::{Audit, Writing, conflict_if_taken, insert_all},
    validation::MAX_DRAWS,
};

/// Commits to a draw.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when the room is over, too little of a prize is left, one of them is
/// in another draw, or a void draw is not named; `LIMITED` when the room has as many draws as it may.
pub async fn create_draw(operation: &Operation, room: RoomId, plan: DrawPlan) -> Result<row::Model> {
    let creator = operation.caller().identified()?;
    let plan = plan.check(operation.services().clock.now())?;
    let Change { tx, held: room, .. } = operation.change(room, Action::RunDraws).await?;
    require_status(&room, &OPEN, "draws can be made")?;
    refuse_beyond_limit(&tx, room.id).await?;
    let prizes = prizes(&tx, room.id).await?;
    check_prizes(&tx, &room, &plan, &prizes).await?;

    let (id, now): (DrawId, _) = (tx.new_id(), tx.now());
    let seed: [u8; 32] = random_bytes()?;
    let seed_commit = seed_commitment(&id.to_string(), &seed);
    let policy = plan.policy(id, &room, &prizes, seed_commit)?;
    let policy_hash = policy.hash();
    let key = &operation.services().key;
    let draw = row::Model {
        id,
        organization_id: room.organization_id,
        room_id: room.id,
        created_by_kind: creator.kind(),
        created_by_id: creator.id(),
        status: DrawStatus::Committed,
        level: match plan.level() {
            draw::Level::L0 => DrawLevel::Seed,
            draw::Level::L1 => DrawLevel::Dice,
            draw::Level::L2 => DrawLevel::Drand,
        },
        policy: policy.canonical(),
        policy_hash: policy_hash.to_vec(),
        seed_commit: seed_commit.to_vec(),
        sealed_seed: key.seal(SEED, id.0.as_bytes(), &seed)?,
        seed: None,
        key_id: key.id(),
        public_key: key.public().to_vec(),
        signature: key.sign(&commit_message(&policy_hash))?,
        supersedes: plan.supersedes,
        freeze_requested_by_kind: None,
        freeze_requested_by_id: None,
        list_root: None,
        entrant_count: None,
        total_weight: None,
        frozen_at: None,
        freeze_signature: None,
        entropy: None,
        drawn_at: None,
        pace_seconds: None,
        announce_at: None,
        presented_at: None,
        void_reason: None,
        voided_at: None,
        created_at: now,
        updated_at: now,
    };
    row::Entity::insert(draw.clone().into_active_model())
        .exec_without_returning(&tx)
        .await?;
    insert_prizes(&tx, &draw, &plan, &prizes).await?;
    record(
        &tx,
        &draw,
        DrawStepKind::Committed,
        DrawStatus::Committed,
        Step::default(),
    )
    .await?;
    tx.commit(Audit::Parts, draw).await
}

/// Who comes too late for draws is told of all of them at once. The room must be held.
async fn refuse_beyond_limit(tx: &Writing, room: RoomId) -> Result<()> {
    if finder::count_of_standing_draws(tx, room).await? < MAX_DRAWS as u64 {
        return Ok(());
    }
    Err(Error::Limited(
        format!(
            "A room can have {MAX_DRAWS} draws that are not void. Draw several prizes in one, or make another room."
        )
        .into(),
    ))
}

async fn check_prizes(tx: &Writing, room: &room::Model, plan: &DrawPlan, prizes: &[prize::Model]) -> Result<()> {
    for planned in &plan.prizes {
        let row = planned.row(prizes)?;
        if planned.quantity(row) > row.quantity_remaining || row.quantity_remaining == 0 {
            return Err(Error::conflict_of(
                "quantity",
                format!(
                    "{} of “{}” are left, fewer than the draw would give away. Lower the quantity, or raise that of the prize.",
                    row.quantity_remaining, row.name
                ),
            ));
        }
    }
    let ids: Vec<PrizeId> = plan.prizes.iter().map(|planned| planned.prize).collect();
    if let Some(other) = finder::live_draws_of(tx, &ids).await?.first() {
        return Err(in_another_draw(other.id));
    }
    check_superseded(tx, room, plan, &ids).await?;
    refuse_awarded(tx, "prizes", &ids).await
}

/// A draw that was called off stays in sight: whatever takes its place names it.
async fn check_superseded(tx: &Writing, room: &room::Model, plan: &DrawPlan, prizes: &[PrizeId]) -> Result<()> {
    if let Some(named) = plan.supersedes
        && finder::superseded_draw(tx, named).await?.room_id != room.id
    {
        return Err(Error::validation(
            "supersedes",
            "The draw that this one would replace is in another room.",
        ));
    }
    let void = finder::void_draws_of(tx, prizes).await?;
    match (void.as_slice(), plan.supersedes) {
        ([], None) => Ok(()),
        ([only], Some(named)) if only.id == named => Ok(()),
        ([], Some(named)) => Err(Error::validation(
            "supersedes",
            format!("{named} is no void draw of these prizes; leave supersedes out."),
        )),
        ([only], _) => Err(Error::conflict_of(
            "supersedes",
            format!(
                "{} drew one of these prizes and was voided. Name it in supersedes.",
                only.id
            ),
        )),
        (several, _) => {
            let ids: Vec<_> = several.iter().map(|draw| draw.id.to_string()).collect();
            Err(Error::conflict_of(
                "prizes",
                format!(
                    "These prizes were in several draws that were voided ({}). Make a draw for each.",
                    ids.join(", ")
                ),
            ))
        }
    }
}

fn in_another_draw(draw: DrawId) -> Error {
    Error::conflict_of(
        "prizes",
        format!("One of these prizes is in {draw}. A prize is drawn once; make another prize, or void that draw."),
    )
}

async fn insert_prizes(tx: &Writing, draw: &row::Model, plan: &DrawPlan, prizes: &[prize::Model]) -> Result<()> {
    let mut rows = Vec::with_capacity(plan.prizes.len());
    for (position, planned) in (0..).zip(&plan.prizes) {
        rows.push(draw_prize::ActiveModel {
            draw_id: Set(draw.id),
            prize_id: Set(planned.prize),
            organization_id: Set(draw.organization_id),
            room_id: Set(draw.room_id),
            position: Set(position),
            quantity: Set(planned.quantity(planned.row(prizes)?)),
            alternates: Set(planned.alternates),
            live: Set(true),
            created_at: Set(tx.now()),
            updated_at: Set(tx.now()),
        });
    }
    conflict_if_taken(insert_all(tx, rows).await, || {
        Error::conflict_of("prizes", "One of these prizes has just been put into another draw.")
    })
}
