//! The order of rooms by title, and what their texts are searched by: alike on every database and under any collation.

use entity::folding::{folded, sort_key};
use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement, Value},
};
use uuid::Uuid;

use crate::table::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "rooms";

/// Rooms read and written at once.
const STEP: u64 = 500;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Under FORCE even the owner sees no row.
        let (before, collation, after) = match manager.get_database_backend() {
            DbBackend::Postgres => (
                "alter table rooms no force row level security;",
                "collate \"C\"",
                "alter table rooms force row level security;",
            ),
            _ => ("", "collate binary", ""),
        };
        let db = manager.get_connection();
        let add = format!("{before} alter table {TABLE} add column title_key text {collation} not null default '';");
        db.execute_unprepared(&add).await?;
        fill(manager).await?;
        db.execute_unprepared(&format!("drop index rooms_title_id_idx; {after}"))
            .await?;
        create_indexes(manager, [index(TABLE, &["title_key", "id"])]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = format!("drop index rooms_title_key_id_idx; alter table {TABLE} drop column title_key;");
        manager.get_connection().execute_unprepared(&sql).await?;
        create_indexes(manager, [index(TABLE, &["title", "id"])]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Writes both columns of every room, deleted ones too, in the order of their ids.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let (db, backend) = (manager.get_connection(), manager.get_database_backend());
    let mut last = Uuid::nil();
    let mut rooms = 0;
    loop {
        let select = format!("select id, title, description from {TABLE} where id > $1 order by id limit {STEP}");
        let rows = db
            .query_all_raw(Statement::from_sql_and_values(backend, select, [last.into()]))
            .await?;
        let Some(row) = rows.last() else {
            return Ok(());
        };
        last = row.try_get_by_index(0)?;
        let mut values: Vec<Value> = Vec::with_capacity(rows.len() * 3);
        for row in &rows {
            let (id, title, description): (Uuid, String, Option<String>) = (
                row.try_get_by_index(0)?,
                row.try_get_by_index(1)?,
                row.try_get_by_index(2)?,
            );
            let text = format!("{title}\n{}", description.unwrap_or_default());
            values.extend([id.into(), sort_key(&title).into(), folded(&text).into()]);
        }
        db.execute_raw(Statement::from_sql_and_values(backend, update(rows.len()), values))
            .await?;
        rooms += rows.len();
        tracing::info!(rooms, "titles are put in order");
    }
}

fn update(rows: usize) -> String {
    let values: Vec<_> = (0..rows)
        .map(|row| format!("(${}, ${}, ${})", row * 3 + 1, row * 3 + 2, row * 3 + 3))
        .collect();
    format!(
        "with written(id, title_key, search_text) as (values {})
         update {TABLE} set title_key = written.title_key, search_text = written.search_text
           from written where written.id = {TABLE}.id",
        values.join(", ")
    )
}
