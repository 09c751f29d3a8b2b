//! Entities and tables say the same: every column's name, type and whether it may be empty, and every word that a
//! text column may hold.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    PrincipalKind,
    draw::{draw, draw_chunk, draw_entrant, draw_exclusion, draw_prize, draw_ranking, draw_step},
    identity::{refresh_token, session, user},
    organization::{membership, organization},
    room::{app, document, participant, prize, room, room_counter, room_event, winner},
    store::{audit_log, idempotency_key, storage_counter},
};
use rstest::rstest;
use sea_orm::{
    ActiveEnum, ColumnTrait, ColumnType, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IdenStatic,
    Iterable, Statement,
};
use tests::{Database, TestDatabase};

/// Name to type, and whether it may be empty.
type Columns = BTreeMap<String, (&'static str, bool)>;

fn columns_of<E: EntityTrait + Default>() -> (String, Columns) {
    let column = |column: E::Column| {
        let definition = column.def();
        let kind = match definition.get_column_type() {
            ColumnType::Uuid => "uuid",
            ColumnType::String(_) | ColumnType::Text | ColumnType::Enum { .. } => "text",
            ColumnType::Integer => "integer",
            ColumnType::BigInteger => "bigint",
            ColumnType::Boolean => "boolean",
            ColumnType::TimestampWithTimeZone => "time",
            ColumnType::JsonBinary => "json",
            ColumnType::VarBinary(_) | ColumnType::Blob => "bytes",
            other => panic!("{} has a type that no table has: {other:?}", column.as_str()),
        };
        (column.as_str().to_owned(), (kind, definition.is_null()))
    };
    (
        E::default().table_name().to_owned(),
        E::Column::iter().map(column).collect(),
    )
}

fn entities() -> BTreeMap<String, Columns> {
    BTreeMap::from([
        columns_of::<user::Entity>(),
        columns_of::<session::Entity>(),
        columns_of::<refresh_token::Entity>(),
        columns_of::<idempotency_key::Entity>(),
        columns_of::<organization::Entity>(),
        columns_of::<storage_counter::Entity>(),
        columns_of::<membership::Entity>(),
        columns_of::<audit_log::Entity>(),
        columns_of::<app::Entity>(),
        columns_of::<document::Entity>(),
        columns_of::<room::Entity>(),
        columns_of::<room_counter::Entity>(),
        columns_of::<participant::Entity>(),
        columns_of::<prize::Entity>(),
        columns_of::<winner::Entity>(),
        columns_of::<draw::Entity>(),
        columns_of::<draw_prize::Entity>(),
        columns_of::<draw_ranking::Entity>(),
        columns_of::<draw_chunk::Entity>(),
        columns_of::<draw_entrant::Entity>(),
        columns_of::<draw_exclusion::Entity>(),
        columns_of::<draw_step::Entity>(),
        columns_of::<room_event::Entity>(),
    ])
}

async fn tables(db: &DatabaseConnection) -> BTreeMap<String, Columns> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            r#"SELECT t.name AS "table", c.name AS "column", c.type AS kind,
                 NOT (c."notnull" OR c.pk) AS nullable
               FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"#
        }
        _ => {
            r#"SELECT table_name::text AS "table", column_name::text AS "column", udt_name::text AS kind,
                 is_nullable = 'YES' AS nullable
               FROM information_schema.columns WHERE table_schema = 'public'"#
        }
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    let mut tables: BTreeMap<String, Columns> = BTreeMap::new();
    for row in rows {
        let table: String = row.try_get("", "table").unwrap();
        let kind: String = row.try_get("", "kind").unwrap();
        let kind = match kind.to_lowercase().as_str() {
            "uuid" | "uuid_text" => "uuid",
            "text" => "text",
            // SQLite's only number.
            "integer" => "integer or bigint",
            "int4" => "integer",
            "int8" => "bigint",
            "bool" | "boolean" => "boolean",
            "timestamptz" | "timestamp_with_timezone_text" => "time",
            "jsonb" | "jsonb_text" => "json",
            "bytea" | "blob" => "bytes",
            other if table == "seaql_migrations" || table.starts_with("sqlite_") => panic_later(other),
            other => panic!("{table} has a column of type {other}"),
        };
        let nullable: bool = row.try_get("", "nullable").unwrap();
        tables
            .entry(table)
            .or_default()
            .insert(row.try_get("", "column").unwrap(), (kind, nullable));
    }
    tables.retain(|table, _| table != "seaql_migrations" && !table.starts_with("sqlite_"));
    tables
}

