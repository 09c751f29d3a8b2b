//! How many of a prize are left. One conditional update each, never read, decide, write: a prize is never given away beyond
//! its quantity.

use entity::{PrizeId, room::prize};
use sea_orm::{
    ColumnTrait, ConnectionTrait, ExprTrait,
    sea_query::{Expr, Query, UpdateStatement},
};

use crate::{
    error::{Error, Result},
    store::Writing,
};

/// Takes so many of a prize, and answers how many are left then; nothing when there were fewer, or it is deleted.
///
/// # Errors
/// When the database does not answer.
pub async fn take_of_prize(tx: &Writing, prize: PrizeId, count: i32) -> Result<Option<i32>> {
    let mut update = moved(tx, prize, -count);
    update
        .and_where(Expr::col(prize::Column::QuantityRemaining).gte(count))
        .and_where(prize::Column::DeletedAt.is_null());
    left(tx, &update).await
}

/// Gives so many of a prize back, and answers how many are left then.
///
/// # Errors
/// `INTERNAL` when fewer were given away.
pub async fn give_back_to_prize(tx: &Writing, prize: PrizeId, count: i32) -> Result<i32> {
    let mut update = moved(tx, prize, count);
    let then = Expr::col(prize::Column::QuantityRemaining).add(count);
    update.and_where(then.lte(Expr::col(prize::Column::Quantity)));
    left(tx, &update).await?.ok_or_else(|| {
        Error::internal(anyhow::anyhow!(
            "{count} wins of {prize} ended, but fewer were given away"
        ))
    })
}

fn moved(tx: &Writing, prize: PrizeId, by: i32) -> UpdateStatement {
    let left = Expr::col(prize::Column::QuantityRemaining);
    Query::update()
        .table(prize::Entity)
        .value(prize::Column::QuantityRemaining, left.add(by))
        .value(prize::Column::UpdatedAt, tx.now())
        .and_where(prize::Column::Id.eq(prize))
        .returning_col(prize::Column::QuantityRemaining)
        .take()
}

async fn left(tx: &Writing, update: &UpdateStatement) -> Result<Option<i32>> {
    let row = tx.query_one(update).await?;
    row.map(|row| row.try_get_by_index(0).map_err(Error::from)).transpose()
}
