//! Apps, rooms, who takes part, what can be won and the live log: `apps`, `rooms`, `room_counters`,
//! `participants`, `prizes`, `winners`, `room_events`.

use sea_orm_migration::prelude::*;

use crate::table::drop_tables;

mod log;
mod people;
mod place;
pub(crate) mod prize;

pub(crate) use place::place_in_room;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        place::apps(manager).await?;
        place::rooms(manager).await?;
        log::room_counters(manager).await?;
        people::participants(manager).await?;
        prize::prizes(manager).await?;
        prize::winners(manager).await?;
        log::room_events(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "room_events",
            "winners",
            "prizes",
            "participants",
            "room_counters",
            "rooms",
            "apps",
        ];
        drop_tables(manager, &tables).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
