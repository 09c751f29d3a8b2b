//! PostgreSQL: the walls cost less. PostgreSQL plans the body of a function in SQL anew in each statement that calls it, that of one in
//! PL/pgSQL once a connection; and rooms that everybody sees are recognized before anything is asked about the user.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::roles::{LOCATE, OWNER};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TENANT: &str = "nullif(current_setting('app.current_tenant_id', true), '')::uuid";
const USER: &str = "nullif(current_setting('app.current_user_id', true), '')::uuid";
const MINE: &str = "organization_id = any ((select tombola.my_organizations())::uuid[])";
const LISTED: &str = "(is_public and status <> 'DRAFT' and deleted_at is null)";
const ENTERED: &str = "id = any ((select tombola.my_rooms())::uuid[])";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let body = |query: &str| ("plpgsql", format!("begin return ({query}); end"));
        let sql = functions(body) + &seen(&[LISTED, MINE, ENTERED]);
        run(manager, &sql).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let body = |query: &str| match query.starts_with("select ") {
            true => ("sql", query.to_owned()),
            false => ("sql", format!("select {query}")),
        };
        let sql = functions(body) + &seen(&[MINE, LISTED, ENTERED]);
        run(manager, &sql).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// The three functions with another body. They keep their owners and privileges.
fn functions(body: impl Fn(&str) -> (&'static str, String)) -> String {
    let organizations =
        format!("select coalesce(array_agg(organization_id), '{{}}') from public.memberships where user_id = {USER}");
    let rooms = format!(
        "select coalesce(array_agg(room_id), '{{}}') from public.participants \
         where user_id = {USER} and left_at is null and deleted_at is null"
    );
    let replace = |name: &str, answer: &str, kind: &str, query: &str| {
        let (language, text) = body(query);
        format!(
            "create or replace function tombola.{name} returns {answer} language {language} stable {kind} \
             set search_path = '' as $$ {text} $$;"
        )
    };
    // Only its owner replaces a function.
    format!(
        "{} grant create on schema tombola to {LOCATE}; set local role {LOCATE}; {} {} set local role {OWNER}; \
         revoke create on schema tombola from {LOCATE};",
        replace("tenant()", "uuid", "parallel safe", TENANT),
        replace("my_organizations()", "uuid[]", "security definer", &organizations),
        replace("my_rooms()", "uuid[]", "security definer", &rooms),
    )
}

/// The rooms that are seen, by whichever of these holds first.
fn seen(conditions: &[&str]) -> String {
    format!("alter policy seen on rooms using ({});", conditions.join(" or "))
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    manager.get_connection().execute_unprepared(sql).await?;
    Ok(())
}
