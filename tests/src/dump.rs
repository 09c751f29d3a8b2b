//! Everything that a database holds, to show that nothing changed.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

/// Every row of every table as text, in a fixed order. Without the organization of the platform, which is always there.
pub async fn dump(db: &DatabaseConnection) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::new();
    for table in names(db).await {
        let mut rows = texts(db, &select(db, &table).await).await;
        if table == "organizations" {
            rows.retain(|row| !row.contains("PLATFORM"));
        }
        tables.insert(table, rows);
    }
    tables
}

async fn names(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
    };
    texts(db, sql).await
}

async fn select(db: &DatabaseConnection, table: &str) -> String {
    if db.get_database_backend() == DbBackend::Postgres {
        return format!("SELECT to_jsonb(t)::text FROM \"{table}\" t ORDER BY 1");
    }
    let columns = texts(db, &format!("SELECT name FROM pragma_table_info('{table}')")).await;
    let quoted: Vec<_> = columns
        .iter()
        .map(|column| format!("'{column}=' || quote(\"{column}\")"))
        .collect();
    format!("SELECT {} FROM \"{table}\" ORDER BY 1", quoted.join(" || ' ' || "))
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.expect("the table can be read");
    rows.iter()
        .map(|row| row.try_get_by_index(0).expect("one text a row"))
        .collect()
}
