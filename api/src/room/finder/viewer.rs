//! What the caller is to rooms: to one in a change, and batched over many.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use entity::{
    OrganizationId, RoomId,
    room::{participant, room},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait};

use crate::{
    error::Result,
    loaders::{Batch, failed},
    operation::Operation,
    organization,
    policy::{Relation, Relations},
    store::{Reading, Scope, all_rows, among},
};

/// What the caller is to a room and its organization.
///
/// # Errors
/// When the database does not answer.
pub async fn relations(scope: &impl Scope, room: &room::Model) -> Result<Relations> {
    let relations = organization::relations(scope, room.organization_id).await?;
    if scope.caller().user().is_none() {
        return Ok(relations);
    }
    let own = own_participations(scope, &[room.id]).await?.pop();
    Ok(relations.and(own.map(|own| Relation::Participant(own.role))))
}

/// The same, batched over many.
///
/// # Errors
/// When the database does not answer.
pub async fn viewer(operation: &Operation, room: RoomId, organization: OrganizationId) -> Result<Relations> {
    let relations = organization::viewer(operation, organization).await?;
    let own = viewer_participation(operation, room).await?;
    Ok(relations.and(own.map(|own| Relation::Participant(own.role))))
}

/// The caller's own place in a room, batched over many.
///
/// # Errors
/// When the database does not answer.
pub async fn viewer_participation(operation: &Operation, room: RoomId) -> Result<Place> {
    if operation.caller().user().is_none() {
        return Ok(None);
    }
    operation.snapshot().load::<ViewerPlaces>(room).await?
}

/// Where the caller is in these rooms now.
async fn own_participations(scope: &impl Scope, rooms: &[RoomId]) -> Result<Vec<participant::Model>> {
    let rooms = rooms.iter().map(|room| room.0).collect();
    let select = participant::Entity::find()
        .filter(participant::Column::UserId.eq(scope.caller().user()))
        .filter(among(scope.get_database_backend(), participant::Column::RoomId, rooms))
        .filter(participant::Column::LeftAt.is_null())
        .filter(participant::Column::DeletedAt.is_null());
    Ok(all_rows(scope, &select.into_query()).await?)
}

/// The caller's own place in each of many rooms.
struct ViewerPlaces(Arc<Reading>);

type Place = Option<Arc<participant::Model>>;

impl BatchFn<RoomId, Result<Place>> for ViewerPlaces {
    async fn load(&mut self, keys: &[RoomId]) -> HashMap<RoomId, Result<Place>> {
        match own_participations(&*self.0, keys).await {
            Ok(rows) => {
                let mut places: HashMap<_, _> = rows.into_iter().map(|row| (row.room_id, Arc::new(row))).collect();
                keys.iter().map(|key| (*key, Ok(places.remove(key)))).collect()
            }
            Err(error) => failed(keys, error),
        }
    }
}

impl Batch for ViewerPlaces {
    type Key = RoomId;
    type Value = Result<Place>;

    fn new(reading: Arc<Reading>) -> Self {
        Self(reading)
    }
}
