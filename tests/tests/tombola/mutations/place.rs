//! An organization with everything in it that a mutation can name.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tests::{Answer, Client, World};

use super::{
    draws::{DICE, Draws},
    rooms::{participant, prize},
};

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
    /// A win of the admin's own, not claimed yet.
    pub own_winner: String,
    /// Another room, with draws.
    pub draws: Draws,
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

        let prizes = [prize(&admin, &room, 5).await, prize(&admin, &room, 5).await];
        let lucky = participant(world, &admin, &room, "Lucky").await;
        let unlucky = participant(world, &admin, &room, "Unlucky").await;
        let input = json!({ "prizeId": prizes[0], "participantId": lucky });
        let winner = admin.mutate("awardPrize", input, "winner { id }").await;
        let draws = Draws::set(world, &admin, &organization, is_public).await;
        Self {
            winner: winner.text("/awardPrize/winner/id"),
            own_winner: own_win(&admin, &room, &prizes[0]).await,
            draws,
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
            ("approveDraw", Some(json!({ "drawId": self.draws.open }))),
            ("cancelRoom", Some(of_room.clone())),
            ("claimPrize", Some(json!({ "winnerId": self.own_winner }))),
            ("completeRoom", Some(of_room.clone())),
            ("createDraw", Some(self.draws.good_draw())),
            ("createOrganization", Some(json!({ "name": "Another" }))),
            ("createPrize", with(&of_room, json!({ "name": "A third prize" }))),
            (
                "createRoom",
                Some(json!({ "organizationId": self.organization, "title": "Another", "appId": self.app })),
            ),
            ("deactivateApp", Some(of_app.clone())),
            (
                "declinePrize",
                Some(json!({ "winnerId": self.own_winner, "reason": "No room for it" })),
            ),
            ("deletePrize", Some(of_prize.clone())),
            ("deleteRoom", Some(of_room.clone())),
            (
                "disqualifyWinner",
                Some(json!({ "winnerId": self.draws.winner, "reason": "Not of age" })),
            ),
            (
                "excludeFromDraw",
                Some(json!({
                    "drawId": self.draws.open, "participantId": self.draws.participant, "reason": "Knows the hosts",
                })),
            ),
            ("freezeDraw", Some(json!({ "drawId": self.draws.open }))),
            ("joinRoom", Some(of_room.clone())),
            ("leaveRoom", Some(of_room.clone())),
            ("openRoom", Some(of_room.clone())),
            (
                "provideDrawEntropy",
                Some(json!({ "drawId": self.draws.of_dice, "dice": DICE })),
            ),
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
                "runDraw",
                Some(json!({ "drawId": self.draws.frozen, "paceSeconds": 2 })),
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
            (
                "voidDraw",
                Some(json!({ "drawId": self.draws.open, "reason": "A mistake" })),
            ),
        ])
    }

    /// A prize that is in no draw, as large as a prize can be.
    pub async fn another_prize_to_draw(&self) -> String {
        prize(&self.admin, &self.draws.room, 1_000_000).await
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

/// The admin wins a prize, by hand.
async fn own_win(admin: &Client, room: &str, prize: &str) -> String {
    let document = "query($id: ID!) { room(id: $id) { viewerParticipation { id } } }";
    let answer = admin.run(document, json!({ "id": room })).await;
    let place = answer.text("/room/viewerParticipation/id");
    let input = json!({ "prizeId": prize, "participantId": place });
    let answer = admin.mutate("awardPrize", input, "winner { id }").await;
    answer.text("/awardPrize/winner/id")
}
