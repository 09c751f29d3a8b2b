//! Two tenants with the same rows each: rooms of every kind, and everything that hangs on them.
//!
//! Every row has a number within its tenant; a child has the number of its room.

use entity::{
    PrincipalKind,
    identity::user,
    organization::{membership, organization},
    room::{app, document, participant, prize, room, room_counter, room_event, winner},
    store::{audit_log, storage_counter},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, Insert, prelude::Json, sea_query::OnConflict};

mod draws;
mod tenants;

pub(crate) use draws::*;
pub(crate) use tenants::*;

/// All users, and both tenants with all their rows.
pub(crate) async fn fill(db: &impl ConnectionTrait) {
    for user in [
        User::Ann,
        User::Bob,
        User::Guest,
        User::Gone,
        User::Removed,
        User::Filler,
        User::New,
    ] {
        insert(db, user_row(user)).await.unwrap();
    }
    for tenant in [Tenant::A, Tenant::B] {
        let member = if tenant == Tenant::A { User::Ann } else { User::Bob };
        insert(db, organization_row(tenant, 0)).await.unwrap();
        insert(db, storage_counter_row(tenant)).await.unwrap();
        insert(db, membership_row(tenant, 0, member)).await.unwrap();
        insert(db, audit_log_row(tenant, 0)).await.unwrap();
        insert(db, app_row(tenant, 0)).await.unwrap();
        insert(db, document_row(tenant, 0)).await.unwrap();
        for number in ROOMS {
            insert(db, room_row(tenant, number)).await.unwrap();
        }
        for number in ROOMS_WITH_CHILDREN {
            insert(db, room_counter_row(tenant, number)).await.unwrap();
            insert(db, participant_row(tenant, number, number, User::Filler))
                .await
                .unwrap();
            insert(db, prize_row(tenant, number)).await.unwrap();
            insert(db, draw_row(tenant, number, number)).await.unwrap();
            insert(db, draw_prize_row(tenant, number, number)).await.unwrap();
            // The private room's draw was not drawn yet.
            if number != PRIVATE {
                insert(db, draw_ranking_row(tenant, number)).await.unwrap();
            }
            insert(db, draw_chunk_row(tenant, number, 0)).await.unwrap();
            insert(db, draw_entrant_row(tenant, number, 0)).await.unwrap();
            insert(db, draw_exclusion_row(tenant, number, number)).await.unwrap();
            insert(db, draw_step_row(tenant, number, number)).await.unwrap();
            insert(db, winner_row(tenant, number)).await.unwrap();
            insert(db, room_event_row(tenant, number, 1)).await.unwrap();
        }
        insert(db, void_draw_row(tenant)).await.unwrap();
    }
    for (number, user) in [(GUEST, User::Guest), (GONE, User::Gone), (REMOVED, User::Removed)] {
        let mut row = participant_row(Tenant::A, number, DRAFT, user);
        row.left_at = Set((user == User::Gone).then(moment));
        row.deleted_at = Set((user == User::Removed).then(moment));
        insert(db, row).await.unwrap();
    }
}

/// A row that fits into the tenant: only a wall can refuse it.
pub(crate) async fn insert_new(db: &impl ConnectionTrait, table: &str, tenant: Tenant) -> Result<(), DbErr> {
    match table {
        "organizations" => insert(db, organization_row(tenant, 9)).await,
        // A tenant has one: adding another is counting, as the server does it.
        "storage_counters" => {
            let counted = OnConflict::column(storage_counter::Column::OrganizationId)
                .update_column(storage_counter::Column::Bytes)
                .to_owned();
            let insert = Insert::one(storage_counter_row(tenant)).on_conflict(counted);
            insert.exec_without_returning(db).await.map(|_| ())
        }
        "memberships" => insert(db, membership_row(tenant, 9, User::New)).await,
        "audit_logs" => insert(db, audit_log_row(tenant, 9)).await,
        "apps" => insert(db, app_row(tenant, 9)).await,
        "documents" => insert(db, document_row(tenant, 9)).await,
        "rooms" => insert(db, room_row(tenant, 9)).await,
        "room_counters" => insert(db, room_counter_row(tenant, EMPTY)).await,
        "participants" => insert(db, participant_row(tenant, 9, EMPTY, User::New)).await,
        "prizes" => insert(db, prize_row(tenant, EMPTY)).await,
        "winners" => {
            let mut row = winner_row(tenant, LISTED);
            row.id = Set(row_id("winners", tenant, 9).into());
            row.status = Set(winner::WinnerStatus::Revoked);
            insert(db, row).await
        }
        "draws" => insert(db, draw_row(tenant, 9, EMPTY)).await,
        "draw_prizes" => {
            let mut row = draw_prize_row(tenant, VOID, LISTED);
            row.live = Set(false);
            insert(db, row).await
        }
        "draw_rankings" => insert(db, draw_ranking_row(tenant, PRIVATE)).await,
        "draw_chunks" => insert(db, draw_chunk_row(tenant, LISTED, 1)).await,
        "draw_entrants" => insert(db, draw_entrant_row(tenant, LISTED, 1)).await,
        "draw_exclusions" => insert(db, draw_exclusion_row(tenant, VOID, LISTED)).await,
        "draw_steps" => insert(db, draw_step_row(tenant, VOID, LISTED)).await,
        "room_events" => insert(db, room_event_row(tenant, EMPTY, 1)).await,
        other => panic!("table {other} has no rows here yet: add them, and who may see them"),
    }
}

