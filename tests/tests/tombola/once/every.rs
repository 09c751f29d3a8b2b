//! Every mutation of the schema: sent again with its key, it answers the same and changes nothing.

use std::collections::{BTreeSet, HashSet};

use entity::{room::room_event, store::audit_log};
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::{Value as Json, json};
use tests::{Answer, Client, Database, Scene, World};
use uuid::Uuid;

use super::fresh;
use crate::{
    catalogue::{Mutation, entry, mutations},
    draws::stage::{DICE, Stage},
    identity::account::{Account, PASSWORD},
};

const ROOM: &str = "room { id title description status isPublic joinCode startsAt maxParticipants settings createdAt
    updatedAt deletedAt app { id } organization { id name } prizes { nodes { id } } participants { nodes { id } } }";
const PARTICIPANT: &str =
    "participant { id role tickets metadata joinedAt leftAt deletedAt user { displayName } room { title } }";
const ENTERED: &str =
    "participant { id role tickets joinedAt leftAt user { displayName } room { title } } closedDraws { id status }";
const PRIZE: &str =
    "prize { id name description position quantity quantityRemaining metadata deletedAt updatedAt room { title } }";
const WINNER: &str = "winner { id rank source status announcedAt claimBy revokedAt revokeReason prize { name }
    participant { id } draw { id } }";
const DRAW: &str = "draw { id status level policyDocument policyHash seedCommit seed entryCount listRoot frozenAt drawnAt
    paceSeconds presentedAt voidReason awaitsReview updatedAt signature { keyId value } freezeSignature { value } winners { nodes { id } }
    steps { nodes { id } } }";
const APP: &str = "app { id name slug clientId isActive manifest permissions updatedAt organization { id } }";

/// A scene, and which mutations were shown to be made once.
struct Shown {
    stage: Stage,
    seen: BTreeSet<String>,
}

impl Shown {
    fn scene(&self) -> &Scene {
        &self.stage.scene
    }

    /// Sends a mutation twice under a key; answers the first answer. The second one is the same, or, when the first one held
    /// a secret, a refusal that says why. Either changes nothing.
    async fn once(&mut self, client: &Client, mutation: &str, input: Json, selection: &str) -> Answer {
        let (client, entry) = (fresh(client), entry(mutation));
        let told = Told::so_far(self.stage.world()).await;
        let first = client.mutate(mutation, input.clone(), selection).await;
        assert!(first.is_ok(), "{mutation}: {}", first.body);
        if self.seen.insert(mutation.to_owned()) {
            told.assert_tells(self.stage.world(), &entry).await;
        }
        let before = self.stage.world().dump().await;
        let again = client.mutate(mutation, input, selection).await;
        if entry.shows_secret {
            again.assert_refused("CONFLICT");
            assert!(again.message().contains("shown once"), "{mutation}: {}", again.body);
        } else {
            assert_eq!(again.body["data"], first.body["data"], "{mutation} again");
        }
        assert_eq!(
            self.stage.world().dump().await,
            before,
            "{mutation} again changed something"
        );
        first
    }

    async fn identity(&mut self) {
        let world = self.stage.world();
        let account = Account::sign_up(world, "ann@example.com").await;
        let other = Account::sign_in(world, "ann@example.com").await;
        let third = Account::sign_in(world, "ann@example.com").await;
        let ann = account.client.clone();
        let change = json!({ "displayName": "Anna", "preferences": { "b": 1, "a": [null, 2.5] } });
        self.once(
            &ann,
            "updateProfile",
            change,
            "viewer { email preferences profile { displayName } }",
        )
        .await;
        self.once(
            &ann,
            "createOrganization",
            json!({ "name": "Anna's" }),
            "organization { id slug status createdAt memberships { nodes { role } } }",
        )
        .await;
        let newcomer = json!({
            "email": "bob@example.com", "password": PASSWORD, "displayName": "Bob", "organizationName": "Bob's",
        });
        self.once(&ann, "signUp", newcomer, "signedIn { accessToken } organization { id }")
            .await;
        let credentials = json!({ "email": "bob@example.com", "password": PASSWORD });
        self.once(&ann, "signIn", credentials, "__typename").await;
        let token = json!({ "refreshToken": account.refresh });
        self.once(&ann, "refreshSession", token, "accessToken").await;

        // The session is gone, so that only another of the same user can ask again.
        let document = "mutation { signOut { session { id revokedAt } } }";
        let first = other.client.keyed("out").query(document).await;
        assert!(first.is_ok(), "{}", first.body);
        let before = self.stage.world().dump().await;
        other
            .client
            .keyed("out")
            .query(document)
            .await
            .assert_refused("UNAUTHENTICATED");
        let again = third.client.keyed("out").query(document).await;
        assert_eq!(again.body["data"], first.body["data"]);
        assert_eq!(self.stage.world().dump().await, before);
        assert!(
            third
                .client
                .query("{ viewer { email } }")
                .await
                .at("/viewer/email")
                .is_string()
        );
        self.seen.insert("signOut".to_owned());
    }

