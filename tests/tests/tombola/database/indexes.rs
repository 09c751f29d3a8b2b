//! Indexes: one for every foreign key, and each in docs/database.md with what it is for.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryResult, Statement};
use tests::{Database, TestDatabase};

#[derive(Debug)]
struct Index {
    table: String,
    columns: Vec<String>,
    /// Only of some rows.
    partial: bool,
}

async fn query(db: &DatabaseConnection, sql: &str) -> Vec<QueryResult> {
    db.query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap()
}

fn text(row: &QueryResult, column: &str) -> String {
    row.try_get("", column).unwrap()
}

/// By name. SQLite's own names of primary keys are turned into PostgreSQL's.
async fn indexes(db: &DatabaseConnection) -> BTreeMap<String, Index> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            r#"SELECT t.name AS "table", CASE i.origin WHEN 'pk' THEN t.name || '_pkey' ELSE i.name END AS name,
                 (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) AS columns,
                 i.partial = 1 AS partial
               FROM sqlite_schema t JOIN pragma_index_list(t.name) i
               WHERE t.type = 'table' AND t.name <> 'seaql_migrations'"#
        }
        _ => {
            r#"SELECT t.relname::text AS "table", c.relname::text AS name,
                 array_to_string(ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, true) FROM generate_series(1, i.indnkeyatts) n
                   ORDER BY n), ',') AS columns,
                 i.indpred IS NOT NULL AS partial
               FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
               WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> 'seaql_migrations'"#
        }
    };
    let index = |row: &QueryResult| {
        let columns = text(row, "columns").replace('"', "");
        let index = Index {
            table: text(row, "table"),
            columns: columns.split(',').map(str::to_owned).collect(),
            partial: row.try_get("", "partial").unwrap(),
        };
        (text(row, "name"), index)
    };
    query(db, sql).await.iter().map(index).collect()
}

/// Table and columns of every foreign key; the column that holds the parent's id is the last.
async fn foreign_keys(db: &DatabaseConnection) -> BTreeSet<(String, Vec<String>)> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            r#"SELECT t.name AS "table", (SELECT group_concat("from") FROM (SELECT "from" FROM
                 pragma_foreign_key_list(t.name) WHERE id = f.id ORDER BY seq)) AS columns
               FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' AND f.seq = 0"#
        }
        _ => {
            r#"SELECT conrelid::regclass::text AS "table", array_to_string(ARRAY(SELECT a.attname::text
                 FROM unnest(conkey) WITH ORDINALITY AS k(number, place)
                 JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.number ORDER BY k.place), ',') AS columns
               FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"#
        }
    };
    let key = |row: &QueryResult| {
        (
            text(row, "table"),
            text(row, "columns").split(',').map(str::to_owned).collect(),
        )
    };
    query(db, sql).await.iter().map(key).collect()
}

/// Deleting a parent must not read all its children's table. An index serves when it begins with all columns of
/// the key, or with the one that holds the parent's id, which finds the same rows: the other column only repeats
/// the parent's own.
fn serves(index: &Index, table: &str, columns: &[String]) -> bool {
    let begins: BTreeSet<&String> = index.columns.iter().take(columns.len()).collect();
    index.table == table
        && !index.partial
        && (begins == columns.iter().collect() || index.columns.first() == columns.last())
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_foreign_key_has_one(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let test = TestDatabase::create(database).await;
    let db = test.superuser().await;
    let indexes = indexes(&db).await;
    let keys = foreign_keys(&db).await;
    assert_eq!(keys.len(), 38, "{keys:#?}");
    for (table, columns) in keys {
        let served = indexes.values().any(|index| serves(index, &table, &columns));
        assert!(served, "no index of {table} serves its foreign key {columns:?}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documentation_lists_them_all(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let documented = documented(database);
    let test = TestDatabase::create(database).await;
    let found: BTreeMap<String, String> = indexes(&test.superuser().await)
        .await
        .into_iter()
        .map(|(name, index)| (name, format!("{} ({})", index.table, index.columns.join(", "))))
        .collect();
    assert_eq!(found, documented);
}

/// The rows of the tables in docs/database.md: `| `name` | `columns` | what for |`, below a heading that names the
/// table. What one database alone has is marked.
fn documented(database: Database) -> BTreeMap<String, String> {
    let text = include_str!("../../../../docs/database.md");
    let other = match database {
        Database::Sqlite => "PostgreSQL only",
        Database::Postgres => "SQLite only",
    };
    let mut table = "";
    let mut indexes = BTreeMap::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            table = heading.trim_matches('`');
        }
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let ["", name, columns, purpose, ""] = cells[..]
            && name.starts_with('`')
            && !purpose.contains(other)
        {
            assert!(!purpose.is_empty(), "{name} serves nothing");
            let place = format!("{table} ({})", columns.trim_matches('`'));
            assert_eq!(
                indexes.insert(name.trim_matches('`').to_owned(), place),
                None,
                "{name} is listed twice"
            );
        }
    }
    indexes
}