/// Without RETURNING: reading the row back would ask another policy.
pub(crate) async fn insert<A>(db: &impl ConnectionTrait, row: A) -> Result<(), DbErr>
where
    A: sea_orm::ActiveModelTrait,
{
    Insert::one(row).exec_without_returning(db).await.map(|_| ())
}

pub(crate) fn user_row(user: User) -> user::ActiveModel {
    let name = format!("{user:?}").to_lowercase();
    user::ActiveModel {
        id: Set(user_id(user).into()),
        email: Set(format!("{name}@example.com")),
        display_name: Set(name),
        timezone: Set("UTC".to_owned()),
        preferences: Set(object()),
        platform_role: Set(user::PlatformRole::None),
        level: Set(1),
        xp: Set(0),
        created_at: Set(moment()),
        updated_at: Set(moment()),
        ..Default::default()
    }
}

pub(crate) fn organization_row(tenant: Tenant, number: u32) -> organization::ActiveModel {
    organization::ActiveModel {
        id: Set(row_id("organizations", tenant, number).into()),
        slug: Set(format!("{tenant:?}-{number}").to_lowercase()),
        name: Set(format!("{tenant:?}")),
        admin_email: Set("admin@example.com".to_owned()),
        status: Set(organization::OrganizationStatus::Active),
        plan: Set(organization::Plan::Starter),
        model_defaults: Set(object()),
        resource_limits: Set(object()),
        created_at: Set(moment()),
        updated_at: Set(moment()),
        ..Default::default()
    }
}

pub(crate) fn storage_counter_row(tenant: Tenant) -> storage_counter::ActiveModel {
    storage_counter::ActiveModel {
        organization_id: Set(organization_id(tenant).into()),
        bytes: Set(1),
        created_at: Set(moment()),
        updated_at: Set(moment()),
    }
}

pub(crate) fn membership_row(tenant: Tenant, number: u32, user: User) -> membership::ActiveModel {
    membership::ActiveModel {
        id: Set(row_id("memberships", tenant, number).into()),
        organization_id: Set(organization_id(tenant).into()),
        user_id: Set(user_id(user).into()),
        role: Set(membership::MemberRole::Creator),
        created_at: Set(moment()),
        updated_at: Set(moment()),
    }
}

pub(crate) fn audit_log_row(tenant: Tenant, number: u32) -> audit_log::ActiveModel {
    audit_log::ActiveModel {
        id: Set(row_id("audit_logs", tenant, number).into()),
        organization_id: Set(organization_id(tenant).into()),
        actor_kind: Set(PrincipalKind::Server),
        action: Set("ROOM_OPENED".to_owned()),
        resource_type: Set("room".to_owned()),
        resource_id: Set(row_id("rooms", tenant, DRAFT)),
        changes: Set(object()),
        metadata: Set(object()),
        hash: Set(vec![0; 32]),
        created_at: Set(moment()),
        ..Default::default()
    }
}

pub(crate) fn app_row(tenant: Tenant, number: u32) -> app::ActiveModel {
    app::ActiveModel {
        id: Set(row_id("apps", tenant, number).into()),
        organization_id: Set(organization_id(tenant).into()),
        slug: Set(format!("lottery-{number}")),
        name: Set("Lottery".to_owned()),
        manifest: Set(object()),
        permissions: Set(Json::Array(Vec::new())),
        client_id: Set(format!("client-{tenant:?}-{number}")),
        secret_hash: Set(vec![0; 32]),
        is_active: Set(true),
        created_at: Set(moment()),
        updated_at: Set(moment()),
        ..Default::default()
    }
}

