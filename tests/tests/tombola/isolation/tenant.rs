//! One tenant with everything. What is private to it bears a mark, so that any answer can be searched for it.

use entity::{
    organization::membership::{self, MemberRole},
    room::participant,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value as Json, json};
use tests::{Answer, Client, World};

/// A room and what is in it, by global ids.
pub(super) struct Place {
    pub(super) room: String,
    pub(super) code: String,
    pub(super) prizes: [String; 2],
    pub(super) participant: String,
    pub(super) winner: String,
    /// A draw whose list is open, its steps, and who was kept out; empty unless the tenant has draws.
    pub(super) draw: String,
    pub(super) steps: Vec<String>,
    pub(super) exclusion: String,
}

pub(super) struct Tenant {
    /// What marks everything private, in lower case.
    pub(super) mark: String,
    pub(super) admin: Client,
    pub(super) organization: String,
    pub(super) slug: String,
    pub(super) app: String,
    pub(super) memberships: Vec<String>,
    pub(super) session: String,
    pub(super) public: Place,
    pub(super) private: Place,
    /// Public, but not opened yet.
    pub(super) draft: Place,
}

impl Tenant {
    pub(super) async fn new(world: &World, name: &str) -> Self {
        Self::set(world, name, false).await
    }

    /// With a draw in each room. Rooms with draws cannot be deleted.
    pub(super) async fn with_draws(world: &World, name: &str) -> Self {
        Self::set(world, name, true).await
    }

    async fn set(world: &World, name: &str, draws: bool) -> Self {
        let mark = format!("hidden{name}");
        let admin = world.user(&format!("{mark} admin")).await;
        let input = json!({ "name": format!("{mark} organization"), "slug": format!("{mark}-slug") });
        let founded = admin.mutate("createOrganization", input, "organization { id }").await;
        let organization = founded.text("/createOrganization/organization/id");
        world
            .member(&organization, &format!("{mark} member"), MemberRole::Viewer)
            .await;
        let input = json!({ "organizationId": organization, "name": format!("{mark} app"), "slug": format!("{mark}-app"),
            "manifest": { "note": mark, "permissions": [mark] } });
        let app = admin
            .mutate("registerApp", input, "app { id }")
            .await
            .text("/registerApp/app/id");
        let document =
            "query($id: ID!) { organization(id: $id) { memberships { nodes { id } } } viewer { session { id } } }";
        let found = admin.run(document, json!({ "id": organization })).await;
        let memberships = found.list("/organization/memberships/nodes").iter();
        let memberships = memberships.map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        let session = found.text("/viewer/session/id");
        // Whoever runs the public room is seen in it, and so is not the admin with the mark.
        let organizer = world.member(&organization, "Carl Creator", MemberRole::Creator).await;
        let mut public = place(world, &organizer, &organization, &app, "Open", "Open guest", true, true).await;
        let hidden = format!("{mark} guest");
        let mut private = place(world, &admin, &organization, &app, &mark, &hidden, false, true).await;
        let mut draft = place(world, &admin, &organization, &app, &mark, &hidden, true, false).await;
        if draws {
            public.add_draw(&organizer, "Open").await;
            private.add_draw(&admin, &mark).await;
            draft.add_draw(&admin, &mark).await;
        }
        participant::Entity::update_many()
            .col_expr(participant::Column::Metadata, Expr::value(json!({ "note": mark })))
            .filter(participant::Column::OrganizationId.eq(organization.parse::<entity::OrganizationId>().unwrap()))
            .exec(&world.db)
            .await
            .unwrap();
        assert!(membership::Entity::find().one(&world.db).await.unwrap().is_some());
        let slug = format!("{mark}-slug");
        Self {
            mark,
            admin,
            organization,
            slug,
            app,
            memberships,
            session,
            public,
            private,
            draft,
        }
    }

