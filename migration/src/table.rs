//! Words that the table migrations share. What they mean never changes: migrations are history.

use sea_orm_migration::{
    prelude::*,
    schema::{json_binary, timestamp_with_time_zone, timestamp_with_time_zone_null},
    sea_orm::DbBackend,
};

/// A JSON column that holds an object.
pub(crate) fn json_object(name: &'static str) -> ColumnDef {
    json_binary(name).default("{}").take()
}

/// A JSON column that holds a list.
pub(crate) fn json_list(name: &'static str) -> ColumnDef {
    json_binary(name).default("[]").take()
}

/// A moment in time. The server writes all of them, so that there is one clock.
pub(crate) fn moment(name: &'static str) -> ColumnDef {
    timestamp_with_time_zone(name)
}

/// A moment that may not have come.
pub(crate) fn moment_null(name: &'static str) -> ColumnDef {
    timestamp_with_time_zone_null(name)
}

/// `{table}_{rule}_check`.
pub(crate) fn check(table: &str, rule: &str, expression: Expr) -> Check {
    Check::named(Alias::new(format!("{table}_{rule}_check")), expression)
}

/// The column holds one of these texts.
pub(crate) fn one_of(column: &'static str, values: &[&'static str]) -> Expr {
    Expr::col(column).is_in(values.iter().copied())
}

/// The column holds exactly so many bytes.
pub(crate) fn bytes(backend: DbBackend, column: &str, length: u32) -> Expr {
    match backend {
        // SQLite would take text into a column of bytes.
        DbBackend::Sqlite => Expr::cust(format!("typeof({column}) = 'blob' AND length({column}) = {length}")),
        _ => Expr::cust(format!("octet_length({column}) = {length}")),
    }
}

/// `{table}_{columns}_fkey`.
pub(crate) fn foreign_key(
    table: &'static str,
    columns: &[&'static str],
    parent: &'static str,
    parent_columns: &[&'static str],
    on_delete: ForeignKeyAction,
) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.name(format!("{table}_{}_fkey", columns.join("_")))
        .from_tbl(table)
        .to_tbl(parent);
    for column in columns {
        key.from_col(*column);
    }
    for column in parent_columns {
        key.to_col(*column);
    }
    // Keys never change.
    key.on_delete(on_delete).on_update(ForeignKeyAction::Restrict).take()
}

/// `{table}_{columns}_idx`.
pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}_idx", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// `{table}_{columns}_key`.
pub(crate) fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, columns)
        .name(format!("{table}_{}_key", columns.join("_")))
        .unique()
        .take()
}

/// Narrows an index to rows that are not deleted.
pub(crate) fn live(mut index: IndexCreateStatement) -> IndexCreateStatement {
    index.and_where(Expr::col("deleted_at").is_null()).take()
}

/// Creates the indexes one after another.
pub(crate) async fn create_indexes(
    manager: &SchemaManager<'_>,
    indexes: impl IntoIterator<Item = IndexCreateStatement, IntoIter: Send>,
) -> Result<(), DbErr> {
    for index in indexes {
        manager.create_index(index).await?;
    }
    Ok(())
}

/// Drops the tables in this order: children first.
pub(crate) async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).take()).await?;
    }
    Ok(())
}
