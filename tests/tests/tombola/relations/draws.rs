//! Draws of a crowd's rooms: one that stands, and the void one that it replaced.

use api::room::{Event, ParticipantFacts, WinnerFacts};
use entity::{
    DrawId, PrincipalKind,
    draw::{
        draw::{self, DrawLevel, DrawStatus},
        draw_exclusion, draw_prize,
        draw_step::{self, DrawStepKind},
    },
    room::{participant, prize, room, winner},
};
use sea_orm::DatabaseConnection;
use serde_json::json;

use super::rows::{Rows, insert};

/// Prizes that each draw draws.
const PRIZES: usize = 2;

/// Every row of every draw, in the order of their ids.
#[derive(Default)]
pub(crate) struct Draws {
    pub(crate) draws: Vec<draw::Model>,
    pub(crate) prizes: Vec<draw_prize::Model>,
    pub(crate) steps: Vec<draw_step::Model>,
    pub(crate) exclusions: Vec<draw_exclusion::Model>,
}

impl Draws {
    /// Both draws of a room: the one that stands, and the void one. The first has everything, so that the first parent
    /// of a list takes as many statements as all of them.
    pub(super) fn add(
        &mut self,
        rows: &Rows,
        room: &room::Model,
        prizes: &[prize::Model],
        people: &[participant::Model],
    ) -> [DrawId; 2] {
        let mut standing = drawn(rows, room, &prizes[..PRIZES]);
        let void = draw::Model {
            status: DrawStatus::Void,
            void_reason: Some("by mistake".to_owned()),
            voided_at: Some(room.created_at),
            ..drawn(rows, room, &prizes[..PRIZES])
        };
        standing.supersedes = Some(void.id);
        let ids = [standing.id, void.id];
        for (number, draw) in [standing, void].into_iter().enumerate() {
            self.prizes.extend(
                prizes[..PRIZES]
                    .iter()
                    .zip(0..)
                    .map(|(prize, position)| draw_prize::Model {
                        draw_id: draw.id,
                        prize_id: prize.id,
                        organization_id: room.organization_id,
                        room_id: room.id,
                        position,
                        quantity: 1,
                        alternates: 0,
                        live: draw.status != DrawStatus::Void,
                        created_at: room.created_at,
                        updated_at: room.created_at,
                    }),
            );
            self.exclusions
                .extend((0..3).map(|place| exclusion(rows, &draw, people, number * 3 + place)));
            self.steps
                .extend((0..5).map(|place| step(rows, &draw, prizes, people, place)));
            self.draws.push(draw);
        }
        ids
    }

    pub(super) async fn insert(&self, db: &DatabaseConnection) {
        insert::<draw::Entity>(db, &self.draws).await;
        insert::<draw_prize::Entity>(db, &self.prizes).await;
        insert::<draw_exclusion::Entity>(db, &self.exclusions).await;
        insert::<draw_step::Entity>(db, &self.steps).await;
    }
}

