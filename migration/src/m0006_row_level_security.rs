//! PostgreSQL: what the server's role may do, and which rows it may see and write.
//!
//! Two policies a table. `own`: the rows of the tenant that the transaction was opened for, for everything.
//! `seen`: what else the current user may look at, FOR SELECT only, so that it can never widen a write. Both are
//! for the server's role: any other, the owner included (FORCE), sees no row at all.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::roles::{LOCATE, SERVER};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const MEMBERS: &str = "organization_id = any ((select tombola.my_organizations())::uuid[])";

/// Table, the column that names the tenant, what is seen beside the own tenant.
const TENANT_TABLES: [(&str, &str, &str); 10] = [
    (
        "organizations",
        "id",
        "id = any ((select tombola.my_organizations())::uuid[])",
    ),
    ("memberships", "organization_id", MEMBERS),
    ("audit_logs", "organization_id", MEMBERS),
    ("apps", "organization_id", MEMBERS),
    (
        "rooms",
        "organization_id",
        "organization_id = any ((select tombola.my_organizations())::uuid[])
         or (is_public and status <> 'DRAFT' and deleted_at is null)
         or id = any ((select tombola.my_rooms())::uuid[])",
    ),
    // A child is seen when its room is: this select is under the policies of rooms.
    (
        "room_counters",
        "organization_id",
        "exists (select 1 from public.rooms r where r.id = room_counters.room_id)",
    ),
    (
        "participants",
        "organization_id",
        "exists (select 1 from public.rooms r where r.id = participants.room_id)",
    ),
    (
        "prizes",
        "organization_id",
        "exists (select 1 from public.rooms r where r.id = prizes.room_id)",
    ),
    (
        "winners",
        "organization_id",
        "exists (select 1 from public.rooms r where r.id = winners.room_id)",
    ),
    (
        "room_events",
        "organization_id",
        "exists (select 1 from public.rooms r where r.id = room_events.room_id)",
    ),
];

const LOCATED_TABLES: [&str; 6] = ["memberships", "participants", "rooms", "apps", "prizes", "winners"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let mut sql = String::new();
        for (table, key, seen) in TENANT_TABLES {
            sql += &format!(
                "alter table {table} enable row level security;
                 alter table {table} force row level security;
                 create policy own on {table} to {SERVER}
                   using ({key} = (select tombola.tenant())) with check ({key} = (select tombola.tenant()));
                 create policy seen on {table} for select to {SERVER} using ({seen});"
            );
        }
        for table in LOCATED_TABLES {
            sql += &format!("create policy locate on {table} for select to {LOCATE} using (true);");
        }
        sql += &format!(
            "grant select, insert, update on users, sessions, refresh_tokens, organizations, memberships, apps, rooms,
               room_counters, participants, prizes, winners to {SERVER};
             grant select, insert on audit_logs, room_events to {SERVER};
             grant select on seaql_migrations to {SERVER};"
        );
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let mut sql = format!(
            "revoke all on users, sessions, refresh_tokens, audit_logs, room_events, seaql_migrations from {SERVER};"
        );
        for table in LOCATED_TABLES {
            sql += &format!("drop policy locate on {table};");
        }
        for (table, _, _) in TENANT_TABLES {
            sql += &format!(
                "revoke all on {table} from {SERVER};
                 drop policy seen on {table};
                 drop policy own on {table};
                 alter table {table} no force row level security;
                 alter table {table} disable row level security;"
            );
        }
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
