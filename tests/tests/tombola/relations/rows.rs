//! Rows written straight into a database: what would take thousands of requests.

use std::sync::atomic::{AtomicU32, Ordering};

use api::{clock::Clock, room::Event};
use entity::{
    OrganizationId, PrincipalKind, UserId,
    identity::user::{self, PlatformRole},
    organization::{
        membership::{self, MemberRole},
        organization::{self, OrganizationStatus, Plan},
    },
    room::{
        app,
        participant::{self, ParticipantRole},
        prize,
        room::{self, RoomStatus},
        room_counter, room_event,
        winner::{self, WinnerSource, WinnerStatus},
    },
};
use sea_orm::{DatabaseConnection, EntityTrait, IntoActiveModel};
use serde_json::json;

/// Rows in one statement: SQLite takes 32,766 variables.
const CHUNK: usize = 500;

/// Writes rows of one table.
pub(crate) async fn insert<E>(db: &DatabaseConnection, rows: &[E::Model])
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + Clone,
{
    for chunk in rows.chunks(CHUNK) {
        let rows = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        E::insert_many(rows).exec_without_returning(db).await.unwrap();
    }
}

/// A code that no other room has. Hexadecimal digits are among those of join codes.
fn join_code() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0xA000_0000);
    format!("{:08X}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Makes rows that fit together, but does not write them.
pub(crate) struct Rows(pub(crate) Clock);

impl Rows {
    pub(crate) fn user(&self, name: &str) -> user::Model {
        let now = self.0.now();
        let id: UserId = self.0.new_id();
        user::Model {
            id,
            email: format!("{}@example.com", id.0.simple()),
            email_verified_at: None,
            first_name: None,
            last_name: None,
            display_name: name.to_owned(),
            avatar_url: None,
            timezone: "UTC".to_owned(),
            preferences: json!({}),
            password_hash: None,
            platform_role: PlatformRole::None,
            level: 1,
            xp: 0,
            last_login_at: None,
            disabled_at: None,
            deleted_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn organization(&self, name: &str) -> organization::Model {
        let now = self.0.now();
        let id: OrganizationId = self.0.new_id();
        organization::Model {
            id,
            slug: format!("o-{}", id.0.simple()),
            name: name.to_owned(),
            company_name: None,
            admin_email: "admin@example.com".to_owned(),
            status: OrganizationStatus::Active,
            plan: Plan::Starter,
            industry: None,
            expected_agent_count: None,
            model_defaults: json!({}),
            resource_limits: json!({}),
            deleted_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn membership(&self, organization: OrganizationId, user: UserId, role: MemberRole) -> membership::Model {
        membership::Model {
            id: self.0.new_id(),
            organization_id: organization,
            user_id: user,
            role,
            created_at: self.0.now(),
            updated_at: self.0.now(),
        }
    }

    pub(crate) fn app(&self, organization: OrganizationId, name: &str) -> app::Model {
        let now = self.0.now();
        let id: entity::AppId = self.0.new_id();
        app::Model {
            id,
            organization_id: organization,
            slug: format!("a-{}", id.0.simple()),
            name: name.to_owned(),
            manifest: json!({}),
            permissions: json!([]),
            client_id: format!("client-{}", id.0.simple()),
            secret_hash: vec![0; 32],
            is_active: true,
            deleted_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// An active, public room.
    pub(crate) fn room(&self, organization: OrganizationId, by: UserId, title: &str) -> room::Model {
        let now = self.0.now();
        let id: entity::RoomId = self.0.new_id();
        room::Model {
            id,
            organization_id: organization,
            app_id: None,
            created_by_kind: PrincipalKind::User,
            created_by_id: Some(by.0),
            title: title.to_owned(),
            description: None,
            status: RoomStatus::Active,
            is_public: true,
            join_code: join_code(),
            starts_at: None,
            ends_at: None,
            max_participants: None,
            settings: json!({}),
            search_text: room::search_text(title, None),
            title_key: room::title_key(title),
            deleted_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn counter(&self, room: &room::Model, events: i64, people: i32) -> room_counter::Model {
        room_counter::Model {
            room_id: room.id,
            organization_id: room.organization_id,
            next_sequence: events + 1,
            participant_count: people,
            created_at: self.0.now(),
            updated_at: self.0.now(),
        }
    }

    pub(crate) fn participant(&self, room: &room::Model, user: UserId, role: ParticipantRole) -> participant::Model {
        let now = self.0.now();
        participant::Model {
            id: self.0.new_id(),
            organization_id: room.organization_id,
            room_id: room.id,
            user_id: Some(user),
            agent_id: None,
            role,
            tickets: 1,
            entry_nonce: vec![0; 16],
            metadata: json!({}),
            joined_at: now,
            left_at: None,
            deleted_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn prize(&self, room: &room::Model, position: i32, name: &str) -> prize::Model {
        let now = self.0.now();
        prize::Model {
            id: self.0.new_id(),
            organization_id: room.organization_id,
            room_id: room.id,
            name: name.to_owned(),
            description: None,
            image_url: None,
            position,
            quantity: 100,
            quantity_remaining: 50,
            metadata: json!({}),
            deleted_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn winner(&self, prize: &prize::Model, participant: &participant::Model) -> winner::Model {
        let now = self.0.now();
        winner::Model {
            id: self.0.new_id(),
            organization_id: prize.organization_id,
            room_id: prize.room_id,
            prize_id: prize.id,
            participant_id: participant.id,
            draw_id: None,
            rank: None,
            source: WinnerSource::Award,
            status: WinnerStatus::Pending,
            announced_at: Some(now),
            claim_by: None,
            revoked_at: None,
            revoke_reason: None,
            metadata: json!({}),
            deleted_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn event(&self, room: &room::Model, sequence: i64, event: Event) -> room_event::Model {
        let event = event.into_new().unwrap();
        room_event::Model {
            room_id: room.id,
            sequence,
            organization_id: room.organization_id,
            kind: event.kind.to_owned(),
            payload: event.payload,
            created_at: self.0.now(),
        }
    }
}
