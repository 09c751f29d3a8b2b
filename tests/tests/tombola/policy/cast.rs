//! One person for each relation, and the things that they act on.

use api::policy::Relation;
use entity::{organization::membership::MemberRole, room::participant::ParticipantRole};
use sea_orm::{ActiveEnum, Iterable};
use serde_json::{Value as Json, json};
use tests::{Client, World};

pub struct Cast {
    pub scene: SceneIds,
    pub stranger: Client,
    pub outsider: Client,
    /// Oneself is a VIEWER of the organization and a PARTICIPANT of the room, who may nothing beside.
    pub oneself: Client,
    members: Vec<(MemberRole, Client)>,
    participants: Vec<(ParticipantRole, Client)>,
}

/// Global ids.
pub struct SceneIds {
    pub organization: String,
    pub slug: String,
    pub active_app: String,
    pub idle_app: String,
    /// Public and active.
    pub room: String,
    /// Public and completed, with the same people.
    pub over: String,
    /// Another public and active room, which nobody is in.
    pub elsewhere: String,
    /// A participant of `room`.
    pub somebody: Client,
    pub their_place: String,
    /// Public and active, with the same people and a draw whose list is closed by its policy and not frozen.
    pub drawing: String,
    /// Of the participant of `room`.
    pub place_drawing: String,
    /// In the room that is over.
    pub prize: String,
    pub place_over: String,
    /// An ORGANIZER and a MODERATOR there.
    pub staff_over: Vec<String>,
    pub revoked_win: String,
    pub void_draw: String,
    /// Of the person who is oneself, claimed.
    pub own_win: String,
    /// The membership of somebody else than anybody here.
    pub membership: String,
}

impl Cast {
    pub async fn set(world: &World) -> Self {
        let admin = world.user("Ada Admin").await;
        let input = json!({ "name": "Policy", "slug": "policy" });
        let organization = id(&admin, "createOrganization", input, "organization").await;
        let app = |name: &str| json!({ "organizationId": organization, "name": name, "slug": name, "manifest": {} });
        let active_app = id(&admin, "registerApp", app("active"), "app").await;
        let idle_app = id(&admin, "registerApp", app("idle"), "app").await;
        id(&admin, "deactivateApp", json!({ "appId": idle_app }), "app").await;
        let owner = world.member(&organization, "Olga Owner", MemberRole::Creator).await;
        let public = json!({ "isPublic": true });
        let with_app = json!({ "isPublic": true, "appId": active_app });
        let room = owner.active_room(&organization, with_app).await;
        let over = owner.active_room(&organization, public.clone()).await;
        let elsewhere = owner.active_room(&organization, public.clone()).await;
        let drawing = owner.active_room(&organization, public).await;
        let somebody = world.user("Sam Somebody").await;

        let mut members = Vec::new();
        for role in MemberRole::iter() {
            let member = world.member(&organization, &format!("Member {role:?}"), role).await;
            members.push((role, member));
        }
        let (mut participants, mut staff_over) = (Vec::new(), Vec::new());
        for role in ParticipantRole::iter() {
            let client = world.user(&format!("Participant {role:?}")).await;
            add(&owner, &room, &client, &role.to_value()).await;
            add(&owner, &drawing, &client, &role.to_value()).await;
            let place = add(&owner, &over, &client, &role.to_value()).await;
            if matches!(role, ParticipantRole::Organizer | ParticipantRole::Moderator) {
                staff_over.push(place);
            }
            participants.push((role, client));
        }
        let oneself = world.member(&organization, "Olaf Oneself", MemberRole::Viewer).await;
        let own_place = add(&owner, &room, &oneself, "PARTICIPANT").await;
        let their_place = add(&owner, &room, &somebody, "PARTICIPANT").await;
        let place_over = add(&owner, &over, &somebody, "PARTICIPANT").await;
        let place_drawing = add(&owner, &drawing, &somebody, "PARTICIPANT").await;
        close_a_list(world, &owner, &drawing).await;

        let prize = id(
            &owner,
            "createPrize",
            json!({ "roomId": over, "name": "A prize" }),
            "prize",
        )
        .await;
        let policy = json!({ "level": "L0", "prizes": [{ "prizeId": prize }] });
        let draw = json!({ "roomId": over, "policy": policy });
        let void_draw = id(&owner, "createDraw", draw, "draw").await;
        let void = json!({ "drawId": void_draw, "reason": "A mistake" });
        id(&owner, "voidDraw", void, "draw").await;
        let award = json!({ "prizeId": prize, "participantId": place_over });
        let revoked_win = id(&owner, "awardPrize", award, "winner").await;
        let revoke = json!({ "winnerId": revoked_win, "reason": "A mistake" });
        id(&owner, "revokeWinner", revoke, "winner").await;
        id(&owner, "completeRoom", json!({ "roomId": over }), "room").await;

        let own_prize = json!({ "roomId": room, "name": "Another prize" });
        let own_prize = id(&owner, "createPrize", own_prize, "prize").await;
        let award = json!({ "prizeId": own_prize, "participantId": own_place });
        let own_win = id(&owner, "awardPrize", award, "winner").await;
        id(&oneself, "claimPrize", json!({ "winnerId": own_win }), "winner").await;

        let document = "query($id: ID!) { organization(id: $id) { memberships(roles: ADMIN) { nodes { id } } } }";
        let answer = admin.run(document, json!({ "id": organization })).await;
        let membership = answer.text("/organization/memberships/nodes/0/id");
        let scene = SceneIds {
            organization,
            slug: "policy".to_owned(),
            active_app,
            idle_app,
            room,
            over,
            elsewhere,
            drawing,
            place_drawing,
            somebody,
            their_place,
            prize,
            place_over,
            staff_over,
            revoked_win,
            void_draw,
            own_win,
            membership,
        };
        Self {
            scene,
            stranger: world.stranger().clone(),
            outsider: world.user("Otto Outsider").await,
            oneself,
            members,
            participants,
        }
    }

