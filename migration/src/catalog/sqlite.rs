//! SQLite: tables, foreign keys and the append-only triggers.

use std::collections::HashMap;

use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr};

use super::{
    expected,
    problem::{Problem, migrations, one_line, query},
};

pub(super) async fn check<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let mut problems = foreign_keys(db).await?;
    let missing = migrations(db).await?;
    if !missing.is_empty() {
        problems.extend(missing);
        return Ok(problems);
    }
    let mut objects = HashMap::new();
    for row in query(
        db,
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL",
        [],
    )
    .await?
    {
        let key: (String, String) = (row.try_get("", "type")?, row.try_get("", "name")?);
        objects.insert(key, one_line(&row.try_get::<String>("", "sql")?).to_lowercase());
    }
    for table in expected::TABLES {
        if !objects.contains_key(&("table".to_owned(), table.name.to_owned())) {
            problems.push(Problem::new(format!(
                "Table {} is missing. Restore the file from a backup.",
                table.name
            )));
        }
        for change in ["update", "delete"].into_iter().filter(|_| table.append_only) {
            problems.extend(trigger(&objects, table.name, change));
        }
    }
    Ok(problems)
}

async fn foreign_keys<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let on = match query(db, "PRAGMA foreign_keys", []).await?.first() {
        Some(row) => row.try_get::<i32>("", "foreign_keys")? == 1,
        None => false,
    };
    if on {
        return Ok(Vec::new());
    }
    Ok(vec![Problem::new(
        "SQLite does not check foreign keys on this connection. Turn them on with PRAGMA foreign_keys = ON.",
    )])
}

fn trigger(objects: &HashMap<(String, String), String>, table: &str, change: &str) -> Option<Problem> {
    let name = format!("{table}_no_{change}");
    let statement = format!(
        "create trigger {name} before {change} on {table} begin select raise(abort, '{table} {}'); end",
        expected::REFUSAL
    );
    let problem = match objects.get(&("trigger".to_owned(), name.clone())) {
        Some(found) if *found == statement.to_lowercase() => return None,
        Some(_) => "is another one than it should be",
        None => "is missing",
    };
    Some(Problem::new(format!(
        "Trigger {name}, which keeps table {table} append-only, {problem}. Run: drop trigger if exists {name}; {statement};"
    )))
}
