//! PostgreSQL: policies, privileges and functions of the draw tables.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::{
    m0004_functions::definer,
    roles::{LOCATE, SERVER},
};

/// Table, and what narrows it beside its room being seen. None: nobody but the own tenant's changes.
const TABLES: [(&str, Option<&str>); 7] = [
    ("draws", Some("")),
    ("draw_prizes", Some("")),
    // Nothing of a result is seen before its time.
    ("draw_rankings", Some("presented and ")),
    ("draw_chunks", Some("")),
    // Who is behind a public entry id.
    ("draw_entrants", None),
    ("draw_exclusions", Some("")),
    ("draw_steps", Some("")),
];

const DUE: &str = "select coalesce(array_agg(id), '{}') from (select id from public.draws where announce_at <= wanted \
     union select draw_id from public.winners where status = 'PENDING' and claim_by <= wanted and draw_id is not null) due";

pub(super) async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let mut sql = String::new();
    for (table, narrowed) in TABLES {
        sql += &format!(
            "alter table {table} enable row level security;
             alter table {table} force row level security;
             create policy own on {table} to {SERVER} using (organization_id = (select tombola.tenant()))
               with check (organization_id = (select tombola.tenant()));"
        );
        if let Some(narrowed) = narrowed {
            sql += &seen(table, narrowed);
        }
    }
    sql += "drop policy seen on winners;";
    sql += &seen("winners", "announced_at is not null and ");
    sql += &format!("create policy locate on draws for select to {LOCATE} using (true);");
    sql += "grant create on schema tombola to tombola_locate;";
    sql += &definer(
        "locate_draw(wanted uuid)",
        "uuid",
        "select organization_id from public.draws where id = wanted",
    );
    sql += &definer("due_draws(wanted timestamptz)", "uuid[]", DUE);
    sql += &format!(
        "revoke create on schema tombola from {LOCATE};
         grant select (id, organization_id, announce_at) on draws to {LOCATE};
         grant select (draw_id, status, claim_by) on winners to {LOCATE};
         grant select, insert, update on draws, draw_prizes, draw_rankings to {SERVER};
         grant select, insert on draw_chunks, draw_entrants, draw_exclusions, draw_steps to {SERVER};"
    );
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

fn seen(table: &str, narrowed: &str) -> String {
    format!(
        "create policy seen on {table} for select to {SERVER} using ({narrowed}exists (select 1 from public.rooms r \
         where r.id = {table}.room_id));"
    )
}

pub(super) async fn down(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    // The tables take their policies and privileges along.
    let mut sql = format!(
        "drop function tombola.due_draws(timestamptz); drop function tombola.locate_draw(uuid);
         revoke select (draw_id, status, claim_by) on winners from {LOCATE};
         drop policy seen on winners;"
    );
    sql += &seen("winners", "");
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}
