//! Draws that anyone can verify: `draws`, `draw_prizes`, `draw_rankings`, the frozen list (`draw_chunks`,
//! `draw_entrants`), `draw_exclusions`, `draw_steps`; and winners that are not announced yet.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::{
    m0005_append_only::{postgres, sqlite},
    table::drop_tables,
};

mod draw;
pub(crate) mod history;
mod list;
mod walls;
mod winners;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        draw::draws(manager).await?;
        draw::draw_prizes(manager).await?;
        draw::draw_rankings(manager).await?;
        list::draw_chunks(manager).await?;
        list::draw_entrants(manager).await?;
        history::draw_exclusions(manager).await?;
        history::draw_steps(manager).await?;
        winners::extend(manager).await?;
        append_only(manager.get_connection(), manager.get_database_backend()).await?;
        walls::up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        walls::down(manager).await?;
        winners::reduce(manager).await?;
        let tables = [
            "draw_steps",
            "draw_exclusions",
            "draw_entrants",
            "draw_chunks",
            "draw_rankings",
            "draw_prizes",
            "draws",
        ];
        drop_tables(manager, &tables).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// What was published is never changed.
async fn append_only(db: &SchemaManagerConnection<'_>, backend: DbBackend) -> Result<(), DbErr> {
    for table in ["draw_chunks", "draw_entrants", "draw_exclusions", "draw_steps"] {
        match backend {
            DbBackend::Sqlite => {
                db.execute_unprepared(&sqlite(table, "update")).await?;
                db.execute_unprepared(&sqlite(table, "delete")).await?;
            }
            _ => {
                db.execute_unprepared(&postgres(table)).await?;
            }
        }
    }
    Ok(())
}
