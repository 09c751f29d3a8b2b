//! Draws and what is theirs: one in each room with children, and a void one in the listed room.

use entity::{
    PrincipalKind,
    draw::{draw, draw_chunk, draw_entrant, draw_exclusion, draw_prize, draw_ranking, draw_step},
};
use sea_orm::ActiveValue::Set;

use super::tenants::{LISTED, Tenant, User, VOID, moment, organization_id, row_id, user_id};

/// Drawn and presented.
pub(crate) fn draw_row(tenant: Tenant, number: u32, room: u32) -> draw::ActiveModel {
    draw::ActiveModel {
        id: Set(row_id("draws", tenant, number).into()),
        organization_id: Set(organization_id(tenant).into()),
        room_id: Set(row_id("rooms", tenant, room).into()),
        created_by_kind: Set(PrincipalKind::User),
        created_by_id: Set(Some(user_id(User::Filler))),
        status: Set(draw::DrawStatus::Drawn),
        level: Set(draw::DrawLevel::Seed),
        policy: Set("{}".to_owned()),
        policy_hash: Set(vec![0; 32]),
        seed_commit: Set(vec![0; 32]),
        sealed_seed: Set(vec![0; 60]),
        seed: Set(Some(vec![0; 32])),
        key_id: Set("key".to_owned()),
        public_key: Set(vec![0; 32]),
        signature: Set(vec![0; 64]),
        list_root: Set(Some(vec![0; 32])),
        entrant_count: Set(Some(1)),
        total_weight: Set(Some(1)),
        frozen_at: Set(Some(moment())),
        freeze_signature: Set(Some(vec![0; 64])),
        entropy: Set(Some(r#"{"level":"L0"}"#.to_owned())),
        drawn_at: Set(Some(moment())),
        presented_at: Set(Some(moment())),
        created_at: Set(moment()),
        updated_at: Set(moment()),
        ..Default::default()
    }
}

pub(crate) fn void_draw_row(tenant: Tenant) -> draw::ActiveModel {
    draw::ActiveModel {
        status: Set(draw::DrawStatus::Void),
        void_reason: Set(Some("a mistake".to_owned())),
        voided_at: Set(Some(moment())),
        ..draw_row(tenant, VOID, LISTED)
    }
}

/// Of the one prize of a room.
pub(crate) fn draw_prize_row(tenant: Tenant, draw: u32, room: u32) -> draw_prize::ActiveModel {
    draw_prize::ActiveModel {
        draw_id: Set(row_id("draws", tenant, draw).into()),
        prize_id: Set(row_id("prizes", tenant, room).into()),
        organization_id: Set(organization_id(tenant).into()),
        room_id: Set(row_id("rooms", tenant, room).into()),
        position: Set(0),
        quantity: Set(1),
        alternates: Set(0),
        live: Set(true),
        created_at: Set(moment()),
        updated_at: Set(moment()),
    }
}

pub(crate) fn draw_ranking_row(tenant: Tenant, room: u32) -> draw_ranking::ActiveModel {
    draw_ranking::ActiveModel {
        draw_id: Set(row_id("draws", tenant, room).into()),
        prize_id: Set(row_id("prizes", tenant, room).into()),
        organization_id: Set(organization_id(tenant).into()),
        room_id: Set(row_id("rooms", tenant, room).into()),
        ranking: Set(vec![0; 4]),
        presented: Set(true),
        created_at: Set(moment()),
        updated_at: Set(moment()),
    }
}

pub(crate) fn draw_chunk_row(tenant: Tenant, room: u32, number: i32) -> draw_chunk::ActiveModel {
    draw_chunk::ActiveModel {
        draw_id: Set(row_id("draws", tenant, room).into()),
        number: Set(number),
        organization_id: Set(organization_id(tenant).into()),
        room_id: Set(row_id("rooms", tenant, room).into()),
        created_at: Set(moment()),
        entries: Set(vec![b'e'; 36]),
        root: Set(vec![b'r'; 32]),
    }
}

pub(crate) fn draw_entrant_row(tenant: Tenant, room: u32, number: i32) -> draw_entrant::ActiveModel {
    draw_entrant::ActiveModel {
        draw_id: Set(row_id("draws", tenant, room).into()),
        number: Set(number),
        organization_id: Set(organization_id(tenant).into()),
        room_id: Set(row_id("rooms", tenant, room).into()),
        created_at: Set(moment()),
        participants: Set(vec![b'p'; 16]),
    }
}

/// Of the first participant of a room.
pub(crate) fn draw_exclusion_row(tenant: Tenant, draw: u32, room: u32) -> draw_exclusion::ActiveModel {
    draw_exclusion::ActiveModel {
        id: Set(row_id("draw_exclusions", tenant, draw).into()),
        organization_id: Set(organization_id(tenant).into()),
        room_id: Set(row_id("rooms", tenant, room).into()),
        draw_id: Set(row_id("draws", tenant, draw).into()),
        participant_id: Set(row_id("participants", tenant, room).into()),
        excluded_by_kind: Set(PrincipalKind::User),
        excluded_by_id: Set(Some(user_id(User::Filler))),
        reason: Set("by the rules".to_owned()),
        created_at: Set(moment()),
    }
}

/// The first of a draw.
pub(crate) fn draw_step_row(tenant: Tenant, draw: u32, room: u32) -> draw_step::ActiveModel {
    draw_step::ActiveModel {
        id: Set(row_id("draw_steps", tenant, draw).into()),
        organization_id: Set(organization_id(tenant).into()),
        room_id: Set(row_id("rooms", tenant, room).into()),
        draw_id: Set(row_id("draws", tenant, draw).into()),
        position: Set(1),
        kind: Set(draw_step::DrawStepKind::Committed),
        actor_kind: Set(PrincipalKind::Server),
        created_at: Set(moment()),
        ..Default::default()
    }
}
