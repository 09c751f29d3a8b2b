//! An organization with everything in it that the catalogue names.

use serde_json::{Value as Json, json};
use tests::{Answer, Client, World};

use super::{
    draws::Draws,
    rooms::{participant, prize},
};
use crate::catalogue::entry;

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

    /// The id that a name of the catalogue stands for.
    fn id(&self, name: &str) -> String {
        let draws = &self.draws;
        let id = match name {
            "organization" => &self.organization,
            "app" => &self.app,
            "guest" => return self.guest.user.clone(),
            "room" => &self.room,
            "prize" => &self.prizes[0],
            "other_prize" => &self.prizes[1],
            "unlucky" => &self.unlucky,
            "winner" => &self.winner,
            "own_winner" => &self.own_winner,
            "draw_room" => &draws.room,
            "draw_participant" => &draws.participant,
            "open_draw" => &draws.open,
            "draw_of_dice" => &draws.of_dice,
            "frozen_draw" => &draws.frozen,
            "void_draw" => &draws.void,
            "void_prize" => &draws.free_prize,
            "drawn_winner" => &draws.winner,
            other => panic!("@{other} of the catalogue is not in this place"),
        };
        id.clone()
    }

    /// A prize that is in no draw, as large as a prize can be.
    pub async fn another_prize_to_draw(&self) -> String {
        prize(&self.admin, &self.draws.room, 1_000_000).await
    }

    /// A good input for one mutation, apart from credentials.
    pub fn input(&self, mutation: &str) -> Json {
        entry(mutation).filled(&|name| self.id(name)).unwrap()
    }

    /// The same; none for a mutation that takes none.
    pub fn optional_input(&self, mutation: &str) -> Option<Json> {
        entry(mutation).filled(&|name| self.id(name))
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
