//! `draw_steps`: whom a step is about, and what changed of them while the list was open.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::{
    m0005_append_only::sqlite,
    m0007_draws::history::{KINDS, steps_indexes, steps_table},
    table::*,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "draw_steps";
const REBUILT: &str = "draw_steps_rebuilt";
const ADDED: [&str; 3] = ["PARTICIPANT_ADDED", "PARTICIPANT_CHANGED", "PARTICIPANT_REMOVED"];
const ROLES: &str = "'ORGANIZER', 'MODERATOR', 'PARTICIPANT', 'VIEWER'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            let mut table = steps_table(REBUILT, Expr::cust(kinds(&ADDED)));
            for column in columns() {
                table.col(column);
            }
            for (rule, expression) in rules() {
                table.check(check(TABLE, rule, Expr::cust(expression)));
            }
            rebuild(manager, table.foreign_key(&mut of_participant()).take()).await?;
        } else {
            let mut table = Table::alter().table(TABLE).take();
            for column in columns() {
                table.add_column(column);
            }
            manager.alter_table(table).await?;
            let mut sql = replaced_kinds(&ADDED);
            for (rule, expression) in rules() {
                sql += &format!("alter table {TABLE} add constraint {TABLE}_{rule}_check check ({expression});");
            }
            manager.get_connection().execute_unprepared(&sql).await?;
            manager.create_foreign_key(of_participant()).await?;
        }
        create_indexes(manager, [index(TABLE, &["room_id", "participant_id"])]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            return rebuild(manager, steps_table(REBUILT, Expr::cust(kinds(&[])))).await;
        }
        // Under FORCE even the owner sees no row. The columns take their checks, key and index along.
        let sql = format!(
            "alter table {TABLE} disable trigger append_only; alter table {TABLE} no force row level security;
             delete from {TABLE} where not ({});
             alter table {TABLE} force row level security; alter table {TABLE} enable always trigger append_only;
             {} alter table {TABLE} drop column tickets_after, drop column role_after, drop column tickets_before,
               drop column role_before, drop column participant_id;",
            kinds(&[]),
            replaced_kinds(&[])
        );
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn columns() -> [ColumnDef; 5] {
    [
        uuid_null("participant_id"),
        text_null("role_before"),
        big_integer_null("tickets_before"),
        text_null("role_after"),
        big_integer_null("tickets_after"),
    ]
}

/// Role and tickets come together, and are somebody's.
fn rules() -> [(&'static str, String); 3] {
    [
        ("role_before", format!("role_before IN ({ROLES})")),
        ("role_after", format!("role_after IN ({ROLES})")),
        (
            "participant",
            "(role_before IS NULL) = (tickets_before IS NULL) AND (role_after IS NULL) = (tickets_after IS NULL) \
             AND (participant_id IS NOT NULL OR (role_before IS NULL AND role_after IS NULL))"
                .to_owned(),
        ),
    ]
}

fn of_participant() -> ForeignKeyCreateStatement {
    foreign_key(
        TABLE,
        &["room_id", "participant_id"],
        "participants",
        &["room_id", "id"],
        ForeignKeyAction::Restrict,
    )
}

fn kinds(added: &[&str]) -> String {
    let all: Vec<_> = KINDS.iter().chain(added).map(|kind| format!("'{kind}'")).collect();
    format!("kind IN ({})", all.join(", "))
}

fn replaced_kinds(added: &[&str]) -> String {
    format!(
        "alter table {TABLE} drop constraint {TABLE}_kind_check,
           add constraint {TABLE}_kind_check check ({});",
        kinds(added)
    )
}

/// SQLite changes no checks: a new table takes the rows that it may hold, and the name. No other table points to this one.
async fn rebuild(manager: &SchemaManager<'_>, table: TableCreateStatement) -> Result<(), DbErr> {
    const COLUMNS: &str =
        "id, organization_id, room_id, draw_id, position, kind, prize_id, rank, reason, actor_id, created_at";
    manager.create_table(table).await?;
    let sql = format!(
        "insert into {REBUILT} ({COLUMNS}) select {COLUMNS} from {TABLE} where {};
         drop table {TABLE}; alter table {REBUILT} rename to {TABLE};",
        kinds(&[])
    );
    let db = manager.get_connection();
    db.execute_unprepared(&sql).await?;
    for change in ["update", "delete"] {
        db.execute_unprepared(&sqlite(TABLE, change)).await?;
    }
    create_indexes(manager, steps_indexes()).await
}
