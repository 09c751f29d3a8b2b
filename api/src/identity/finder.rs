//! What of accounts and sessions a caller may see.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use dataloader::BatchFn;
use entity::{
    SessionId, UserId,
    identity::{session, user},
    organization::membership,
    room::participant,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use crate::{
    caller::Caller,
    error::Result,
    loaders::Batch,
    organization, room,
    store::{Reading, Scope, Visible},
};

impl Visible for user::Entity {
    type Id = UserId;

    const NAME: &'static str = "user";
    const ID: user::Column = user::Column::Id;
    const DELETED_AT: Option<user::Column> = Some(user::Column::DeletedAt);

    /// Whoever sees a row that names a user may see their profile: it is all that the API shows of them.
    /// A profile asked for by its id alone is narrowed by [`Met`].
    fn visible(_: &Caller) -> Condition {
        Condition::all()
    }

    fn id(row: &user::Model) -> UserId {
        row.id
    }

    fn deleted_at(row: &user::Model) -> Option<DateTime<Utc>> {
        row.deleted_at
    }
}

impl Visible for session::Entity {
    type Id = SessionId;

    const NAME: &'static str = "session";
    const ID: session::Column = session::Column::Id;

    fn visible(caller: &Caller) -> Condition {
        match caller.user() {
            Some(user) => Condition::all().add(session::Column::UserId.eq(user)),
            None => Condition::all().add(Expr::value(false)),
        }
    }

    fn id(row: &session::Model) -> SessionId {
        row.id
    }
}

/// Of these users, those whom the caller meets somewhere: oneself, fellow members, people in rooms that they see.
///
/// # Errors
/// When the database does not answer.
async fn profiles(scope: &impl Scope, ids: &[UserId]) -> Result<Vec<user::Model>> {
    let caller = scope.caller();
    let seen_room =
        Expr::col((participant::Entity, participant::Column::RoomId)).in_subquery(room::visible_ids(caller));
    let in_rooms = users_of(participant::Entity, participant::Column::UserId, ids)
        .cond_where(seen_room)
        .to_owned();
    let mut met = Condition::any().add(user::Column::Id.in_subquery(in_rooms));
    if let Some(me) = caller.user() {
        let own = membership::Column::OrganizationId.in_subquery(organization::own_ids(me));
        let members = users_of(membership::Entity, membership::Column::UserId, ids)
            .cond_where(own)
            .to_owned();
        met = met
            .add(user::Column::Id.eq(me))
            .add(user::Column::Id.in_subquery(members));
    }
    let select = user::Entity::seen(caller)
        .filter(user::Column::Id.is_in(ids.iter().copied()))
        .filter(met);
    Ok(select.all(scope).await?)
}

fn users_of<E: EntityTrait, C: ColumnTrait>(table: E, column: C, ids: &[UserId]) -> SelectStatement {
    Query::select()
        .column((table, column))
        .from(table)
        .and_where(Expr::col((table, column)).is_in(ids.iter().copied()))
        .to_owned()
}

/// Profiles asked for by their ids alone.
pub(super) struct Met(Arc<Reading>);

type Person = Option<Arc<user::Model>>;

impl BatchFn<UserId, Result<Person>> for Met {
    async fn load(&mut self, keys: &[UserId]) -> HashMap<UserId, Result<Person>> {
        match profiles(&*self.0, keys).await {
            Ok(rows) => {
                let mut found: HashMap<_, _> = rows.into_iter().map(|row| (row.id, Arc::new(row))).collect();
                keys.iter().map(|key| (*key, Ok(found.remove(key)))).collect()
            }
            Err(error) => keys.iter().map(|key| (*key, Err(error.clone()))).collect(),
        }
    }
}

impl Batch for Met {
    type Key = UserId;
    type Value = Result<Person>;

    fn new(reading: Arc<Reading>) -> Self {
        Self(reading)
    }
}
