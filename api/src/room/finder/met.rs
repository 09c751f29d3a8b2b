//! People whom the caller meets: oneself, fellow members, people in rooms that the caller sees.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use entity::{UserId, identity::profile, organization::membership, room::participant};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::room::visible_ids;
use crate::{
    error::Result,
    loaders::{Batch, failed},
    operation::Operation,
    organization,
    store::{Reading, Scope, Visible},
};

/// The account behind a profile that is asked for by its id alone.
///
/// # Errors
/// When the database does not answer.
pub async fn find_profile(operation: &Operation, id: UserId) -> Result<Option<Arc<profile::Model>>> {
    operation.snapshot().load::<Met>(id).await?
}

/// Of these users, those whom the caller meets somewhere: oneself, fellow members, people in rooms that they see.
///
/// # Errors
/// When the database does not answer.
async fn profiles(scope: &impl Scope, ids: &[UserId]) -> Result<Vec<profile::Model>> {
    let caller = scope.caller();
    let seen_room = Expr::col((participant::Entity, participant::Column::RoomId)).in_subquery(visible_ids(caller));
    let in_rooms = users_of(participant::Entity, participant::Column::UserId, ids)
        .cond_where(seen_room)
        .to_owned();
    let mut met = Condition::any().add(profile::Column::Id.in_subquery(in_rooms));
    if let Some(me) = caller.user() {
        let own = membership::Column::OrganizationId.in_subquery(organization::own_ids(me));
        let members = users_of(membership::Entity, membership::Column::UserId, ids)
            .cond_where(own)
            .to_owned();
        met = met
            .add(profile::Column::Id.eq(me))
            .add(profile::Column::Id.in_subquery(members));
    }
    let select = profile::Entity::seen(caller)
        .filter(profile::Column::Id.is_in(ids.iter().copied()))
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
struct Met(Arc<Reading>);

type Person = Option<Arc<profile::Model>>;

impl BatchFn<UserId, Result<Person>> for Met {
    async fn load(&mut self, keys: &[UserId]) -> HashMap<UserId, Result<Person>> {
        match profiles(&*self.0, keys).await {
            Ok(rows) => {
                let mut found: HashMap<_, _> = rows.into_iter().map(|row| (row.id, Arc::new(row))).collect();
                keys.iter().map(|key| (*key, Ok(found.remove(key)))).collect()
            }
            Err(error) => failed(keys, error),
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