/// The types of tables that are not ours do not matter.
fn panic_later(_: &str) -> &'static str {
    "not ours"
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entities_are_the_tables(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let mut entities = entities();
    if database == Database::Sqlite {
        for (kind, _) in entities.values_mut().flat_map(BTreeMap::values_mut) {
            if ["integer", "bigint"].contains(kind) {
                *kind = "integer or bigint";
            }
        }
    }
    let tables = tables(&test.superuser().await).await;
    assert_eq!(tables.keys().collect::<Vec<_>>(), entities.keys().collect::<Vec<_>>());
    for (table, columns) in &tables {
        assert_eq!(columns, &entities[table], "{table}");
    }
}

/// The text of the check `{table}_{column}_check`.
async fn check(db: &DatabaseConnection, table: &str, column: &str) -> String {
    let name = format!("{table}_{column}_check");
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => format!("SELECT sql AS text FROM sqlite_schema WHERE name = '{table}'"),
        _ => format!("SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = '{name}'"),
    };
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    let text: String = row
        .unwrap_or_else(|| panic!("{name} is missing"))
        .try_get("", "text")
        .unwrap();
    match db.get_database_backend() {
        // Up to the next rule of the same table.
        DbBackend::Sqlite => {
            let (_, rest) = text
                .split_once(&format!("\"{name}\""))
                .unwrap_or_else(|| panic!("{name} is missing"));
            rest.split("CONSTRAINT").next().unwrap().to_owned()
        }
        _ => text,
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_list_the_enums_words(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let db = test.superuser().await;
    for (table, column, words) in [
        ("users", "platform_role", user::PlatformRole::values()),
        ("sessions", "assurance_level", session::AssuranceLevel::values()),
        ("sessions", "revoke_reason", session::RevokeReason::values()),
        ("organizations", "status", organization::OrganizationStatus::values()),
        ("organizations", "plan", organization::Plan::values()),
        ("memberships", "role", membership::MemberRole::values()),
        ("rooms", "status", room::RoomStatus::values()),
        ("participants", "role", participant::ParticipantRole::values()),
        ("winners", "source", winner::WinnerSource::values()),
        ("winners", "status", winner::WinnerStatus::values()),
        ("draws", "status", draw::DrawStatus::values()),
        ("draws", "level", draw::DrawLevel::values()),
        ("audit_logs", "actor_kind", PrincipalKind::values()),
        ("rooms", "created_by_kind", PrincipalKind::values()),
        ("draws", "created_by_kind", PrincipalKind::values()),
        ("draws", "freeze_requested_by_kind", PrincipalKind::values()),
        ("draw_exclusions", "excluded_by_kind", PrincipalKind::values()),
        ("draw_steps", "actor_kind", PrincipalKind::values()),
        ("draw_steps", "kind", draw_step::DrawStepKind::values()),
        ("draw_steps", "role_before", participant::ParticipantRole::values()),
        ("draw_steps", "role_after", participant::ParticipantRole::values()),
    ] {
        let text = check(&db, table, column).await;
        let listed: BTreeSet<&str> = text.split('\'').skip(1).step_by(2).collect();
        assert_eq!(
            listed,
            words.iter().map(String::as_str).collect(),
            "{table}.{column}: {text}"
        );
    }
}
