//! A room with a draw in each status.

use serde_json::{Value as Json, json};
use tests::{Client, World};

use super::rooms::{participant, prize};

pub struct Draws {
    /// The room that all of them are in.
    pub room: String,
    /// Someone who is on each list.
    pub participant: String,
    /// Committed; its list is open.
    pub open: String,
    /// Frozen; it waits for dice.
    pub of_dice: String,
    /// Frozen, and ready to be run.
    pub frozen: String,
    /// Called off.
    pub void: String,
    /// The prize of the void draw.
    pub free_prize: String,
    /// A win of a draw that was run.
    pub winner: String,
}

impl Draws {
    pub async fn set(world: &World, admin: &Client, organization: &str, is_public: bool) -> Self {
        let room = admin.active_room(organization, json!({ "isPublic": is_public })).await;
        let participant = participant(world, admin, &room, "Dora").await;
        let draw = async |level: &str, prize: &str| {
            let policy = json!({ "level": level, "prizes": [{ "prizeId": prize, "quantity": 1 }] });
            run(admin, "createDraw", json!({ "roomId": room, "policy": policy })).await
        };
        let open = draw("L0", &prize(admin, &room, 5).await).await;
        let of_dice = draw("L1", &prize(admin, &room, 5).await).await;
        let frozen = draw("L0", &prize(admin, &room, 5).await).await;
        let drawn = draw("L0", &prize(admin, &room, 5).await).await;
        let free_prize = prize(admin, &room, 1_000_000).await;
        let void = draw("L0", &free_prize).await;
        for list in [&of_dice, &frozen, &drawn] {
            run(admin, "freezeDraw", json!({ "drawId": list })).await;
        }
        run(admin, "runDraw", json!({ "drawId": drawn })).await;
        run(admin, "voidDraw", json!({ "drawId": void, "reason": "A mistake" })).await;
        let document = "query($id: ID!) { draw(id: $id) { winners { nodes { id } } } }";
        let answer = admin.run(document, json!({ "id": drawn })).await;
        let winner = answer.text("/draw/winners/nodes/0/id");
        Self {
            room,
            participant,
            open,
            of_dice,
            frozen,
            void,
            free_prize,
            winner,
        }
    }
}

/// Runs a mutation of a draw that must work; answers the draw's id.
async fn run(admin: &Client, mutation: &str, input: Json) -> String {
    let answer = admin.mutate(mutation, input, "draw { id }").await;
    answer.text(&format!("/{mutation}/draw/id"))
}