    /// Ids of everything that only members and participants see.
    pub(super) fn hidden_ids(&self) -> Vec<String> {
        let mut ids = vec![
            self.organization.clone(),
            self.app.clone(),
            self.session.clone(),
            self.admin.user.clone(),
        ];
        ids.extend(self.memberships.iter().cloned());
        for place in [&self.private, &self.draft] {
            ids.extend([place.room.clone(), place.participant.clone(), place.winner.clone()]);
            ids.extend(place.prizes.iter().cloned());
            ids.extend([place.draw.clone(), place.exclusion.clone()]);
            ids.extend(place.steps.iter().cloned());
        }
        ids.retain(|id| !id.is_empty());
        ids
    }

    /// Nothing private is in the answer: no mark, no address, no code, no id.
    #[track_caller]
    pub(super) fn assert_no_leak(&self, answer: &Answer) {
        let text = answer.body.to_string().to_lowercase();
        let codes = [&self.public.code, &self.private.code, &self.draft.code].map(|code| code.to_lowercase());
        let marks = [self.mark.clone(), "@example.com".to_owned()];
        for secret in marks.into_iter().chain(codes).chain(self.hidden_ids()) {
            assert!(!text.contains(&secret), "{secret} leaks: {text}");
        }
    }
}

impl Place {
    async fn add_draw(&mut self, client: &Client, text: &str) {
        let policy = json!({ "level": "L0", "prizes": [{ "prizeId": self.prizes[1] }] });
        let input = json!({ "roomId": self.room, "policy": policy });
        let made = client.mutate("createDraw", input, "draw { id }").await;
        self.draw = made.text("/createDraw/draw/id");
        let reason = format!("{text} reason");
        let input = json!({ "drawId": self.draw, "participantId": self.participant, "reason": reason });
        let selection = "exclusion { id draw { steps { nodes { id } } } }";
        let excluded = client.mutate("excludeFromDraw", input, selection).await;
        self.exclusion = excluded.text("/excludeFromDraw/exclusion/id");
        let steps = excluded.list("/excludeFromDraw/exclusion/draw/steps/nodes").iter();
        self.steps = steps.map(|step| step["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(self.steps.len(), 2);
    }
}

#[allow(clippy::too_many_arguments, reason = "a room has so many sides")]
async fn place(
    world: &World,
    client: &Client,
    organization: &str,
    app: &str,
    text: &str,
    guest: &str,
    public: bool,
    open: bool,
) -> Place {
    let run = async |mutation: &str, input: Json, selection: &str, pointer: &str| {
        let answer = client.mutate(mutation, input, selection).await;
        answer.text(&format!("/{mutation}/{pointer}"))
    };
    let settings = json!({ "note": text });
    let input = json!({ "organizationId": organization, "appId": app, "title": format!("{text} room"),
        "description": format!("{text} description"), "isPublic": public, "settings": settings });
    let room = run("createRoom", input, "room { id }", "room/id").await;
    let document = "query($id: ID!) { room(id: $id) { joinCode } }";
    let code = client.run(document, json!({ "id": room })).await.text("/room/joinCode");
    let mut prizes = Vec::new();
    for number in 1..=2 {
        let input = json!({ "roomId": room, "name": format!("{text} prize {number}"), "quantity": 3 });
        prizes.push(run("createPrize", input, "prize { id }", "prize/id").await);
    }
    let guest = world.user(guest).await;
    let input = json!({ "roomId": room, "userId": guest.user });
    let participant = run("addParticipant", input, "participant { id }", "participant/id").await;
    // A draft has no winners yet.
    let mut winner = String::new();
    if open {
        run("openRoom", json!({ "roomId": room }), "room { id }", "room/id").await;
        let input = json!({ "prizeId": prizes[0], "participantId": participant });
        winner = run("awardPrize", input, "winner { id }", "winner/id").await;
    }
    let prizes = [prizes[0].clone(), prizes[1].clone()];
    Place {
        room,
        code,
        prizes,
        participant,
        winner,
        draw: String::new(),
        steps: Vec::new(),
        exclusion: String::new(),
    }
}
