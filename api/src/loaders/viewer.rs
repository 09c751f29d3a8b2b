//! What the caller is to many organizations and rooms.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use entity::{
    OrganizationId, RoomId,
    organization::membership::{self, MemberRole},
    room::participant,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::Batch;
use crate::{
    error::Result,
    store::{Reading, Scope, among},
};

/// The caller's role in each of many organizations.
pub struct ViewerMembership(Arc<Reading>);

impl BatchFn<OrganizationId, Result<Option<MemberRole>>> for ViewerMembership {
    async fn load(&mut self, keys: &[OrganizationId]) -> HashMap<OrganizationId, Result<Option<MemberRole>>> {
        let rows = membership::Entity::find()
            .filter(membership::Column::UserId.eq(self.0.caller().user()))
            .filter(among(
                self.0.get_database_backend(),
                membership::Column::OrganizationId,
                keys.iter().map(|key| key.0).collect(),
            ))
            .all(&*self.0)
            .await;
        match rows {
            Ok(rows) => {
                let roles: HashMap<_, _> = rows.into_iter().map(|row| (row.organization_id, row.role)).collect();
                keys.iter().map(|key| (*key, Ok(roles.get(key).copied()))).collect()
            }
            Err(error) => failed(keys, error),
        }
    }
}

impl Batch for ViewerMembership {
    type Key = OrganizationId;
    type Value = Result<Option<MemberRole>>;

    fn new(reading: Arc<Reading>) -> Self {
        Self(reading)
    }
}

/// The caller's own place in each of many rooms.
pub struct ViewerParticipation(Arc<Reading>);

type Place = Option<Arc<participant::Model>>;

impl BatchFn<RoomId, Result<Place>> for ViewerParticipation {
    async fn load(&mut self, keys: &[RoomId]) -> HashMap<RoomId, Result<Place>> {
        let rows = participant::Entity::find()
            .filter(participant::Column::UserId.eq(self.0.caller().user()))
            .filter(among(
                self.0.get_database_backend(),
                participant::Column::RoomId,
                keys.iter().map(|key| key.0).collect(),
            ))
            .filter(participant::Column::LeftAt.is_null())
            .filter(participant::Column::DeletedAt.is_null())
            .all(&*self.0)
            .await;
        match rows {
            Ok(rows) => {
                let mut places: HashMap<_, _> = rows.into_iter().map(|row| (row.room_id, Arc::new(row))).collect();
                keys.iter().map(|key| (*key, Ok(places.remove(key)))).collect()
            }
            Err(error) => failed(keys, error),
        }
    }
}

impl Batch for ViewerParticipation {
    type Key = RoomId;
    type Value = Result<Place>;

    fn new(reading: Arc<Reading>) -> Self {
        Self(reading)
    }
}

fn failed<K: Copy + Eq + std::hash::Hash, V>(keys: &[K], error: sea_orm::DbErr) -> HashMap<K, Result<V>> {
    let error = crate::error::Error::from(error);
    keys.iter().map(|key| (*key, Err(error.clone()))).collect()
}
