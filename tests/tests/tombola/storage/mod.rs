//! What is written is counted, charged and, when its time is over, forgotten.

mod forgetting;
mod quota;
mod rates;
mod records;

use entity::{OrganizationId, store::storage_counter};
use sea_orm::EntityTrait;
use serde_json::{Value as Json, json};
use tests::{Answer, Scene, World};

/// Bytes that a tenant has stored.
async fn stored(world: &World, organization: &str) -> i64 {
    let id: OrganizationId = organization.parse().unwrap();
    let row = storage_counter::Entity::find_by_id(id).one(&world.db).await.unwrap();
    row.unwrap().bytes
}

/// A change of the scene's room that writes as much as one may: `letter` tells it from the one before.
fn much(scene: &Scene, letter: char) -> Json {
    json!({ "roomId": scene.room, "description": letter.to_string().repeat(5000) })
}

async fn write_much(scene: &Scene, letter: char) -> Answer {
    scene
        .creator
        .mutate("updateRoom", much(scene, letter), "room { id }")
        .await
}