    /// Who is this to the organization and its rooms, and nothing more.
    pub fn who(&self, relation: Relation) -> &Client {
        match relation {
            Relation::Anonymous => &self.stranger,
            Relation::SignedIn => &self.outsider,
            Relation::Oneself => &self.oneself,
            Relation::Member(role) => find(&self.members, role),
            Relation::Participant(role) => find(&self.participants, role),
        }
    }
}

fn find<R: PartialEq + Copy>(people: &[(R, Client)], role: R) -> &Client {
    let found = people.iter().find(|(one, _)| *one == role);
    &found.expect("everybody is in the cast").1
}

/// Runs a mutation that must work; answers the id of what it answers.
async fn id(client: &Client, mutation: &str, input: Json, what: &str) -> String {
    let answer = client.mutate(mutation, input, &format!("{what} {{ id }}")).await;
    answer.text(&format!("/{mutation}/{what}/id"))
}

/// Commits to a draw, and lets the time pass at which its list closes.
async fn close_a_list(world: &World, owner: &Client, room: &str) {
    let prize = json!({ "roomId": room, "name": "A prize to draw" });
    let prize = id(owner, "createPrize", prize, "prize").await;
    let closes = world.clock.now() + chrono::Duration::seconds(1);
    let policy = json!({ "level": "L0", "prizes": [{ "prizeId": prize }], "closesAt": closes });
    id(owner, "createDraw", json!({ "roomId": room, "policy": policy }), "draw").await;
    world.clock.advance(chrono::Duration::seconds(1));
}

async fn add(owner: &Client, room: &str, client: &Client, role: &str) -> String {
    let input = json!({ "roomId": room, "userId": client.user, "role": role });
    id(owner, "addParticipant", input, "participant").await
}
