//! The two tenants, their rooms by number, who asks, and the ids of their rows.

use chrono::{DateTime, Utc};
use sea_orm::prelude::Json;
use uuid::Uuid;

/// A draft, seen by its organization and whoever is in it.
pub(crate) const DRAFT: u32 = 1;
/// Open to all: the only listed room.
pub(crate) const LISTED: u32 = 2;
/// Active, not public.
pub(crate) const PRIVATE: u32 = 3;
/// Was listed before it was deleted.
pub(crate) const DELETED: u32 = 4;
/// A draft without children: room for new ones.
pub(crate) const EMPTY: u32 = 5;

pub(crate) const ROOMS: [u32; 5] = [DRAFT, LISTED, PRIVATE, DELETED, EMPTY];
pub(crate) const ROOMS_WITH_CHILDREN: [u32; 4] = [DRAFT, LISTED, PRIVATE, DELETED];

/// Numbers the participants that are not the one of each room.
pub(crate) const GUEST: u32 = 10;
pub(crate) const GONE: u32 = 11;
pub(crate) const REMOVED: u32 = 12;

/// Numbers a second draw of the listed room: void, without children, room for new ones.
pub(crate) const VOID: u32 = 13;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Tenant {
    A,
    B,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum User {
    /// Member of A.
    Ann = 1,
    /// Member of B.
    Bob,
    /// In A's draft room, member of nothing.
    Guest,
    /// Left A's draft room.
    Gone,
    /// Was taken out of A's draft room.
    Removed,
    /// In every other room; never asks.
    Filler,
    /// Nowhere yet.
    New,
}

/// The same id in every run: kind, tenant, number.
fn id<I: From<Uuid>>(kind: u16, tenant: Tenant, number: u32) -> I {
    Uuid::from_fields(
        kind.into(),
        tenant as u16 + 1,
        0x7000,
        &[0x80, 0, 0, 0, 0, 0, 0, number as u8],
    )
    .into()
}

pub(crate) fn organization_id(tenant: Tenant) -> Uuid {
    id(1, tenant, 0)
}

pub(crate) fn user_id(user: User) -> Uuid {
    id(2, Tenant::A, user as u32)
}

pub(crate) fn row_id(table: &str, tenant: Tenant, number: u32) -> Uuid {
    let kind = match table {
        "organizations" | "storage_counters" => 1,
        "memberships" => 3,
        "audit_logs" => 4,
        "apps" => 5,
        "rooms" | "room_counters" | "room_events" => 6,
        "participants" => 7,
        "prizes" => 8,
        "winners" => 9,
        "draws" | "draw_prizes" | "draw_rankings" | "draw_chunks" | "draw_entrants" => 10,
        "draw_exclusions" => 11,
        "documents" => 13,
        "draw_steps" => 12,
        other => panic!("table {other} has no rows here yet: add them, and who may see them"),
    };
    id(kind, tenant, number)
}

pub(crate) fn moment() -> DateTime<Utc> {
    "2025-01-01T12:00:00Z".parse().unwrap()
}

pub(super) fn object() -> Json {
    Json::Object(Default::default())
}