    async fn apps(&mut self) {
        let admin = self.scene().admin.clone();
        let app = json!({ "organizationId": self.scene().organization, "name": "An app", "manifest": { "permissions": ["a"] } });
        let first = self.once(&admin, "registerApp", app, "app { id } clientSecret").await;
        let id = first.text("/registerApp/app/id");
        self.once(&admin, "updateApp", json!({ "appId": id, "name": "Renamed" }), APP)
            .await;
        self.once(&admin, "regenerateAppSecret", json!({ "appId": id }), "clientSecret")
            .await;
        self.once(&admin, "deactivateApp", json!({ "appId": id }), APP).await;
    }

    async fn rooms(&mut self) {
        let creator = self.scene().creator.clone();
        let room = json!({ "organizationId": self.scene().organization, "title": "Another", "maxParticipants": 9 });
        for end in ["completeRoom", "cancelRoom"] {
            let created = self.once(&creator, "createRoom", room.clone(), ROOM).await;
            let id = json!({ "roomId": created.text("/createRoom/room/id") });
            let mut change = id.clone();
            change["title"] = json!("Renamed");
            change["startsAt"] = json!("2027-01-01T12:00:00Z");
            self.once(&creator, "updateRoom", change, ROOM).await;
            self.once(&creator, "openRoom", id.clone(), ROOM).await;
            self.once(&creator, end, id.clone(), ROOM).await;
            self.once(&creator, "deleteRoom", id, "room { id title deletedAt }")
                .await;
        }
    }

    async fn people(&mut self) {
        let (creator, guest) = (self.scene().creator.clone(), self.scene().outsider.clone());
        let room = json!({ "roomId": self.scene().room });
        self.once(&guest, "joinRoom", room.clone(), ENTERED).await;
        self.once(&guest, "leaveRoom", room.clone(), PARTICIPANT).await;
        let add = json!({ "roomId": self.scene().room, "userId": guest.user, "tickets": 4 });
        let added = self.once(&creator, "addParticipant", add, ENTERED).await;
        let id = added.text("/addParticipant/participant/id");
        self.once(
            &creator,
            "updateParticipant",
            json!({ "participantId": id, "tickets": 7 }),
            PARTICIPANT,
        )
        .await;
        self.once(
            &creator,
            "removeParticipant",
            json!({ "participantId": id }),
            PARTICIPANT,
        )
        .await;
    }

    async fn prizes(&mut self) {
        let creator = self.scene().creator.clone();
        let room = self.scene().room.clone();
        let input = json!({ "roomId": room, "name": "A prize", "quantity": 5 });
        let prize = self
            .once(&creator, "createPrize", input, PRIZE)
            .await
            .text("/createPrize/prize/id");
        let other = self.scene().prize(1).await;
        self.once(
            &creator,
            "updatePrize",
            json!({ "prizeId": prize, "quantity": 6 }),
            PRIZE,
        )
        .await;
        self.once(
            &creator,
            "reorderPrizes",
            json!({ "roomId": room, "prizeIds": [other, prize] }),
            ROOM,
        )
        .await;
        self.once(&creator, "deletePrize", json!({ "prizeId": other }), PRIZE)
            .await;
        let [(ann, place), (ben, other_place), (_, third)] = &self.stage.people[..3] else {
            panic!("three people came")
        };
        let (ann, ben, places) = (
            ann.clone(),
            ben.clone(),
            [place.clone(), other_place.clone(), third.clone()],
        );
        let mut wins = Vec::new();
        for place in places {
            let input = json!({ "prizeId": prize, "participantId": place });
            let win = self.once(&creator, "awardPrize", input, WINNER).await;
            wins.push(win.text("/awardPrize/winner/id"));
        }
        self.once(&ann, "claimPrize", json!({ "winnerId": wins[0] }), WINNER)
            .await;
        self.once(
            &ben,
            "declinePrize",
            json!({ "winnerId": wins[1], "reason": "No" }),
            WINNER,
        )
        .await;
        self.once(
            &creator,
            "revokeWinner",
            json!({ "winnerId": wins[2], "reason": "A mistake" }),
            WINNER,
        )
        .await;
    }

