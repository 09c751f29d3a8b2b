//! The live log: seen when its room is.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use entity::{RoomId, room::room_event};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, JoinType, SelectStatement},
};

use super::room::of_visible;
use crate::{
    caller::Caller,
    error::{Error, Result},
    loaders::Batch,
    store::{Reading, Scope},
};

/// Events of one room behind a sequence, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn events_after(
    scope: &impl Scope,
    room: RoomId,
    after: i64,
    only: Option<&'static str>,
    limit: u64,
) -> Result<Vec<room_event::Model>> {
    let mut select = after_sequence(scope.caller(), after, limit).filter(room_event::Column::RoomId.eq(room));
    if let Some(kind) = only {
        // As it is in the index of announcements: a bound value would not be seen to be it.
        select = select
            .filter(Expr::col((room_event::Entity, room_event::Column::Kind)).eq(Expr::cust(format!("'{kind}'"))));
    }
    Ok(select.all(scope).await?)
}

fn after_sequence(caller: &Caller, after: i64, limit: u64) -> Select<room_event::Entity> {
    room_event::Entity::find()
        .filter(of_visible(room_event::Column::RoomId, caller))
        .filter(room_event::Column::Sequence.gt(after))
        .order_by_asc(room_event::Column::Sequence)
        .limit(limit)
}

/// Asks for a room's events behind a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventsOf {
    /// The room.
    pub room: RoomId,
    /// The last sequence that is known.
    pub after: i64,
    /// Events at most.
    pub limit: u32,
}

/// Events of each of many rooms.
pub struct EventsAfter(Arc<Reading>);

type Events = Arc<Vec<room_event::Model>>;

impl BatchFn<EventsOf, Result<Events>> for EventsAfter {
    async fn load(&mut self, keys: &[EventsOf]) -> HashMap<EventsOf, Result<Events>> {
        let mut groups: HashMap<(i64, u32), Vec<EventsOf>> = HashMap::new();
        for key in keys {
            groups.entry((key.after, key.limit)).or_default().push(*key);
        }
        let mut answers = HashMap::with_capacity(keys.len());
        for ((after, limit), group) in groups {
            let rooms: Vec<RoomId> = group.iter().map(|key| key.room).collect();
            match self.events(&rooms, after, limit).await {
                Ok(mut events) => answers.extend(
                    group
                        .into_iter()
                        .map(|key| (key, Ok(Arc::new(events.remove(&key.room).unwrap_or_default())))),
                ),
                Err(error) => answers.extend(group.into_iter().map(|key| (key, Err(error.clone())))),
            }
        }
        answers
    }
}

impl EventsAfter {
    async fn events(
        &self,
        rooms: &[RoomId],
        after: i64,
        limit: u32,
    ) -> Result<HashMap<RoomId, Vec<room_event::Model>>> {
        let mut events: HashMap<RoomId, Vec<room_event::Model>> = HashMap::new();
        let select = self.select(rooms, after, limit);
        for row in self.0.query_all(&select).await? {
            let row = room_event::Model::from_query_result(&row, "").map_err(Error::from)?;
            events.entry(row.room_id).or_default().push(row);
        }
        Ok(events)
    }

    /// Each room's first events, in one statement: the same two ways as every list of children.
    fn select(&self, rooms: &[RoomId], after: i64, limit: u32) -> SelectStatement {
        let (room, log) = (Alias::new("parent"), Alias::new("child"));
        let inner = after_sequence(self.0.caller(), after, limit.into());
        let column = |table: Alias, column: room_event::Column| Expr::col((table, column));
        let own = Expr::col((room_event::Entity, room_event::Column::RoomId));
        let mut select = SelectStatement::new();
        select.column((log.clone(), Asterisk));
        if self.0.get_database_backend() == DbBackend::Sqlite {
            let mut inner = inner
                .select_only()
                .expr(Expr::col((room_event::Entity, Alias::new("rowid"))))
                .into_query();
            inner.and_where(own.eq(Expr::col((room.clone(), Alias::new("column1")))));
            select.from_values(rooms.iter().map(|room| room.0), room).join_as(
                JoinType::InnerJoin,
                room_event::Entity,
                log.clone(),
                Expr::col((log.clone(), Alias::new("rowid"))).in_subquery(inner),
            );
        } else {
            let mut inner = inner.into_query();
            inner.and_where(own.eq(Expr::col((room.clone(), room.clone()))));
            let ids: Vec<uuid::Uuid> = rooms.iter().map(|room| room.0).collect();
            select
                .from_function(Func::cust(Alias::new("unnest")).arg(Expr::val(ids)), room)
                .join_lateral(JoinType::InnerJoin, inner, log.clone(), Expr::cust("TRUE"));
        }
        select.order_by_expr(column(log, room_event::Column::Sequence), sea_orm::Order::Asc);
        select
    }
}

impl Batch for EventsAfter {
    type Key = EventsOf;
    type Value = Result<Events>;

    fn new(reading: Arc<Reading>) -> Self {
        Self(reading)
    }
}
