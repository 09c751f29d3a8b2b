//! A draw's history: each step is a row, an event and an audit record, and none comes without the others.

use base16ct::lower::encode_string;
use chrono::{DateTime, Utc};
use entity::{
    DrawStepId, ParticipantId, PrizeId,
    draw::{
        draw::{self, DrawStatus},
        draw_step::{self, DrawStepKind},
    },
};
use sea_orm::{ActiveEnum, ActiveValue::Set};
use serde_json::json;

use crate::{
    draw::{audit::DrawAction, finder},
    error::Result,
    room::{DrawStepFacts, Event, RoleAndTickets, Stored},
    store::{AuditRecord, Scope, Writing, insert_all},
};

/// What happened, as it is about to be written.
#[derive(Default)]
pub(super) struct Step {
    /// Prize and rank that it was about.
    pub(super) of: Option<(PrizeId, i32)>,
    /// Why.
    pub(super) reason: Option<String>,
    /// Whom it was about, when it was not about a rank.
    pub(super) participant: Option<ParticipantId>,
    /// What counted of them before.
    pub(super) before: Option<RoleAndTickets>,
    /// What counts of them from then on.
    pub(super) after: Option<RoleAndTickets>,
}

impl Step {
    /// About one rank of a prize.
    pub(super) fn of(prize: PrizeId, rank: i32) -> Self {
        Self {
            of: Some((prize, rank)),
            ..Self::default()
        }
    }

    /// About a participant.
    pub(super) fn about(participant: ParticipantId) -> Self {
        Self {
            participant: Some(participant),
            ..Self::default()
        }
    }

    /// For a reason.
    pub(super) fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// Steps that a change adds. The draw must be held.
pub(super) struct History<'a> {
    tx: &'a Writing,
    draw: &'a draw::Model,
    next: i64,
    last_at: Option<DateTime<Utc>>,
    rows: Vec<draw_step::ActiveModel>,
}

impl<'a> History<'a> {
    /// Goes on behind the last step.
    pub(super) async fn of(tx: &'a Writing, draw: &'a draw::Model) -> Result<Self> {
        let last = finder::last_step(tx, draw.id).await?;
        Ok(Self {
            tx,
            draw,
            next: last.as_ref().map_or(1, |last| last.position + 1),
            last_at: last.map(|last| last.created_at),
            rows: Vec::new(),
        })
    }

    /// Adds a step, which leaves the draw in a status.
    pub(super) fn add(&mut self, kind: DrawStepKind, status: DrawStatus, step: Step) -> Result<()> {
        let (prize, rank) = step.of.unzip();
        let actor = self.tx.caller().identified()?;
        let at = not_before(self.tx, self.last_at);
        let evidence = evidence(kind, self.draw);
        let facts = DrawStepFacts {
            draw_id: self.draw.id.0,
            position: self.next,
            step: Stored(kind),
            status: Stored(status),
            prize_id: prize.map(|prize| prize.0),
            rank,
            reason: step.reason.clone(),
            evidence: evidence.clone(),
            participant_id: step.participant.map(|participant| participant.0),
            before: step.before,
            after: step.after,
        };
        self.tx
            .announce(self.draw.room_id, Event::DrawStepTaken(facts).into_new()?);
        let detail = json!({
            "step": self.next,
            "prizeId": prize.map(|prize| prize.to_string()),
            "rank": rank,
            "reason": step.reason,
            "evidence": evidence,
            "participantId": step.participant.map(|participant| participant.to_string()),
            "before": step.before,
            "after": step.after,
        });
        self.tx
            .audit(AuditRecord::new(DrawAction::from(kind), self.draw.id).because(detail));
        self.rows.push(draw_step::ActiveModel {
            id: Set(self.tx.new_id::<DrawStepId>()),
            organization_id: Set(self.draw.organization_id),
            room_id: Set(self.draw.room_id),
            draw_id: Set(self.draw.id),
            position: Set(self.next),
            kind: Set(kind),
            prize_id: Set(prize),
            rank: Set(rank),
            reason: Set(step.reason),
            actor_kind: Set(actor.kind()),
            actor_id: Set(actor.id()),
            participant_id: Set(step.participant),
            role_before: Set(step.before.map(|before| before.role.0)),
            tickets_before: Set(step.before.map(|before| before.tickets)),
            role_after: Set(step.after.map(|after| after.role.0)),
            tickets_after: Set(step.after.map(|after| after.tickets)),
            created_at: Set(at),
        });
        self.next += 1;
        self.last_at = Some(at);
        Ok(())
    }

    /// Writes the rows; events and audit records follow with the commit.
    pub(super) async fn write(self) -> Result<()> {
        Ok(insert_all(self.tx, self.rows).await?)
    }
}

/// The time of a draw's next step. Clocks of several servers differ, and are set back; in a transcript, times do not go
/// back. The draw must be held.
pub(super) async fn time_of_next(tx: &Writing, draw: &draw::Model) -> Result<DateTime<Utc>> {
    let last = finder::last_step(tx, draw.id).await?;
    Ok(not_before(tx, last.map(|last| last.created_at)))
}

fn not_before(tx: &Writing, last: Option<DateTime<Utc>>) -> DateTime<Utc> {
    last.map_or(tx.now(), |last| last.max(tx.now()))
}

/// Adds one step.
pub(super) async fn record(
    tx: &Writing,
    draw: &draw::Model,
    kind: DrawStepKind,
    status: DrawStatus,
    step: Step,
) -> Result<()> {
    let mut history = History::of(tx, draw).await?;
    history.add(kind, status, step)?;
    history.write().await
}

/// What a step fixed for ever. In the log it stands beyond the draw's own row: who changed the row would be found out.
fn evidence(kind: DrawStepKind, draw: &draw::Model) -> Option<String> {
    match kind {
        DrawStepKind::Committed => Some(encode_string(&draw.policy_hash)),
        DrawStepKind::Frozen => draw.list_root.as_deref().map(encode_string),
        DrawStepKind::EntropyProvided => draw.entropy.clone(),
        DrawStepKind::Presented | DrawStepKind::Voided => draw.seed.as_deref().map(encode_string),
        _ => None,
    }
}

/// A draw must be in one of some statuses.
pub(super) fn require_draw_status(draw: &draw::Model, allowed: &[DrawStatus], what: &str) -> Result<()> {
    if allowed.contains(&draw.status) {
        return Ok(());
    }
    let allowed: Vec<_> = allowed.iter().map(ActiveEnum::to_value).collect();
    let (now, needed) = (draw.status.to_value(), allowed.join(" or "));
    Err(crate::error::Error::conflict_of(
        "drawId",
        format!("The draw is {now}; {what} while it is {needed}."),
    ))
}