/// A draw that was run and presented.
fn drawn(rows: &Rows, room: &room::Model, prizes: &[prize::Model]) -> draw::Model {
    let now = rows.0.now();
    let id: DrawId = rows.0.new_id();
    let zeros = || vec![0; 32];
    let promised: Vec<_> = prizes
        .iter()
        .map(|prize| json!({ "id": prize.id.to_string(), "name": prize.name, "quantity": 1, "alternates": 0 }))
        .collect();
    let policy = json!({
        "version": "vdraw/1", "draw": id.to_string(), "room": room.id.to_string(),
        "supersedes": null, "prizes": promised,
        "weights": { "rule": "EQUAL", "cap": null }, "win_limit": 1,
        "eligibility": { "roles": ["PARTICIPANT"], "email_verified": false, "joined_before": null, "staff": false },
        "closes_at": null, "claim_window_seconds": null, "level": "L0", "drand": null, "review": false,
        "too_few_entrants": "LEAVE_UNAWARDED", "ties": "IMPOSSIBLE", "seed_commit": "00".repeat(32),
    });
    draw::Model {
        id,
        organization_id: room.organization_id,
        room_id: room.id,
        created_by_kind: room.created_by_kind,
        created_by_id: room.created_by_id,
        status: DrawStatus::Drawn,
        level: DrawLevel::Seed,
        policy: policy.to_string(),
        policy_hash: zeros(),
        seed_commit: zeros(),
        sealed_seed: zeros(),
        seed: Some(zeros()),
        key_id: "key".to_owned(),
        public_key: zeros(),
        signature: vec![0; 64],
        supersedes: None,
        freeze_requested_by_kind: None,
        freeze_requested_by_id: None,
        list_root: Some(zeros()),
        entrant_count: Some(1),
        total_weight: Some(1),
        frozen_at: Some(now),
        freeze_signature: Some(vec![0; 64]),
        entropy: Some(r#"{"level":"L0"}"#.to_owned()),
        drawn_at: Some(now),
        pace_seconds: None,
        announce_at: None,
        presented_at: Some(now),
        void_reason: None,
        voided_at: None,
        created_at: now,
        updated_at: now,
    }
}

fn exclusion(rows: &Rows, draw: &draw::Model, people: &[participant::Model], place: usize) -> draw_exclusion::Model {
    let by = people[people.len() / 2 + place % 3].user_id;
    draw_exclusion::Model {
        id: rows.0.new_id(),
        organization_id: draw.organization_id,
        room_id: draw.room_id,
        draw_id: draw.id,
        participant_id: people[place].id,
        excluded_by_kind: PrincipalKind::User,
        excluded_by_id: Some(by.expect("a user").0),
        reason: "by the rules".to_owned(),
        created_at: draw.created_at,
    }
}

/// Every other step is about a prize.
fn step(
    rows: &Rows,
    draw: &draw::Model,
    prizes: &[prize::Model],
    people: &[participant::Model],
    place: usize,
) -> draw_step::Model {
    let kinds = [
        DrawStepKind::Claimed,
        DrawStepKind::Committed,
        DrawStepKind::Declined,
        DrawStepKind::Drawn,
        DrawStepKind::Presented,
    ];
    let prize = (place.is_multiple_of(2) && place < 2 * PRIZES).then(|| prizes[place / 2].id);
    draw_step::Model {
        id: rows.0.new_id(),
        organization_id: draw.organization_id,
        room_id: draw.room_id,
        draw_id: draw.id,
        position: place as i64 + 1,
        kind: kinds[place],
        prize_id: prize,
        rank: prize.map(|_| 1),
        reason: None,
        actor_kind: PrincipalKind::User,
        actor_id: people[place].user_id.map(|user| user.0),
        participant_id: Some(people[place].id),
        role_before: None,
        tickets_before: None,
        role_after: None,
        tickets_after: None,
        created_at: draw.created_at,
    }
}

/// An event of each kind that draws have.
pub(super) fn events_of_draw(
    draw: DrawId,
    winner: &winner::Model,
    prizes: &[prize::Model],
    people: &[participant::Model],
) -> [Event; 3] {
    let read = |event| serde_json::from_value(event).unwrap();
    let prize = prizes.iter().find(|prize| prize.id == winner.prize_id).unwrap();
    let who = people.iter().find(|who| who.id == winner.participant_id).unwrap();
    let mut changed = serde_json::to_value(WinnerFacts::new(winner, prize, &ParticipantFacts::new(who, None))).unwrap();
    (changed["status"], changed["reason"]) = (json!("CLAIMED"), json!(null));
    let step = json!({ "drawId": draw.0, "position": 1, "step": "COMMITTED", "status": "COMMITTED",
        "prizeId": null, "rank": null, "reason": null });
    let progress = json!({ "draw_id": draw.0, "phase": "RANKING", "done": 1, "total": 2 });
    [
        read(json!({ "kind": "WINNER_STATUS_CHANGED", "payload": changed })),
        read(json!({ "kind": "DRAW_STEP_TAKEN", "payload": step })),
        read(json!({ "kind": "DRAW_PROGRESS", "payload": progress })),
    ]
}