    async fn draws(&mut self) {
        let (creator, reviewer) = (self.scene().creator.clone(), self.scene().reviewer.clone());
        let prize = self.scene().prize(1).await;
        let policy = json!({ "level": "L1", "prizes": [{ "prizeId": prize, "alternates": 1 }], "review": true });
        let input = json!({ "roomId": self.scene().room, "policy": policy });
        let draw = self
            .once(&creator, "createDraw", input, DRAW)
            .await
            .text("/createDraw/draw/id");
        let of_draw = json!({ "drawId": draw });
        let exclude = json!({ "drawId": draw, "participantId": self.stage.people[0].1, "reason": "Knows the hosts" });
        let excluded = "draw { id status updatedAt } exclusion { id reason createdAt participant { id } excludedBy { displayName } }";
        self.once(&creator, "excludeFromDraw", exclude, excluded).await;
        self.once(&creator, "freezeDraw", of_draw.clone(), DRAW).await;
        self.once(&reviewer, "approveDraw", of_draw.clone(), DRAW).await;
        let dice = json!({ "drawId": draw, "dice": DICE });
        self.once(&creator, "provideDrawEntropy", dice.clone(), DRAW).await;
        // Under another key it changes nothing, and is answered again all the same.
        self.once(&creator, "provideDrawEntropy", dice, DRAW).await;
        self.once(&creator, "runDraw", of_draw.clone(), DRAW).await;
        self.once(&creator, "runDraw", of_draw, DRAW).await;
        let winner = self.stage.winners(&draw).await.remove(0).id;
        self.once(
            &creator,
            "disqualifyWinner",
            json!({ "winnerId": winner, "reason": "Broke rules" }),
            WINNER,
        )
        .await;
        self.once(
            &creator,
            "voidDraw",
            json!({ "drawId": draw, "reason": "A mistake" }),
            DRAW,
        )
        .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mutation_is_made_once(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let mut shown = Shown {
        stage: Stage::in_world(tests::World::new(database).await, 3).await,
        seen: BTreeSet::new(),
    };
    shown.identity().await;
    shown.apps().await;
    shown.rooms().await;
    shown.people().await;
    shown.prizes().await;
    shown.draws().await;

    let all: BTreeSet<_> = mutations().iter().map(|entry| entry.name.to_owned()).collect();
    assert_eq!(shown.seen, all, "left: shown to be made once; right: the catalogue");
}

/// What the audit log and the live logs have been told until now.
struct Told {
    audited: HashSet<Uuid>,
    announced: HashSet<(Uuid, i64)>,
}

impl Told {
    async fn so_far(world: &World) -> Self {
        Self {
            audited: records(world).await.iter().map(|row| row.id.0).collect(),
            announced: events(world)
                .await
                .iter()
                .map(|row| (row.room_id.0, row.sequence))
                .collect(),
        }
    }

    /// Since then just that has been told which the catalogue says of a mutation.
    async fn assert_tells(&self, world: &World, entry: &Mutation) {
        let (records, events) = (records(world).await, events(world).await);
        let records = records.iter().filter(|row| !self.audited.contains(&row.id.0));
        let events = events
            .iter()
            .filter(|row| !self.announced.contains(&(row.room_id.0, row.sequence)));
        let audited: BTreeSet<_> = records.map(|row| row.action.as_str()).collect();
        let announced: BTreeSet<_> = events.map(|row| row.kind.as_str()).collect();
        for (told, wanted) in [(audited, entry.audited), (announced, entry.announces)] {
            let is_told = wanted.iter().all(|one| told.contains(one));
            let is_known = told
                .iter()
                .all(|one| wanted.contains(one) || entry.at_times.contains(one));
            assert!(
                is_told && is_known,
                "{} tells {told:?}; the catalogue says {wanted:?}, at times {:?}",
                entry.name,
                entry.at_times
            );
        }
    }
}

async fn records(world: &World) -> Vec<audit_log::Model> {
    audit_log::Entity::find().all(&world.db).await.unwrap()
}

async fn events(world: &World) -> Vec<room_event::Model> {
    room_event::Entity::find().all(&world.db).await.unwrap()
}
