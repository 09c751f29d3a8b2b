//! The statements for SQLite, which cannot take a key or a rule from a table by a statement. A new table in its place would be
//! copied row by row, and `rooms` has eleven others that point to it; so the text of the table's definition is changed, as
//! <https://www.sqlite.org/lang_altertable.html#otheralter> describes for constraints.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};

use super::actors::{ACTORS, Actor, PLATFORM, Wanted};
use crate::m0005_append_only;

/// The connection of a migration.
type Connection<'a> = SchemaManagerConnection<'a>;

pub(super) async fn extend(db: &Connection<'_>, actor: &Actor) -> Result<(), DbErr> {
    let Actor {
        table, user, id, kind, ..
    } = actor;
    if let Some((index, _)) = actor.index {
        run(db, format!("drop index {index}")).await?;
    }
    redefine(db, actor, &format!(", {}", key(actor)), "").await?;
    if actor.may_be_empty_now() {
        redefine(db, actor, &column(user, true), &column(user, false)).await?;
    }
    if user != id {
        run(db, format!("alter table {table} rename column {user} to {id}")).await?;
    }
    run(db, format!("alter table {table} add column \"{kind}\" text")).await?;
    past_the_triggers(db, actor, "update", actor.fill()).await?;
    let mut ruled = format!("\"{kind}\" text");
    if actor.wanted != Wanted::Sometimes {
        ruled += " NOT NULL";
    }
    for (name, rule) in actor.rules() {
        ruled += &format!(" CONSTRAINT \"{name}\" CHECK ({rule})");
    }
    redefine(db, actor, &format!("\"{kind}\" text,"), &format!("{ruled},")).await?;
    Ok(())
}

/// Rows of principals that are no users fail the rule that each row names a user, and the migration with it.
pub(super) async fn reduce(db: &Connection<'_>, actor: &Actor) -> Result<(), DbErr> {
    let Actor {
        table, user, id, kind, ..
    } = actor;
    if actor.always_user {
        refuse_others_than_users(db, actor).await?;
    } else {
        let unnamed = format!("update {table} set {kind} = 'SERVER', {id} = null where {kind} <> 'USER'");
        past_the_triggers(db, actor, "update", unnamed).await?;
    }
    // The column takes its rules along.
    run(db, format!("alter table {table} drop column {kind}")).await?;
    if user != id {
        run(db, format!("alter table {table} rename column {id} to {user}")).await?;
    }
    if actor.may_be_empty_now() {
        redefine(db, actor, &column(user, false), &column(user, true)).await?;
    }
    // Behind the other keys, where it stood or not: their order means nothing.
    let last = format!("substr(sql, 1, length(sql) - 1) || ', {} )'", key(actor));
    rewrite(db, actor, &last, "sql like '% )'").await?;
    if let Some((index, columns)) = actor.index {
        run(db, format!("create index {index} on {table} ({columns})")).await?;
    }
    Ok(())
}

pub(super) async fn forget_platform(db: &Connection<'_>) -> Result<(), DbErr> {
    let id = PLATFORM.replace('-', "");
    let [audits, ..] = &ACTORS;
    let gone = format!("delete from audit_logs where organization_id = x'{id}'");
    past_the_triggers(db, audits, "delete", gone).await?;
    run(db, format!("delete from organizations where id = x'{id}'")).await
}

async fn refuse_others_than_users(db: &Connection<'_>, actor: &Actor) -> Result<(), DbErr> {
    let Actor { table, kind, .. } = actor;
    let sql = format!("select 1 from {table} where {kind} <> 'USER' limit 1");
    match db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await? {
        None => Ok(()),
        Some(_) => Err(DbErr::Migration(format!(
            "{table}.{} would have to name a user, but some rows name another kind of principal",
            actor.user
        ))),
    }
}

/// The key to `users`, as it was written into the table.
fn key(actor: &Actor) -> String {
    format!(
        "FOREIGN KEY (\"{}\") REFERENCES \"users\" (\"id\") ON DELETE {} ON UPDATE RESTRICT",
        actor.user, actor.on_delete
    )
}

/// A column of ids, as it was written into the table.
fn column(name: &str, never_empty: bool) -> String {
    match never_empty {
        true => format!("\"{name}\" uuid_text NOT NULL,"),
        false => format!("\"{name}\" uuid_text NULL,"),
    }
}

async fn redefine(db: &Connection<'_>, actor: &Actor, from: &str, to: &str) -> Result<(), DbErr> {
    let [from, to] = [from, to].map(|text| text.replace('\'', "''"));
    let (text, where_) = (
        format!("replace(sql, '{from}', '{to}')"),
        format!("instr(sql, '{from}') > 0"),
    );
    rewrite(db, actor, &text, &where_).await
}

/// Gives a table another definition, and makes every connection read it anew.
async fn rewrite(db: &Connection<'_>, actor: &Actor, text: &str, condition: &str) -> Result<(), DbErr> {
    let table = actor.table;
    run(db, "pragma writable_schema = on".to_owned()).await?;
    let sql =
        format!("update sqlite_schema set sql = {text} where type = 'table' and name = '{table}' and {condition}");
    let changed = db.execute_unprepared(&sql).await?.rows_affected();
    let version = Statement::from_string(DbBackend::Sqlite, "pragma schema_version");
    let version = db.query_one_raw(version).await?;
    let version: i32 = version.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    run(db, format!("pragma schema_version = {}", version + 1)).await?;
    run(db, "pragma writable_schema = reset".to_owned()).await?;
    match changed {
        1 => Ok(()),
        _ => Err(DbErr::Migration(format!(
            "the definition of {table} is not what the migrations before this one made of it"
        ))),
    }
}

/// Makes one change of rows that are never changed otherwise.
async fn past_the_triggers(db: &Connection<'_>, actor: &Actor, change: &str, sql: String) -> Result<(), DbErr> {
    if !actor.append_only {
        return run(db, sql).await;
    }
    let table = actor.table;
    run(db, format!("drop trigger {table}_no_{change}")).await?;
    run(db, sql).await?;
    run(db, m0005_append_only::sqlite(table, change)).await
}

async fn run(db: &Connection<'_>, sql: String) -> Result<(), DbErr> {
    db.execute_unprepared(&sql).await.map(drop)
}
