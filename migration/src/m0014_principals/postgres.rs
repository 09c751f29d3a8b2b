//! The statements for PostgreSQL. Under FORCE even the owner sees no row.

use super::actors::{Actor, PLATFORM, Wanted};
use crate::roles::SERVER;

const USER: &str = "nullif(current_setting('app.current_user_id', true), '')::uuid";

pub(super) fn extend(actor: &Actor) -> String {
    let Actor {
        table, user, id, kind, ..
    } = actor;
    let mut sql = format!("alter table {table} drop constraint {}; ", actor.key());
    if let Some((index, _)) = actor.index {
        sql += &format!("drop index {index}; ");
    }
    if user != id {
        sql += &format!("alter table {table} rename column {user} to {id}; ");
    }
    if actor.may_be_empty_now() {
        sql += &format!("alter table {table} alter column {id} drop not null; ");
    }
    // Rows that name a user are not written anew: they have the default of the time at which the column came.
    sql += &match actor.wanted {
        Wanted::Sometimes => format!("alter table {table} add column {kind} text; "),
        _ => format!(
            "alter table {table} add column {kind} text not null default 'USER'; \
             alter table {table} alter column {kind} drop default; "
        ),
    };
    sql += &past_the_walls(actor, &actor.fill());
    for (name, rule) in actor.rules() {
        sql += &format!("alter table {table} add constraint {name} check ({rule}); ");
    }
    sql
}

/// Rows of principals that are no users fail the rule that each row names a user, and the migration with it.
pub(super) fn reduce(actor: &Actor) -> String {
    let Actor {
        table, user, id, kind, ..
    } = actor;
    let mut sql = String::new();
    if *table == "idempotency_keys" {
        sql += &format!("drop policy own on {table}; ");
    }
    for (name, _) in actor.rules() {
        sql += &format!("alter table {table} drop constraint {name}; ");
    }
    if actor.wanted != Wanted::NeverServer {
        sql += &past_the_walls(actor, &format!("update {table} set {id} = null where {kind} <> 'USER'"));
    }
    if actor.may_be_empty_now() {
        sql += &format!("alter table {table} alter column {id} set not null; ");
    }
    sql += &format!("alter table {table} drop column {kind}; ");
    if user != id {
        sql += &format!("alter table {table} rename column {id} to {user}; ");
    }
    sql += &format!(
        "alter table {table} add constraint {} foreign key ({user}) references users (id) on delete {} on update restrict; ",
        actor.key(),
        actor.on_delete
    );
    if let Some((index, columns)) = actor.index {
        sql += &format!("create index {index} on {table} ({columns}); ");
    }
    sql
}

fn past_the_walls(actor: &Actor, change: &str) -> String {
    let table = actor.table;
    let (open, close) = match actor.append_only {
        true => (
            format!("alter table {table} disable trigger append_only; "),
            format!("alter table {table} enable always trigger append_only; "),
        ),
        false => <_>::default(),
    };
    format!(
        "{open}alter table {table} no force row level security; {change};
         alter table {table} force row level security; {close}"
    )
}

/// A principal's own outcomes, and records of what happens to no tenant, which everybody adds and only the platform reads.
pub(super) fn walls() -> String {
    let own = format!("principal_kind = 'USER' and principal_id = {USER}");
    format!(
        "drop policy own on idempotency_keys;
         create policy own on idempotency_keys to {SERVER} using ({own}) with check ({own});
         create policy platform on audit_logs for insert to {SERVER} with check (organization_id = '{PLATFORM}');"
    )
}

pub(super) fn walls_before() -> String {
    let own = format!("user_id = {USER}");
    format!("create policy own on idempotency_keys to {SERVER} using ({own}) with check ({own});")
}

pub(super) fn forget_platform() -> String {
    format!(
        "drop policy platform on audit_logs;
         alter table audit_logs disable trigger append_only; alter table audit_logs no force row level security;
         alter table organizations no force row level security;
         delete from audit_logs where organization_id = '{PLATFORM}';
         delete from organizations where id = '{PLATFORM}';
         alter table organizations force row level security;
         alter table audit_logs force row level security; alter table audit_logs enable always trigger append_only;"
    )
}
