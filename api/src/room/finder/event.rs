//! The live log of a room: seen when its room is.

use entity::{
    RoomId,
    room::{room, room_event},
};
use sea_orm::Condition;

use crate::{
    caller::Caller,
    error::Result,
    store::{Log, LogTables, Scope, seen_row, seen_with},
};

impl Log for RoomId {
    const TABLES: LogTables = LogTables {
        events: "room_events",
        counters: "room_counters",
        owner: "room_id",
    };

    fn readable(caller: &Caller) -> Condition {
        seen_with::<room::Entity>(room_event::Column::RoomId, caller)
    }

    async fn require_seen(self, scope: &impl Scope) -> Result<()> {
        seen_row::<room::Entity>(scope, self).await.map(drop)
    }
}
