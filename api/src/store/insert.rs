//! Many rows, inserted in statements that every database takes.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait};

/// Rows of one statement: below the variables that SQLite and PostgreSQL take, however many columns there are.
pub const ROWS_AT_ONCE: usize = 500;

/// Inserts any number of rows, in statements that every database takes.
///
/// # Errors
/// When a row breaks a key or a check.
pub async fn insert_all<A: ActiveModelTrait>(connection: &impl ConnectionTrait, mut rows: Vec<A>) -> Result<(), DbErr> {
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(ROWS_AT_ONCE));
        A::Entity::insert_many(std::mem::replace(&mut rows, rest))
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}
