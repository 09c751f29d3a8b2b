//! What is put into a room by hand: prizes and people.

use serde_json::json;
use tests::{Client, World};

/// A new prize of a room.
pub async fn prize(admin: &Client, room: &str, quantity: i32) -> String {
    let input = json!({ "roomId": room, "name": "A prize", "quantity": quantity });
    let answer = admin.mutate("createPrize", input, "prize { id }").await;
    answer.text("/createPrize/prize/id")
}

/// Somebody new in a room.
pub async fn participant(world: &World, admin: &Client, room: &str, name: &str) -> String {
    let user = world.user(name).await.user;
    let answer = admin
        .mutate(
            "addParticipant",
            json!({ "roomId": room, "userId": user }),
            "participant { id }",
        )
        .await;
    answer.text("/addParticipant/participant/id")
}