pub(crate) fn document_row(tenant: Tenant, number: u32) -> document::ActiveModel {
    document::ActiveModel {
        id: Set(row_id("documents", tenant, number).into()),
        organization_id: Set(organization_id(tenant).into()),
        app_id: Set(row_id("apps", tenant, 0).into()),
        key: Set(format!("key-{number}")),
        hash: Set(format!("{tenant:?}{number}").repeat(32)),
        name: Set("Viewer".to_owned()),
        text: Set("query Viewer { viewer { email } }".to_owned()),
        deleted_at: Set(None),
        created_at: Set(moment()),
        updated_at: Set(moment()),
    }
}

pub(crate) fn room_row(tenant: Tenant, number: u32) -> room::ActiveModel {
    let active = [LISTED, PRIVATE, DELETED].contains(&number);
    room::ActiveModel {
        id: Set(row_id("rooms", tenant, number).into()),
        organization_id: Set(organization_id(tenant).into()),
        app_id: Set(Some(row_id("apps", tenant, 0).into())),
        created_by_kind: Set(PrincipalKind::User),
        created_by_id: Set(Some(user_id(User::Filler))),
        title: Set(format!("Room {number} of {tenant:?}")),
        status: Set(if active {
            room::RoomStatus::Active
        } else {
            room::RoomStatus::Draft
        }),
        is_public: Set(number != PRIVATE),
        join_code: Set(format!("CODE{tenant:?}{number}")),
        settings: Set(object()),
        search_text: Set(String::new()),
        title_key: Set(String::new()),
        deleted_at: Set((number == DELETED).then(moment)),
        created_at: Set(moment()),
        updated_at: Set(moment()),
        ..Default::default()
    }
}

pub(crate) fn room_counter_row(tenant: Tenant, room: u32) -> room_counter::ActiveModel {
    room_counter::ActiveModel {
        room_id: Set(row_id("rooms", tenant, room).into()),
        organization_id: Set(organization_id(tenant).into()),
        next_sequence: Set(2),
        participant_count: Set(1),
        created_at: Set(moment()),
        updated_at: Set(moment()),
    }
}

pub(crate) fn participant_row(tenant: Tenant, number: u32, room: u32, user: User) -> participant::ActiveModel {
    participant::ActiveModel {
        id: Set(row_id("participants", tenant, number).into()),
        organization_id: Set(organization_id(tenant).into()),
        room_id: Set(row_id("rooms", tenant, room).into()),
        user_id: Set(Some(user_id(user).into())),
        role: Set(participant::ParticipantRole::Participant),
        tickets: Set(1),
        entry_nonce: Set(vec![0; 16]),
        metadata: Set(object()),
        joined_at: Set(moment()),
        created_at: Set(moment()),
        updated_at: Set(moment()),
        ..Default::default()
    }
}

pub(crate) fn prize_row(tenant: Tenant, room: u32) -> prize::ActiveModel {
    prize::ActiveModel {
        id: Set(row_id("prizes", tenant, room).into()),
        organization_id: Set(organization_id(tenant).into()),
        room_id: Set(row_id("rooms", tenant, room).into()),
        name: Set("Teapot".to_owned()),
        position: Set(0),
        quantity: Set(3),
        quantity_remaining: Set(2),
        metadata: Set(object()),
        created_at: Set(moment()),
        updated_at: Set(moment()),
        ..Default::default()
    }
}

pub(crate) fn winner_row(tenant: Tenant, room: u32) -> winner::ActiveModel {
    winner::ActiveModel {
        id: Set(row_id("winners", tenant, room).into()),
        organization_id: Set(organization_id(tenant).into()),
        room_id: Set(row_id("rooms", tenant, room).into()),
        prize_id: Set(row_id("prizes", tenant, room).into()),
        participant_id: Set(row_id("participants", tenant, room).into()),
        source: Set(winner::WinnerSource::Award),
        status: Set(winner::WinnerStatus::Pending),
        announced_at: Set(Some(moment())),
        metadata: Set(object()),
        created_at: Set(moment()),
        updated_at: Set(moment()),
        ..Default::default()
    }
}

pub(crate) fn room_event_row(tenant: Tenant, room: u32, sequence: i64) -> room_event::ActiveModel {
    room_event::ActiveModel {
        room_id: Set(row_id("rooms", tenant, room).into()),
        sequence: Set(sequence),
        organization_id: Set(organization_id(tenant).into()),
        kind: Set("ROOM_OPENED".to_owned()),
        payload: Set(object()),
        created_at: Set(moment()),
    }
}
