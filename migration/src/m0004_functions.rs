//! PostgreSQL: the schema `tombola` and the functions that its policies and the server ask.
//!
//! `tenant()` reads a setting. The others belong to `tombola_locate` and run as it (SECURITY DEFINER): its own
//! policies let them see every row of the few columns that they need, and they answer ids and nothing else. So
//! policies may ask about tables whose policies ask back, without recursion.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::roles::{LOCATE, SERVER};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const USER: &str = "nullif(current_setting('app.current_user_id', true), '')::uuid";

/// Name with arguments, type of the answer, query.
const LOCATORS: [(&str, &str, &str); 6] = [
    (
        "locate_room(wanted uuid)",
        "uuid",
        "select organization_id from public.rooms where id = wanted and deleted_at is null",
    ),
    (
        "locate_prize(wanted uuid)",
        "uuid",
        "select organization_id from public.prizes where id = wanted and deleted_at is null",
    ),
    (
        "locate_participant(wanted uuid)",
        "uuid",
        "select organization_id from public.participants where id = wanted and deleted_at is null",
    ),
    (
        "locate_winner(wanted uuid)",
        "uuid",
        "select organization_id from public.winners where id = wanted and deleted_at is null",
    ),
    (
        "locate_app(wanted uuid)",
        "uuid",
        "select organization_id from public.apps where id = wanted and deleted_at is null",
    ),
    (
        "locate_join_code(wanted text)",
        "uuid",
        "select organization_id from public.rooms where join_code = wanted and deleted_at is null",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let memberships = format!(
            "select coalesce(array_agg(organization_id), '{{}}') from public.memberships where user_id = {USER}"
        );
        let rooms = format!(
            "select coalesce(array_agg(room_id), '{{}}') from public.participants \
             where user_id = {USER} and left_at is null and deleted_at is null"
        );
        let mut sql = String::from("create schema tombola; grant create on schema tombola to tombola_locate;");
        sql += &tenant();
        sql += &definer("my_organizations()", "uuid[]", &memberships);
        sql += &definer("my_rooms()", "uuid[]", &rooms);
        for (name, answer, query) in LOCATORS {
            sql += &definer(name, answer, query);
        }
        sql += &format!(
            "revoke create on schema tombola from {LOCATE};
             grant usage on schema public, tombola to {SERVER};
             grant usage on schema public to {LOCATE};
             grant select (organization_id, user_id) on memberships to {LOCATE};
             grant select (id, organization_id, room_id, user_id, left_at, deleted_at) on participants to {LOCATE};
             grant select (id, organization_id, join_code, deleted_at) on rooms to {LOCATE};
             grant select (id, organization_id, deleted_at) on apps, prizes, winners to {LOCATE};"
        );
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        // Whoever owns the schema may drop what others own in it.
        let sql = format!(
            "drop schema tombola cascade;
             revoke all on memberships, participants, rooms, apps, prizes, winners from {LOCATE};
             revoke usage on schema public from {SERVER}, {LOCATE};"
        );
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// The tenant that the transaction was opened for; none: NULL, which equals nothing.
fn tenant() -> String {
    format!(
        "create function tombola.tenant() returns uuid language sql stable parallel safe set search_path = ''
         as $$ select nullif(current_setting('app.current_tenant_id', true), '')::uuid $$;
         revoke all on function tombola.tenant() from public;
         grant execute on function tombola.tenant() to {SERVER};"
    )
}

/// Privileges first: once it is handed over, the owner has no say in it any more.
pub(crate) fn definer(signature: &str, answer: &str, query: &str) -> String {
    let name = signature.replace("wanted ", "");
    format!(
        "create function tombola.{signature} returns {answer} language sql stable security definer \
         set search_path = '' as $$ {query} $$;
         revoke all on function tombola.{name} from public;
         grant execute on function tombola.{name} to {SERVER};
         alter function tombola.{name} owner to {LOCATE};"
    )
}
