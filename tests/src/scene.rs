//! The things that most tests begin with: an organization, a room, its people and prizes.

use entity::{
    MembershipId, OrganizationId, UserId,
    organization::membership::{self, MemberRole},
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value as Json, json};

use crate::{Client, Database, World};

/// An organization with a member of each role, and a public, active room in it that `creator` organizes.
pub struct Scene {
    /// The server.
    pub world: World,
    /// Global id of the organization.
    pub organization: String,
    /// ADMIN of the organization.
    pub admin: Client,
    /// REVIEWER of the organization.
    pub reviewer: Client,
    /// CREATOR in the organization, ORGANIZER of the room.
    pub creator: Client,
    /// VIEWER of the organization.
    pub viewer: Client,
    /// Somebody with an account who belongs to nothing.
    pub outsider: Client,
    /// Global id of the room.
    pub room: String,
}

impl Scene {
    /// Sets the scene.
    pub async fn new(database: Database) -> Self {
        Self::in_world(World::new(database).await).await
    }

    /// Sets the scene on a server that runs already.
    pub async fn in_world(world: World) -> Self {
        let admin = world.user("Ada Admin").await;
        let answer = admin
            .mutate("createOrganization", json!({ "name": "Scene" }), "organization { id }")
            .await;
        let organization = answer.text("/createOrganization/organization/id");
        let reviewer = world.member(&organization, "Rita Reviewer", MemberRole::Reviewer).await;
        let creator = world.member(&organization, "Carl Creator", MemberRole::Creator).await;
        let viewer = world.member(&organization, "Vera Viewer", MemberRole::Viewer).await;
        let outsider = world.user("Otto Outsider").await;
        let room = creator
            .active_room(&organization, json!({ "title": "The room", "isPublic": true }))
            .await;
        Self {
            world,
            organization,
            admin,
            reviewer,
            creator,
            viewer,
            outsider,
            room,
        }
    }

    /// A prize in the room.
    pub async fn prize(&self, quantity: i32) -> String {
        let input = json!({ "roomId": self.room, "name": "A prize", "quantity": quantity });
        self.creator
            .mutate("createPrize", input, "prize { id }")
            .await
            .text("/createPrize/prize/id")
    }

    /// Somebody new who has joined the room; answers them and the id of their place.
    pub async fn participant(&self, name: &str) -> (Client, String) {
        let client = self.world.user(name).await;
        let place = client.join(&self.room).await;
        (client, place)
    }

    /// Someone whom the creator added to the room in a role; answers them and the id of their place.
    pub async fn staff(&self, name: &str, role: &str) -> (Client, String) {
        let client = self.world.user(name).await;
        let input = json!({ "roomId": self.room, "userId": client.user, "role": role });
        let answer = self.creator.mutate("addParticipant", input, "participant { id }").await;
        (client, answer.text("/addParticipant/participant/id"))
    }

    /// Awards a prize; answers the id of the win.
    pub async fn award(&self, prize: &str, participant: &str) -> String {
        let input = json!({ "prizeId": prize, "participantId": participant });
        self.creator
            .mutate("awardPrize", input, "winner { id }")
            .await
            .text("/awardPrize/winner/id")
    }
}

impl World {
    /// Somebody new in an organization.
    pub async fn member(&self, organization: &str, name: &str, role: MemberRole) -> Client {
        let client = self.user(name).await;
        let organization: OrganizationId = organization.parse().expect("an organization's id");
        let user: UserId = client.user.parse().expect("a user's id");
        let id: MembershipId = self.clock.new_id();
        let row = membership::ActiveModel {
            id: Set(id),
            organization_id: Set(organization),
            user_id: Set(user),
            role: Set(role),
            created_at: Set(self.clock.now()),
            updated_at: Set(self.clock.now()),
        };
        membership::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await
            .expect("a membership");
        client
    }
}

impl Client {
    /// A new draft room; `input` beside `organizationId`.
    pub async fn draft_room(&self, organization: &str, mut input: Json) -> String {
        input["organizationId"] = json!(organization);
        if input["title"].is_null() {
            input["title"] = json!("A room");
        }
        self.mutate("createRoom", input, "room { id }")
            .await
            .text("/createRoom/room/id")
    }

    /// A new room, opened.
    pub async fn active_room(&self, organization: &str, input: Json) -> String {
        let room = self.draft_room(organization, input).await;
        self.mutate("openRoom", json!({ "roomId": room }), "room { status }")
            .await
            .text("/openRoom/room/status");
        room
    }

    /// Joins a public room; answers the id of the place in it.
    pub async fn join(&self, room: &str) -> String {
        let answer = self
            .mutate("joinRoom", json!({ "roomId": room }), "participant { id }")
            .await;
        answer.text("/joinRoom/participant/id")
    }
}
