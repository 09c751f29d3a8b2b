//! An organization with everything in it that a mutation can name.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tests::{Answer, Client, World};

pub struct Place {
    /// ADMIN of the organization and ORGANIZER of its room: every mutation below is theirs to call.
    pub admin: Client,
    /// Somebody with an account who is nowhere.
    pub guest: Client,
    pub organization: String,
    pub app: String,
    /// An active room.
    pub room: String,
    /// Two prizes; the first has been won once.
    pub prizes: [String; 2],
    /// A participant who has won.
    pub lucky: String,
    /// A participant who has not.
    pub unlucky: String,
    /// The win.
    pub winner: String,
}

impl Place {
    pub async fn set(world: &World, is_public: bool) -> Self {
        let admin = world.user("Ada Admin").await;
        let guest = world.user("Gustav Guest").await;
        let answer = admin
            .mutate("createOrganization", json!({ "name": "Place" }), "organization { id }")
            .await;
        let organization = answer.text("/createOrganization/organization/id");
        let input = json!({ "organizationId": organization, "name": "An app", "manifest": {} });
        let app = admin.mutate("registerApp", input, "app { id }").await;
        let app = app.text("/registerApp/app/id");
        let room = admin.active_room(&organization, json!({ "isPublic": is_public })).await;

        let prizes = [prize(&admin, &room).await, prize(&admin, &room).await];
        let lucky = participant(world, &admin, &room, "Lucky").await;
        let unlucky = participant(world, &admin, &room, "Unlucky").await;
        let input = json!({ "prizeId": prizes[0], "participantId": lucky });
        let winner = admin.mutate("awardPrize", input, "winner { id }").await;
        Self {
            winner: winner.text("/awardPrize/winner/id"),
            admin,
            guest,
            organization,
            app,
            room,
            prizes,
            lucky,
            unlucky,
        }
    }

    /// A good input for each mutation, apart from credentials; none where it takes none.
    pub fn inputs(&self) -> BTreeMap<&'static str, Option<Json>> {
        let of_room = json!({ "roomId": self.room });
        let of_app = json!({ "appId": self.app });
        let of_prize = json!({ "prizeId": self.prizes[1] });
        let of_unlucky = json!({ "participantId": self.unlucky });
        let with = |input: &Json, more: Json| {
            let mut input = input.clone();
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            Some(input)
        };
        BTreeMap::from([
            ("addParticipant", with(&of_room, json!({ "userId": self.guest.user }))),
            (
                "awardPrize",
                Some(json!({ "prizeId": self.prizes[0], "participantId": self.unlucky })),
            ),
            ("cancelRoom", Some(of_room.clone())),
            ("completeRoom", Some(of_room.clone())),
            ("createOrganization", Some(json!({ "name": "Another" }))),
            ("createPrize", with(&of_room, json!({ "name": "A third prize" }))),
            (
                "createRoom",
                Some(json!({ "organizationId": self.organization, "title": "Another", "appId": self.app })),
            ),
            ("deactivateApp", Some(of_app.clone())),
            ("deletePrize", Some(of_prize.clone())),
            ("deleteRoom", Some(of_room.clone())),
            ("joinRoom", Some(of_room.clone())),
            ("leaveRoom", Some(of_room.clone())),
            ("openRoom", Some(of_room.clone())),
            ("refreshSession", Some(json!({ "refreshToken": "none" }))),
            ("regenerateAppSecret", Some(of_app.clone())),
            (
                "registerApp",
                Some(json!({ "organizationId": self.organization, "name": "Another", "manifest": {} })),
            ),
            ("removeParticipant", Some(of_unlucky.clone())),
            ("reorderPrizes", with(&of_room, json!({ "prizeIds": self.prizes }))),
            (
                "revokeWinner",
                Some(json!({ "winnerId": self.winner, "reason": "A mistake" })),
            ),
            (
                "signIn",
                Some(json!({ "email": "nobody@example.com", "password": "three unrelated words" })),
            ),
            ("signOut", None),
            (
                "signUp",
                Some(json!({
                    "email": "new@example.com", "password": "three unrelated words", "displayName": "New",
                })),
            ),
            ("updateApp", with(&of_app, json!({ "name": "Renamed" }))),
            ("updateParticipant", with(&of_unlucky, json!({ "tickets": 7 }))),
            ("updatePrize", with(&of_prize, json!({ "name": "Renamed" }))),
            ("updateProfile", Some(json!({ "displayName": "Renamed" }))),
            ("updateRoom", with(&of_room, json!({ "title": "Renamed" }))),
        ])
    }

    /// A good input for one mutation.
    pub fn input(&self, mutation: &str) -> Json {
        self.inputs()[mutation].clone().unwrap()
    }
}

/// Calls a mutation, with its input if it takes one.
pub async fn call(client: &Client, mutation: &str, input: Option<Json>) -> Answer {
    match input {
        Some(input) => client.mutate(mutation, input, "__typename").await,
        None => {
            client
                .query(&format!("mutation {{ {mutation} {{ __typename }} }}"))
                .await
        }
    }
}

async fn prize(admin: &Client, room: &str) -> String {
    let input = json!({ "roomId": room, "name": "A prize", "quantity": 5 });
    let answer = admin.mutate("createPrize", input, "prize { id }").await;
    answer.text("/createPrize/prize/id")
}

async fn participant(world: &World, admin: &Client, room: &str, name: &str) -> String {
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
